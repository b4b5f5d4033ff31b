import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { PROTECTION_VERSION, type ProtectionState, type WorstPrices } from "../../shared/protection.ts";
import { homeFiles } from "../../shared/protocol.ts";

/** How long a look at the file is trusted. Between two of them all that it costs is to read the clock. */
const LOOK_EVERY_MS = 1_000;
/** The prices of all models there are; whatever is longer is none of ours. */
const MAX_BYTES = 8 * 1024 * 1024;

/** What the daemon's files say; `null` where there are none, and so nothing is switched on. */
export interface StateFile {
  state(): ProtectionState | null;
  prices(): WorstPrices | null;
}

/** `now` is monotonic, in milliseconds. */
export function createStateFile(home: () => string, now: () => number): StateFile {
  let lookAgainAtMs = Number.NEGATIVE_INFINITY;
  const state = watched(() => join(home(), homeFiles.protection), isState);
  const prices = watched(() => join(home(), homeFiles.protectionPrices), isPrices);
  return {
    state() {
      const nowMs = now();
      if (nowMs >= lookAgainAtMs) {
        lookAgainAtMs = nowMs + LOOK_EVERY_MS;
        try {
          state.look();
          if (state.content() !== null) prices.look();
        } catch {
          // It can't be read (half of it, no rights): all is as it was.
        }
      }
      return state.content();
    },
    prices: prices.content,
  };
}

/** A file that is read anew when it is another. */
function watched<Content>(path: () => string, isContent: (value: unknown) => value is Content) {
  let content: Content | null = null;
  let version = "";
  return {
    content: () => content,
    look() {
      const status = statSync(path(), { throwIfNoEntry: false });
      if (status === undefined) {
        content = null;
        version = "";
        return;
      }
      const { ino, mtimeMs, size } = status;
      const found = `${ino} ${mtimeMs} ${size}`;
      if (found === version || size > MAX_BYTES) return;
      const value: unknown = JSON.parse(readFileSync(path(), "utf8"));
      version = found;
      content = isContent(value) ? value : null;
    },
  };
}

/** The daemon alone writes it, in a folder that is the user's alone: of a known version, its shape is known. */
function isState(value: unknown): value is ProtectionState {
  return (
    isOfOurVersion(value) &&
    "budgets" in value &&
    Array.isArray(value.budgets) &&
    "breakers" in value &&
    typeof value.breakers === "object" &&
    value.breakers !== null &&
    "open" in value &&
    Array.isArray(value.open)
  );
}

function isPrices(value: unknown): value is WorstPrices {
  return (
    isOfOurVersion(value) &&
    "providers" in value &&
    typeof value.providers === "object" &&
    value.providers !== null
  );
}

function isOfOurVersion(value: unknown): value is object {
  return (
    typeof value === "object" && value !== null && "version" in value && value.version === PROTECTION_VERSION
  );
}

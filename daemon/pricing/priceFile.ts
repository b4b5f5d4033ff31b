import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { z } from "zod";
import { type PriceOverride, priceName } from "../../shared/prices.ts";
import { entrySchema, overrideOf, pricesOf } from "./priceEntry.ts";
import type { FoundPrices } from "./prices.ts";

/** How often, at most, the file is looked at for a change. */
const LOOK_EVERY_MS = 2_000;
const LARGEST_FILE_BYTES = 4 * 1024 * 1024;

/**
 * A file of the user's own prices, which go before the catalogue's:
 *
 *     {"models": [
 *       {"provider": "openai", "model": "my-fine-tune", "inputUsdPerMillion": 3, "outputUsdPerMillion": 12},
 *       {"provider": "firecrawl", "creditUsd": 0.0008}
 *     ]}
 *
 * Names are exact, but for upper and lower case. An entry without `model` is for that provider's calls that name no model.
 * An entry stands alone: a unit that it gives no price for is not looked up in the catalogue, and makes a call that used it
 * `incomplete`.
 */
export interface PriceFile {
  find(provider: string, model: string | null): FoundPrices | undefined;
  /** The entries that hold, in the file's order. */
  overrides(): PriceOverride[];
  /** One sentence for each thing that is wrong. Entries that are right are used all the same. */
  warnings(): string[];
  reload(): void;
}

interface Content {
  entries: ReadonlyMap<string, FoundPrices & { override: PriceOverride }>;
  problems: readonly string[];
}

const fileSchema = z.strictObject({ models: z.array(z.unknown()) });
const nothing: Content = { entries: new Map(), problems: [] };

/** `path: null`: no file, no prices. `now` in milliseconds. Reads synchronously, the file being small and on this machine. */
export function createPriceFile(path: string | null, now: () => number): PriceFile {
  let content = nothing;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let seen = "";

  function reload(): void {
    lookedAtMs = now();
    seen = "";
    look();
  }

  function known(): Content {
    if (Math.abs(now() - lookedAtMs) >= LOOK_EVERY_MS) {
      lookedAtMs = now();
      look();
    }
    return content;
  }

  function look(): void {
    if (path === null) return;
    const stamp = stampOf(path);
    if (stamp === seen) return;
    seen = stamp;
    content = stamp === "absent" ? nothing : read(path);
  }

  return {
    find: (provider, model) => known().entries.get(keyOf(provider, model)),
    overrides: () => [...known().entries.values()].map(({ override }) => override),
    warnings: () => [...known().problems],
    reload,
  };
}

/** Tells one state of a file from the next. */
function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    return isMissing(error) ? "absent" : `unreadable: ${reasonOf(error)}`;
  }
}

function read(path: string): Content {
  const file = basename(path);
  const { text, problem } = textOf(path);
  if (text === undefined) return { ...nothing, problems: [`${file}: ${problem}`] };

  const document = fileSchema.safeParse(parse(text));
  if (!document.success) {
    return { ...nothing, problems: [`${file} is not {"models": [...]}: ${issuesOf(document.error)}`] };
  }
  const entries = new Map<string, FoundPrices & { override: PriceOverride }>();
  const problems: string[] = [];
  const version = `${file}@${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
  for (const [index, candidate] of document.data.models.entries()) {
    const entry = entrySchema.safeParse(candidate);
    if (!entry.success) {
      problems.push(`${file}, entry ${index + 1}: ${issuesOf(entry.error)}`);
      continue;
    }
    const override = overrideOf(entry.data);
    const key = keyOf(override.provider, override.model);
    if (entries.has(key)) {
      problems.push(
        `${file}, entry ${index + 1}: ${priceName(override)} has a price already; the first one holds`,
      );
      continue;
    }
    entries.set(key, {
      key: priceName(override),
      version,
      prices: pricesOf(override),
      free: false,
      own: true,
      override,
    });
  }
  return { entries, problems };
}

function textOf(path: string): { text?: string; problem?: string } {
  try {
    const stats = statSync(path);
    // A pipe would be waited for.
    if (!stats.isFile()) return { problem: "is no file" };
    if (stats.size > LARGEST_FILE_BYTES) return { problem: "is larger than 4 MiB" };
    return { text: readFileSync(path, "utf8") };
  } catch (error) {
    return { problem: `cannot be read: ${reasonOf(error)}` };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

function keyOf(provider: string, model: string | null): string {
  return `${provider.toLowerCase()}\n${model?.toLowerCase() ?? ""}`;
}

function issuesOf(error: z.ZodError): string {
  return error.issues
    .map((issue) => {
      if (issue.code === "unrecognized_keys") return `it has no field ${issue.keys.join(", ")}`;
      return issue.path.length === 0 ? issue.message : `${issue.path.join(".")}: ${issue.message}`;
    })
    .join("; ");
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

function reasonOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

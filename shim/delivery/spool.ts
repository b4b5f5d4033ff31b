import { readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { homeFiles, SPOOL_SUFFIX } from "../../shared/protocol.ts";
import { loadBuiltin } from "../builtin.ts";
import { makeFolder } from "./folder.ts";

/** Files in `TAXIMETER_HOME/spool` that the daemon takes in: what could not be delivered. */
export interface Spool {
  /** Both answer whether the lines are on disk; not, where the spool is full or can't be written. */
  write(lines: readonly string[]): Promise<boolean>;
  writeSync(lines: readonly string[]): boolean;
}

export interface SpoolOptions {
  home: string;
  runId: string;
  epochNow(): number;
  maxBytes?: number;
}

/** Of all processes together. */
const MAX_BYTES = 64 * 1024 * 1024;
/** How long a look at the folder's size is trusted, which takes a call for each file; a full one is looked at sooner. */
const SIZE_TRUSTED_MS = 60_000;
const FULL_TRUSTED_MS = 5_000;

export function createSpool({ home, runId, epochNow, maxBytes = MAX_BYTES }: SpoolOptions): Spool {
  const folder = join(home, homeFiles.spool);
  let written = 0;
  let size = 0;
  let sizeReadAtMs = Number.NEGATIVE_INFINITY;
  let full = false;
  let folderMade = false;

  const nextFile = () => {
    written += 1;
    const time = String(epochNow()).padStart(14, "0");
    return join(folder, `${time}-${process.pid}-${runId}-${written}${SPOOL_SUFFIX}`);
  };
  const sizeIsOld = () => epochNow() - sizeReadAtMs > (full ? FULL_TRUSTED_MS : SIZE_TRUSTED_MS);
  const setSize = (bytes: number) => {
    size = bytes;
    sizeReadAtMs = epochNow();
  };
  const take = (text: string) => {
    const bytes = Buffer.byteLength(text);
    // The oldest is kept: it is what says when the trouble began, and what nobody else has.
    full = size + bytes > maxBytes;
    if (!full) size += bytes;
    return !full;
  };

  return {
    async write(lines) {
      const { readdir, rename, stat, writeFile } = loadBuiltin("fs/promises");
      try {
        const text = `${lines.join("\n")}\n`;
        if (!folderMade) makeFolder(folder);
        folderMade = true;
        if (sizeIsOld()) {
          const files = await readdir(folder);
          const sizes = await Promise.all(
            files.map((file) => stat(join(folder, file)).then(sizeOf, () => 0)),
          );
          setSize(sizes.reduce((sum, each) => sum + each, 0));
        }
        if (!take(text)) return false;
        const file = nextFile();
        await writeFile(`${file}.tmp`, text, { mode: 0o600, flag: "wx" });
        await rename(`${file}.tmp`, file);
        return true;
      } catch {
        // Perhaps the folder has gone: it is made anew next time.
        folderMade = false;
        return false;
      }
    },
    writeSync(lines) {
      try {
        const text = `${lines.join("\n")}\n`;
        makeFolder(folder);
        if (sizeIsOld()) {
          const sizes = readdirSync(folder).map((file) =>
            sizeOf(statSync(join(folder, file), { throwIfNoEntry: false })),
          );
          setSize(sizes.reduce((sum, each) => sum + each, 0));
        }
        if (!take(text)) return false;
        const file = nextFile();
        writeFileSync(`${file}.tmp`, text, { mode: 0o600, flag: "wx" });
        renameSync(`${file}.tmp`, file);
        return true;
      } catch {
        return false;
      }
    },
  };
}

function sizeOf(status: { size: number } | undefined): number {
  return status?.size ?? 0;
}

import { randomUUID } from "node:crypto";
import { readFileSync, unlinkSync } from "node:fs";
import { mkdir, readFile, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** One of several windows does what only one may do. */
export interface Leadership {
  /** Whether this window is the one; it becomes so where there is none. */
  leads(): Promise<boolean>;
  /** Leaves it to another. At once, for the window may be about to close. */
  release(): void;
}

const BEAT_MS = 10_000;
/** A window that has not stirred its file for so long is gone, however it ended. */
const GONE_AFTER_MS = 35_000;

/**
 * Windows agree by a file that its owner keeps young: process ids come again after a restart, above all in containers. In a
 * folder that cannot be written, each window leads itself.
 */
export function createLeadership(file: string, nowMs: () => number = Date.now): Leadership {
  const token = randomUUID();
  let beat: NodeJS.Timeout | undefined;

  const take = async (): Promise<boolean> => {
    await mkdir(dirname(file), { recursive: true }).catch(() => {});
    try {
      await writeFile(file, token, { flag: "wx" });
      return true;
    } catch (error) {
      return !isThere(error);
    }
  };
  const isStale = async () => {
    const modifiedMs = (await stat(file).catch(() => null))?.mtimeMs;
    return modifiedMs === undefined || nowMs() - modifiedMs > GONE_AFTER_MS;
  };
  const isOurs = async () => (await readFile(file, "utf8").catch(() => null)) === token;

  async function leads(): Promise<boolean> {
    if (await isOurs()) return true;
    clearInterval(beat);
    if (!(await take())) {
      if (!(await isStale())) return false;
      await unlink(file).catch(() => {});
      if (!(await take())) return false;
    }
    beat = setInterval(() => {
      const now = new Date(nowMs());
      utimes(file, now, now).catch(() => {});
    }, BEAT_MS).unref();
    return true;
  }

  return {
    leads,
    release() {
      clearInterval(beat);
      try {
        if (readFileSync(file, "utf8") === token) unlinkSync(file);
      } catch {
        // Not there: nobody leads.
      }
    },
  };
}

function isThere(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}

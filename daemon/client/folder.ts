import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, for their owner alone; throws where that can't be done. Node's own `recursive` asks
 * again for ever where the system says "no such place" of a name in a folder that is there: in `/proc`, below mount points
 * of an automounter, in a working directory that was removed.
 */
export function makeFolder(path: string): void {
  if (isMade(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  if (!isMade(path)) throw new Error(`${path} can't be made`);
}

/** `false`: what it would be in is not there. */
function isMade(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
    if (code === "EEXIST") return true;
    if (code === "ENOENT") return false;
    throw error;
  }
}

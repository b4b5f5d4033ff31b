import { existsSync, renameSync } from "node:fs";

/**
 * Renames a damaged database with its log to `<file>.corrupt-<time>` and answers that name. Nobody may have it open:
 * Windows does not rename open files.
 */
export function putAside(file: string, now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  let aside = `${file}.corrupt-${time}`;
  for (let count = 2; existsSync(aside); count += 1) aside = `${file}.corrupt-${time}-${count}`;
  for (const part of ["", "-wal", "-shm"]) {
    if (existsSync(file + part)) renameSync(file + part, aside + part);
  }
  return aside;
}

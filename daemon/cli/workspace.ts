import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder that a command belongs to: the nearest one above with a `.git`, as an editor would open it, else its own. */
export function workspaceOf(directory: string): string {
  for (let folder = directory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) return directory;
  }
}

import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";

/**
 * The file that a call site names, or `null` where there is none inside the open folders. A call's `workspace` and `file`
 * come from whoever reported it, so neither may lead out of the folders that the user opened, links included.
 */
export async function callSitePath(
  { workspace, file }: { workspace: string | null; file: string },
  workspaceFolders: readonly string[],
): Promise<string | null> {
  if (isAbsolute(file) || file.includes("\0")) return null;
  const folders = await existing(workspaceFolders);
  // Without a workspace, or with that of a folder within one (a package of a monorepo), each folder may be meant.
  const bases = [...(workspace === null ? [] : [workspace]), ...workspaceFolders];
  for (const base of bases) {
    const [path] = await existing([join(base, file)]);
    if (path !== undefined && folders.some((folder) => contains(folder, path))) return path;
  }
  return null;
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => realpath(path).catch(() => null)));
  return found.filter((path) => path !== null);
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== "" && !isAbsolute(way) && way.split(/[\\/]/)[0] !== "..";
}

import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Whether a `package.json` that holds for this process names a package: one in or above the working directory or the entry
 * script, where `npm` or a tool may have started it from. Read once, when the first question comes.
 */
export function createDependencies(folder: string | undefined, entry: string | undefined) {
  let text: string | undefined;
  return (packageName: string): boolean => {
    text ??= textsAbove(folder, entry);
    return text.includes(`"${packageName}"`);
  };
}

function textsAbove(folder: string | undefined, entry: string | undefined): string {
  const folders = new Set<string>();
  const above = (start: string) => {
    for (let each = start; !folders.has(each); each = dirname(each)) folders.add(each);
  };
  if (folder !== undefined) above(folder);
  if (entry !== undefined) above(dirname(realPath(entry)));
  return [...folders].map((each) => readText(join(each, "package.json"))).join("\n");
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

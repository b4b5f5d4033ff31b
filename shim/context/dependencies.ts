import { readFileSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, resolve, sep } from "node:path";

/** How a process was started. */
export interface Start {
  /** The working directory, where it could be had. */
  folder: string | undefined;
  /** The entry script and its arguments: a runner like ts-node has the app's own script among them. */
  argv: readonly string[];
}

/** An argument that may be a script. */
const SCRIPT = /[\\/]|\.[cm]?[jt]sx?$/;
const MOST_ARGUMENTS = 3;

/**
 * Whether a `package.json` that holds for this process names a package: one in or above the working directory or the folder
 * of a script that it was started with. They are read once, when the first question comes.
 */
export function createDependencies(start: Start): (packageName: string) => boolean {
  let text: string | undefined;
  return (packageName) => {
    text ??= textsAbove(start);
    return text.includes(`"${packageName}"`);
  };
}

function textsAbove({ folder, argv }: Start): string {
  const folders = new Set<string>();
  const above = (start: string) => {
    for (let each = start; !folders.has(each); each = dirname(each)) folders.add(each);
  };
  if (folder !== undefined) above(folder);
  for (const argument of argv.slice(0, MOST_ARGUMENTS)) {
    if (SCRIPT.test(argument)) above(dirname(realPath(absolute(argument, folder))));
  }
  return [...folders].map((each) => readText(`${each}${sep}package.json`)).join("\n");
}

/*
 * Without `join`, `resolve` where they need not be, and Node's own `realpathSync`: these look at each character by a call,
 * so that in a process that does little V8 takes them for the hot part of the program, and two megabytes to compile it.
 */

function absolute(file: string, folder: string | undefined): string {
  return isAbsolute(file) ? file : resolve(folder ?? "/", file);
}

function realPath(file: string): string {
  try {
    return realpathSync.native(file);
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

import { lstatSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./folder.ts";

export interface PreloadStub {
  /** `TAXIMETER_HOME`: created, for its owner alone, where it does not exist. */
  home: string;
  /** The shim's `register.cjs` of this installation. */
  registerFile: string;
}

/**
 * Writes the file that dev processes preload, and returns its path: `shim/register.cjs` in the home. Its place never
 * changes, so that terminals which remember it survive an update; it swallows every error, so that they survive an
 * uninstall as well: a preload that is missing or throws would keep every `node` and `npm` in them from starting. Throws
 * where the home cannot be written or belongs to somebody else, whose code nobody should preload.
 */
export function installPreloadStub({ home, registerFile }: PreloadStub): string {
  const folder = join(home, "shim");
  makeFolder(folder);
  const { uid } = lstatSync(folder);
  const ourUid = process.getuid?.();
  if (ourUid !== undefined && uid !== ourUid) throw new Error(`${folder} belongs to another user`);

  const stub = join(folder, "register.cjs");
  const content = stubContent(registerFile);
  if (readText(stub) === content) return stub;
  // A process may start at this very moment: it finds the old file or the new one, never half of one.
  const draft = join(folder, `register.${process.pid}.${Date.now().toString(36)}.tmp`);
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, stub);
  return stub;
}

function stubContent(registerFile: string): string {
  return `"use strict";
// Written by Taximeter, which meters this process's AI calls. Silent when Taximeter is gone.
try {
  require(${JSON.stringify(registerFile)});
} catch {}
`;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** The option that preloads a file, as it is appended to `NODE_OPTIONS`: within quotes Node takes a backslash as an escape. */
export function preloadOption(file: string): string {
  return ` --require="${file.replace(/[\\"]/g, "\\$&")}"`;
}

/** `NODE_OPTIONS` with the preload behind whatever is there, once. */
export function appendNodeOption(nodeOptions: string | undefined, stubPath: string): string {
  const option = preloadOption(stubPath);
  const present = nodeOptions ?? "";
  return present.includes(option.trim()) ? present : `${present}${option}`.trimStart();
}

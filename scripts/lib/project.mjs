import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the checkout, with a slash at its end. */
export const projectDirectory = fileURLToPath(new URL("../../", import.meta.url));

export async function readManifest() {
  return JSON.parse(await readFile(join(projectDirectory, "package.json"), "utf8"));
}

/**
 * Emits the declarations of the shim's API into dist/types: for `import` as they come, and once more as `.d.cts` for
 * `require`, which a consumer's compiler would otherwise take for an ES module.
 */
import { spawnSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectDirectory } from "./project.mjs";

/** Relative imports within declarations; they keep the `.ts` of the sources, which few consumers' settings allow. */
const RELATIVE_IMPORT = /(from |import\()"(\.[^"]+)\.ts"/g;

export async function emitTypes() {
  const compiler = join(projectDirectory, "node_modules/typescript/bin/tsc");
  const settings = join(projectDirectory, "tsconfig.types.json");
  const { status } = spawnSync(process.execPath, [compiler, "-p", settings], { stdio: "inherit" });
  if (status !== 0) throw new Error("the types of the shim's API could not be emitted");
  const types = join(projectDirectory, "dist/types");
  for (const entry of await readdir(types, { recursive: true })) {
    if (!entry.endsWith(".d.ts")) continue;
    const file = join(types, entry);
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(RELATIVE_IMPORT, '$1"$2.js"'));
    await writeFile(file.replace(/\.ts$/, ".cts"), text.replace(RELATIVE_IMPORT, '$1"$2.cjs"'));
  }
}

/**
 * Installs what the tests need once per version into a cache outside the checkout. An install is made in a folder of its
 * own and renamed into place when it is whole, so one that was cut off is never taken for a good one.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { elapsed } from "./commands.mjs";

const STAMP = "installed.json";

/** `$TAXIMETER_TEST_CACHE`, else `~/.cache/taximeter-test`. */
export function cacheDirectory() {
  return process.env["TAXIMETER_TEST_CACHE"] || join(homedir(), ".cache", "taximeter-test");
}

/** The folder of `name` at `version`, installed by `install(folder)` unless it is there already. */
export async function installOnce(name, version, hint, install) {
  const cache = cacheDirectory();
  const folder = join(cache, `${name}-${version}`);
  if (await isInstalled(folder, version)) return folder;
  await mkdir(cache, { recursive: true });
  await removeAbandoned(cache);
  const startedAt = Date.now();
  console.log(`  installing ${name} ${version} (once per machine; ${hint})`);
  const unfinished = join(cache, `${name}-${version}.unfinished-${process.pid}`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  try {
    await install(unfinished);
    await writeFile(join(unfinished, STAMP), JSON.stringify({ name, version }));
    if (!(await isInstalled(folder, version))) {
      await rm(folder, { recursive: true, force: true });
      await rename(unfinished, folder).catch(async (error) => {
        // Somebody else's install of the same thing came first.
        if (!(await isInstalled(folder, version))) throw error;
      });
    }
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  console.log(`  installed ${name} ${version} in ${elapsed(startedAt)}`);
  return folder;
}

async function isInstalled(folder, version) {
  try {
    return JSON.parse(await readFile(join(folder, STAMP), "utf8")).version === version;
  } catch {
    return false;
  }
}

/** Takes away what installs left whose process is no more. */
async function removeAbandoned(cache) {
  for (const entry of await readdir(cache)) {
    const pid = /\.unfinished-(\d+)$/.exec(entry)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) {
      await rm(join(cache, entry), { recursive: true, force: true });
    }
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/**
 * Gets the project ready to be built: plain JavaScript on Node's own modules, since nothing is installed yet.
 */
import { lstat, stat } from "node:fs/promises";
import { join } from "node:path";
import { elapsed, runOrFail } from "./commands.mjs";
import { projectDirectory } from "./project.mjs";

const INSTALL_TIMEOUT_MS = 15 * 60_000;

/**
 * Installs the dependencies by `npm ci` where `node_modules` is missing or older than `package-lock.json`. Resolves with
 * whether it had to; rejects with the end of npm's own output where it failed. A `node_modules` that is a link is another
 * checkout's, which may be at work: `npm ci` would empty it, so it is left as it is.
 */
export async function ensureDependencies() {
  if (await isLink("node_modules")) return false;
  const [installedAtMs, lockedAtMs] = await Promise.all([
    // npm writes this one last: an install that was cut off has none.
    changedAtMs("node_modules/.package-lock.json"),
    changedAtMs("package-lock.json"),
  ]);
  if (installedAtMs !== null && lockedAtMs !== null && installedAtMs >= lockedAtMs) return false;
  const startedAt = Date.now();
  console.log("  installing dependencies from package-lock.json (about half a minute)");
  await runOrFail("npm", ["ci", "--no-audit", "--no-fund"], {
    label: "npm ci",
    timeoutMs: INSTALL_TIMEOUT_MS,
    logFile: join(projectDirectory, "build", "npm-ci.log"),
    cwd: projectDirectory,
  });
  console.log(`  installed in ${elapsed(startedAt)}`);
  return true;
}

async function changedAtMs(path) {
  return stat(join(projectDirectory, path)).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
}

async function isLink(path) {
  return lstat(join(projectDirectory, path)).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}

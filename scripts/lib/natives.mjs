/**
 * The native database, for each platform that the extension is packaged for. Its files come from the npm registry and
 * are checked against package-lock.json, so a package made here for another platform is as sure as one made there.
 */
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runOrFail } from "./commands.mjs";
import { projectDirectory } from "./project.mjs";

/** VS Code's name of a platform → the package that holds libSQL's binary for it. */
const nativePackages = {
  "linux-x64": "@libsql/linux-x64-gnu",
  "linux-arm64": "@libsql/linux-arm64-gnu",
  "linux-armhf": "@libsql/linux-arm-gnueabihf",
  "alpine-x64": "@libsql/linux-x64-musl",
  "alpine-arm64": "@libsql/linux-arm64-musl",
  "darwin-x64": "@libsql/darwin-x64",
  "darwin-arm64": "@libsql/darwin-arm64",
  "win32-x64": "@libsql/win32-x64-msvc",
};

/** What `libsql` itself needs to find its binary. */
const runtimePackages = ["libsql", "@neon-rs/load", "detect-libc"];

/** Of a package, what is needed at run time. */
const RUNTIME_FILE = /(\.(c?js|json|node)|LICENSE[^/]*)$/i;

export const packageTargets = Object.keys(nativePackages);

/** The target of this machine, as VS Code names it. */
export function ownTarget() {
  const arch = process.arch === "arm" ? "armhf" : process.arch;
  const onMusl = process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
  return `${onMusl ? "alpine" : process.platform}-${arch}`;
}

/** The package with libSQL's binary for a target, `undefined` where there is none. */
export function nativePackageOf(target) {
  return nativePackages[target];
}

/** Says in one line why a target can't be packaged, or `null` where it can. */
export function targetRefusal(target) {
  if (Object.hasOwn(nativePackages, target)) return null;
  if (target === "win32-arm64") {
    return "libSQL has no build for Windows on ARM, so there is no package for win32-arm64. Windows on ARM runs VS Code for x64: package win32-x64.";
  }
  return `There is no target ${target}. Targets: ${packageTargets.join(", ")}`;
}

/** Puts `libsql` with the binary of `target`, and what it requires, into the folder `nodeModules`. */
export async function installNatives(target, nodeModules) {
  const lock = JSON.parse(await readFile(join(projectDirectory, "package-lock.json"), "utf8"));
  for (const name of runtimePackages) {
    await copyRuntimeFiles(join(projectDirectory, "node_modules", name), join(nodeModules, name));
  }
  const name = nativePackageOf(target);
  const locked = lock.packages[`node_modules/${name}`];
  if (locked === undefined) throw new Error(`package-lock.json knows no ${name}`);
  const installed = join(projectDirectory, "node_modules", name);
  if ((await installedVersion(installed)) === locked.version) {
    await copyRuntimeFiles(installed, join(nodeModules, name));
    return;
  }
  const temporary = await mkdtemp(join(tmpdir(), "taximeter-natives-"));
  try {
    await copyRuntimeFiles(await fetchPackage(name, locked, temporary), join(nodeModules, name));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function installedVersion(folder) {
  const manifest = await readFile(join(folder, "package.json"), "utf8").catch(() => null);
  return manifest === null ? null : JSON.parse(manifest).version;
}

/** Fetches a package of another platform and unpacks it below `into`. */
async function fetchPackage(name, { version, integrity }, into) {
  const options = { timeoutMs: 300_000, cwd: into };
  await runOrFail("npm", ["pack", `${name}@${version}`, "--pack-destination", into, "--silent"], {
    ...options,
    label: `npm pack ${name}@${version}`,
    logFile: join(into, "npm-pack.log"),
  });
  const archive = (await readdir(into)).find((file) => file.endsWith(".tgz"));
  if (archive === undefined) throw new Error(`npm pack ${name}@${version} left no archive`);
  const hash = createHash("sha512")
    .update(await readFile(join(into, archive)))
    .digest("base64");
  if (`sha512-${hash}` !== integrity) {
    throw new Error(`${name}@${version} is not what package-lock.json says: its hash differs`);
  }
  await runOrFail("tar", ["-xzf", archive], { ...options, label: `tar ${archive}` });
  return join(into, "package");
}

async function copyRuntimeFiles(from, to) {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(from.length + 1);
    if (entry.isFile() && RUNTIME_FILE.test(path) && !path.startsWith("node_modules")) {
      await cp(join(from, path), join(to, path));
    }
  }
}

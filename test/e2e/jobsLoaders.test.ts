import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureNode20, ensureNode22, ensurePackages } from "../../scripts/lib/provision.mjs";
import { runNode } from "../shim/lib/hostProcess.ts";
import { builtFile } from "./lib/daemon.ts";
import { temporaryFolder } from "./runtimes/meteredHost.ts";

/** Node fails to load anything where hooks of two kinds meet, in some of its versions: none of them may break a host. */
const nodes = { 20: "", 22: "", 24: process.execPath };
let place: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  nodes[20] = await ensureNode20();
  nodes[22] = await ensureNode22();
  place = await temporaryFolder("jobs-loaders");
  const modules = await ensurePackages(join(import.meta.dirname, "runtimes", "loaders"));
  await symlink(modules, join(place.folder, "node_modules"), "dir");
  const croner = join(place.folder, "app", "node_modules", "croner");
  await mkdir(croner, { recursive: true });
  const write = (path: string, text: string) => writeFile(join(place.folder, "app", path), text);
  await write("package.json", JSON.stringify({ private: true, dependencies: { croner: "1.0.0" } }));
  await write(
    "node_modules/croner/package.json",
    JSON.stringify({ name: "croner", type: "module", main: "c.js" }),
  );
  await write(
    "node_modules/croner/c.js",
    `export class Cron { name = "SEND"; async _trigger(run) { return run(); } }`,
  );
  await write("common.cjs", `exports.joined = require("node:util").format("%s", require("./more.cjs"));`);
  await write("more.cjs", `module.exports = "common";`);
  const body = `import { Cron } from "croner";
    import { isMainThread, Worker } from "node:worker_threads";
    import { joined } from "./common.cjs";
    const runtime = () => globalThis[Symbol.for("taximeter.runtime")];
    await new Cron()._trigger(() => {
      const source = runtime()?.scope().explicit?.source;
      console.log(joined, isMainThread, process.env.SHOWN ? source : "");
    });
    if (isMainThread) new Worker(new URL(import.meta.url));`;
  await write("main.mjs", body);
  await write("main.mts", body.replace("globalThis[", "(globalThis as any)["));
  await write(
    "hooked.mjs",
    `import { register } from "node:module";
     import { Hook } from "import-in-the-middle";
     register("import-in-the-middle/hook.mjs", import.meta.url);
     new Hook(["croner"], (exports) => console.log("hooked", Object.keys(exports)));`,
  );
  await write("loader.mjs", "export const load = (url, context, nextLoad) => nextLoad(url, context);");
});
afterAll(() => place.remove());

const loaders: Record<string, string[]> = {
  none: ["main.mjs"],
  "import-in-the-middle": ["--import", "./hooked.mjs", "main.mjs"],
  "a loader": ["--experimental-loader", "./loader.mjs", "main.mjs"],
  tsx: ["--import", "tsx", "main.mts"],
};

describe.each([20, 22, 24] as const)("an ES module of a package that is looked for, Node %i", (node) => {
  const run = (args: string[], env: Record<string, string> = {}) =>
    runNode({
      node: nodes[node],
      args,
      cwd: join(place.folder, "app"),
      env: { HOME: place.folder, TAXIMETER_HOME: join(place.folder, "state"), ...env },
    });
  // On Node 20 tsx does not reach workers.
  const those = Object.entries(loaders).filter(([name]) => node !== 20 || name !== "tsx");
  const preload = { NODE_OPTIONS: `--require ${JSON.stringify(builtFile("register.cjs"))}` };

  it.each(those)("beside %s: the host and its workers run as they would", async (_, args) => {
    const without = await run(args);
    expect(without).toMatchObject({ code: 0, stderr: "" });
    expect(await run(args, preload)).toEqual(without);
    expect(await run(["--import", builtFile("register.mjs"), ...args])).toEqual(without);
  });

  if (node !== 24) return;
  it.each(those)("beside %s: its jobs are known", async (_, args) => {
    const { stdout } = await run(args, { ...preload, SHOWN: "yes" });
    expect(stdout).toContain("common true background_job:SEND\n");
    expect(stdout).toContain("common false background_job:SEND\n");
  });
});

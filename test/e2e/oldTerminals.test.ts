import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installPreloadStub, preloadOption } from "../../daemon/client/preload.ts";
import { ensurePackages } from "../../scripts/lib/provision.mjs";
import { builtFile } from "./lib/daemon.ts";

const run = promisify(execFile);

/** What becomes of the extension while a terminal stays open: what the stub finds in place of the shim. */
const fates: Record<string, (shim: string) => Promise<void>> = {
  "is as it was": async () => {},
  "is uninstalled, or updated into another folder": (shim) => rm(shim),
  "is being written": (shim) => writeFile(shim, '"use strict"; const half = {'),
  "throws as it is loaded": (shim) => writeFile(shim, "throw new Error('broken');"),
};

/** Whatever is typed into a terminal that was opened before does what it did: same words, same exit code. */
describe("in an old terminal", () => {
  let folder: string;
  let tools: Record<string, string[]>;
  let path: string;

  beforeAll(async () => {
    const packages = await ensurePackages(join(import.meta.dirname, "oldTerminals"));
    folder = await mkdtemp(join(tmpdir(), "taximeter old terminals-"));
    // npm, npx and what they start run on the Node that runs the tests.
    path = `${join(process.execPath, "..")}:${process.env["PATH"]}`;
    const write = (file: string, text: string) => writeFile(join(folder, file), text);
    await mkdir(join(folder, "pnp", "local"), { recursive: true });
    await write("typed.ts", "const said: string = 'typed'; console.log(said);\n");
    await write("package.json", JSON.stringify({ private: true, scripts: { say: "node -p 6*7" } }));
    // Plug'n'Play: no node_modules; `yarn node` preloads .pnp.cjs, by NODE_OPTIONS as well.
    await write(
      "pnp/.yarnrc.yml",
      [
        "nodeLinker: pnp",
        "enableTelemetry: false",
        "enableGlobalCache: false",
        // Else it would not write its lock file on a CI machine.
        "enableImmutableInstalls: false",
        "",
      ].join("\n"),
    );
    await write(
      "pnp/package.json",
      JSON.stringify({ name: "pnp", private: true, dependencies: { local: "portal:./local" } }),
    );
    await write("pnp/yarn.lock", "");
    await write(
      "pnp/local/package.json",
      JSON.stringify({ name: "local", version: "1.0.0", main: "index.js" }),
    );
    await write("pnp/local/index.js", "module.exports = 'by Plug and Play';");
    await write("pnp/app.cjs", "console.log(require('local'), Boolean(process.versions.pnp));");
    const yarn = join(packages, "@yarnpkg", "cli-dist", "bin", "yarn.js");
    await run(process.execPath, [yarn, "--cwd", join(folder, "pnp"), "install"], { env: environment() });
    tools = {
      node: ["node", "-p", "[1 + 1, process.argv.length]"],
      npm: ["npm", "--version"],
      "npm run": ["npm", "run", "--silent", "say"],
      npx: ["npx", "--no-install", "--offline", "-c", "node -p 6*7"],
      tsx: ["node", join(packages, "tsx", "dist", "cli.mjs"), "typed.ts"],
      "tsx as a loader": ["node", "--import", join(packages, "tsx", "dist", "loader.mjs"), "typed.ts"],
      "Yarn's Plug'n'Play": ["node", yarn, "--cwd", join(folder, "pnp"), "node", "app.cjs"],
      corepack: ["node", join(packages, "corepack", "dist", "corepack.js"), "--version"],
    };
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: _options, VITEST: _vitest, ...env } = process.env;
    return { ...env, PATH: path, HOME: folder, TAXIMETER_HOME: join(folder, "home"), NO_COLOR: "1", ...more };
  }

  async function outcome(command: string[], env: NodeJS.ProcessEnv) {
    const [program = "", ...args] = command;
    return run(program, args, { cwd: folder, env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    );
  }

  describe.each(Object.keys(fates))("whose extension %s", (fate) => {
    let nodeOptions: string;

    beforeAll(async () => {
      const home = await mkdtemp(join(folder, "state of "));
      const installed = join(home, "taximeter.taximeter-0.1.0");
      await mkdir(installed);
      const shim = join(installed, "register.cjs");
      await copyFile(builtFile("register.cjs"), shim);
      nodeOptions = preloadOption(installPreloadStub({ home, registerFile: shim })).trim();
      await fates[fate]?.(shim);
    });

    test.each(["node", "npm", "npm run", "npx", "tsx", "tsx as a loader", "Yarn's Plug'n'Play", "corepack"])(
      "%s works as before",
      async (tool) => {
        const command = tools[tool] ?? [];
        const before = await outcome(command, environment());
        expect(before).toMatchObject({ code: 0 });
        expect(before.stdout.trim()).not.toBe("");
        expect(await outcome(command, environment({ NODE_OPTIONS: nodeOptions }))).toEqual(before);
      },
    );
  });
});

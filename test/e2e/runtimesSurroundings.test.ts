import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Standin, startStandin } from "../../examples/standin/standin.mjs";
import { ensureNode20 } from "../../scripts/lib/provision.mjs";
import { readSpool, runNode } from "../shim/lib/hostProcess.ts";
import { builtFile, projectDirectory } from "./lib/daemon.ts";
import { temporaryFolder } from "./runtimes/meteredHost.ts";

const versions = [20, 24] as const;
const nodes: Record<(typeof versions)[number], string> = { 20: "", 24: process.execPath };
const main = join(projectDirectory, "test", "e2e", "runtimes", "hosts", "main.cjs");
const preload = `--require ${JSON.stringify(builtFile("register.cjs"))}`;

let place: Awaited<ReturnType<typeof temporaryFolder>>;
let standin: Standin;
beforeAll(async () => {
  nodes[20] = await ensureNode20();
});
beforeEach(async () => {
  place = await temporaryFolder("surroundings");
  standin = await startStandin();
});
afterEach(async () => {
  await standin.close();
  await place.remove();
});

/** A place for the state that is no good, made within a folder. */
const homes: Record<string, (folder: string) => Promise<string>> = {
  "below a file": async (folder) => {
    await writeFile(join(folder, "file"), "");
    return join(folder, "file", "state");
  },
  "a file itself": async (folder) => {
    await writeFile(join(folder, "state"), "full");
    return join(folder, "state");
  },
  "where nobody may write, not even root": async () => "/proc/taximeter",
  "a path that no system takes": async (folder) => join(folder, "x".repeat(300)),
  "with a file in the place of its spool": async (folder) => {
    await writeFile(join(folder, "spool"), "");
    return folder;
  },
  "with a folder in the place of each of its files": async (folder) => {
    await mkdir(join(folder, "daemon.json"), { recursive: true });
    await mkdir(join(folder, "config.json"));
    return folder;
  },
  "with a discovery file that is no JSON": async (folder) => {
    await writeFile(join(folder, "daemon.json"), "{".repeat(1_000));
    return folder;
  },
};

/** Runs the host in the same surroundings without the preload and with it: nothing may differ to the eye. */
async function runBoth(node: string, args: readonly string[], env: Record<string, string>): Promise<string> {
  const run = (options: Record<string, string>) =>
    runNode({
      node,
      args,
      cwd: place.folder,
      env: {
        NODE_NO_WARNINGS: "0",
        SDK_PACKAGE: "openai-6",
        ...standin.environment,
        TAXIMETER_PROVIDERS: standin.providers,
        ...env,
        ...options,
      },
    });
  const without = await run({});
  expect(without).toMatchObject({ code: 0, stderr: "" });
  expect(await run({ NODE_OPTIONS: preload })).toEqual(without);
  return without.stdout;
}

describe.each(versions)("bad surroundings, Node %i", (version) => {
  for (const [name, makeHome] of Object.entries(homes)) {
    it(`the state's folder is ${name}: the host does not notice`, async () => {
      const home = await makeHome(place.folder);
      const stdout = await runBoth(nodes[version], [main], { HOME: place.folder, TAXIMETER_HOME: home });
      expect(JSON.parse(stdout).usage.total_tokens).toBeGreaterThan(0);
    });
  }

  it("no home at all: the host does not notice, and no folder is made beside it", async () => {
    await runBoth(nodes[version], [main], { HOME: "" });
    expect(await readdir(place.folder)).toEqual([]);
  });

  it("the working directory is gone: the host does not notice, and its calls are reported", async () => {
    const home = join(place.folder, "state");
    const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1"';
    // A shell, so that Node starts where nothing is any more.
    const run = (env: Record<string, string>) =>
      runNode({
        node: "sh",
        args: ["-c", script, nodes[version], main],
        cwd: place.folder,
        env: {
          HOME: place.folder,
          SDK_PACKAGE: "openai-6",
          ...standin.environment,
          TAXIMETER_HOME: home,
          TAXIMETER_PROVIDERS: standin.providers,
          ...env,
        },
      });
    const without = await run({});
    expect(without).toMatchObject({ code: 0, stderr: "" });
    expect(await run({ NODE_OPTIONS: preload })).toEqual(without);
    expect(await readSpool(home)).toHaveLength(2);
  });
});

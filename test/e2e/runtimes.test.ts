import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ensureNode20, ensureNode22 } from "../../scripts/lib/provision.mjs";
import { builtFile, projectDirectory } from "./lib/daemon.ts";
import { type Host, type Preload, runBoth, runMetered } from "./runtimes/meteredHost.ts";

const versions = [20, 22, 24] as const;
const nodes: Record<(typeof versions)[number], string> = { 20: "", 22: "", 24: process.execPath };
beforeAll(async () => {
  nodes[20] = await ensureNode20();
  nodes[22] = await ensureNode22();
});

const require = `--require ${JSON.stringify(builtFile("register.cjs"))}`;
const import_ = `--import ${JSON.stringify(builtFile("register.mjs"))}`;

/** By the environment, which reaches children, and by flags, which reach workers and forks alone. */
const preloads: Record<string, Preload> = {
  "NODE_OPTIONS=--require": { env: { NODE_OPTIONS: require } },
  "NODE_OPTIONS=--import": { env: { NODE_OPTIONS: import_ } },
};
const flags: Record<string, Preload> = {
  "--require": { flags: ["--require", builtFile("register.cjs")] },
  "--import": { flags: ["--import", builtFile("register.mjs")] },
};
const twice: Record<string, Preload> = {
  "both forms, by the environment and by flags": {
    flags: ["--require", builtFile("register.cjs"), "--import", builtFile("register.mjs")],
    env: { NODE_OPTIONS: `${import_} ${require}` },
  },
};

/** Each host with the processes and threads in which it makes two calls. */
const hosts: Record<string, { places: number; preloads: Record<string, Preload> }> = {
  "main.mjs": { places: 1, preloads: { ...preloads, ...flags, ...twice } },
  "main.cjs": { places: 1, preloads: { ...preloads, ...flags, ...twice } },
  "workers.cjs": { places: 5, preloads: { ...preloads, ...flags, ...twice } },
  "children.cjs": { places: 6, preloads: { ...preloads, ...twice } },
  "cluster.cjs": { places: 2, preloads: { ...preloads, ...flags } },
};

const hostOf = (version: (typeof versions)[number], file: string): Host => ({
  command: nodes[version],
  args: [join(projectDirectory, "test", "e2e", "runtimes", "hosts", file)],
  cwd: projectDirectory,
  env: { SDK_PACKAGE: "openai-6" },
});

describe.each(versions)("Node %i", (version) => {
  for (const [file, { places, preloads }] of Object.entries(hosts)) {
    for (const [name, preload] of Object.entries(preloads)) {
      // Flags do alike in all of them: the oldest and the newest are enough.
      if (version === 22 && preload.flags !== undefined) continue;
      it(`${file}, ${name}: no difference to the host, one report for each call`, async () => {
        const { reports } = await runMetered(hostOf(version, file), preload);
        expect(reports).toHaveLength(2 * places);
        expect(new Set(reports.map(({ stream }) => stream))).toEqual(new Set([false, true]));
      });
    }
  }

  it("a worker made of text is reached by --require, and not by --import, which Node does not run there", async () => {
    for (const [name, preload] of Object.entries({ ...preloads, ...flags })) {
      const { reports, exchanges } = await runBoth(hostOf(version, "textWorker.cjs"), preload);
      expect(exchanges).toHaveLength(2);
      expect(reports).toHaveLength(name.endsWith("--require") ? 2 : 0);
    }
  });

  it("a cluster's calls belong to the routes that its workers serve", async () => {
    const { reports } = await runMetered(
      hostOf(version, "cluster.cjs"),
      preloads["NODE_OPTIONS=--require"] ?? {},
    );
    expect(reports.map(({ source }) => source)).toEqual(["/api/one", "/api/one", "/api/two", "/api/two"]);
  });
});

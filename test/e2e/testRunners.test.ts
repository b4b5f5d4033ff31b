import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureNode20, ensureNode22, ensurePackages } from "../../scripts/lib/provision.mjs";
import type { CallReport } from "../../shared/call.ts";
import { startCollectingDaemon } from "../shim/lib/collectingDaemon.ts";
import { readSpool, runNode } from "../shim/lib/hostProcess.ts";
import { startProvider } from "../shim/lib/provider.ts";
import { builtFile } from "./lib/daemon.ts";
import { temporaryFolder } from "./runtimes/meteredHost.ts";

const fixture = join(import.meta.dirname, "testRunners", "runnerApps");
const nodes = { 20: "", 22: "", 24: process.execPath };
let place: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  const modules = await ensurePackages(fixture);
  place = await temporaryFolder("test-runners");
  await cp(fixture, place.folder, { recursive: true });
  await symlink(modules, join(place.folder, "node_modules"), "dir");
  nodes[20] = await ensureNode20();
  nodes[22] = await ensureNode22();
});
afterAll(() => place.remove());

interface Run {
  node: keyof typeof nodes;
  args: readonly string[];
  /** Not all that was called need have been told of. */
  mayLose?: boolean;
}

interface Outcome {
  code: number | null;
  output: string;
  reports: CallReport[];
}

async function run({ node, args, mayLose = false }: Run): Promise<Outcome> {
  const state = await temporaryFolder("test-runners-state");
  const home = join(state.folder, "state");
  const provider = await startProvider();
  const daemon = await startCollectingDaemon(home);
  try {
    const { code, stdout, stderr } = await runNode({
      node: nodes[node],
      args,
      cwd: place.folder,
      env: {
        HOME: state.folder,
        TAXIMETER_HOME: home,
        TAXIMETER_PROVIDERS: `${provider.host}=openai`,
        TAXIMETER_API: builtFile("shim.cjs"),
        PROVIDER_URL: provider.url,
        NODE_OPTIONS: `--require ${JSON.stringify(builtFile("register.cjs"))}`,
      },
    });
    const reports = [...daemon.reports, ...(await readSpool(home))];
    const last = new Map(reports.map((report) => [report.callId, report]));
    if (mayLose) expect(last.size).toBeLessThanOrEqual(provider.requests.length);
    else expect(last.size).toBe(provider.requests.length);
    return { code, output: stdout + stderr, reports: [...last.values()] };
  } finally {
    await daemon.close();
    await provider.close();
    await state.remove();
  }
}

/** A call's model is its source, or says that it is made in no test. */
function expectOwnSources({ code, output, reports }: Outcome, calls: number): void {
  expect(code, output).toBe(0);
  expect(reports).toHaveLength(calls);
  for (const { requestModel, source, sourceKind } of reports) {
    // A thread has no entry script.
    if (requestModel === "outside") expect(["script", null], String(source)).toContain(sourceKind);
    else expect(source).toBe(requestModel);
  }
}

const bin = (path: string) => join("node_modules", path);
const VITEST_CALLS = 2 + 2 * 24 + 1;
const JEST_CALLS = 2 + 2 * 24;
const vitest = [bin("vitest/vitest.mjs"), "run", "vitest.test.mjs"];
const jest = [bin("jest/bin/jest.js"), "--config", "jest.config.cjs"];
const mocha = [bin("mocha/bin/mocha.js"), "suite.mocha.mjs"];

describe("calls that a test makes belong to it, also where others run at the same time", () => {
  it.each([22, 24] as const)("vitest, in processes, Node %i", async (node) => {
    expectOwnSources(await run({ node, args: vitest }), VITEST_CALLS);
  });
  it("vitest, in threads", async () => {
    expectOwnSources(await run({ node: 24, args: [...vitest, "--pool=threads"] }), VITEST_CALLS);
  });
  it.each([20, 24] as const)("jest, in this process and for a page, Node %i", async (node) => {
    expectOwnSources(await run({ node, args: [...jest, "--runInBand"] }), JEST_CALLS);
  });
  it("jest, in workers", async () => {
    expectOwnSources(await run({ node: 24, args: [...jest, "--maxWorkers=2"] }), JEST_CALLS);
  });
  it.each([20, 22, 24] as const)("node:test, Node %i", async (node) => {
    expectOwnSources(await run({ node, args: ["--test", "node.test.mjs"] }), 2 + 2 * 24);
    expectOwnSources(await run({ node, args: ["node.test.mjs"] }), 2 + 2 * 24);
  });
  it.each([20, 22, 24] as const)("mocha, Node %i", async (node) => {
    expectOwnSources(await run({ node, args: mocha }), 2 + 3 + 2 * 3);
  });
  it("vitest on Node 20: nothing is known of its tests, nor taken for known", async () => {
    // It ends its workers by a signal, and their last moments with them.
    const { code, output, reports } = await run({ node: 20, args: vitest, mayLose: true });
    expect(code, output).toBe(0);
    expect(reports.length).toBeGreaterThan(0);
    for (const { requestModel, sourceKind } of reports) {
      if (String(requestModel).startsWith("test:")) expect(sourceKind).toBe("script");
    }
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type Standin, type StandinExchange, startStandin } from "../../examples/standin/standin.mjs";
import { ensureNode20 } from "../../scripts/lib/provision.mjs";
import type { CallReport, JsonValue } from "../../shared/call.ts";
import { type CollectingDaemon, startCollectingDaemon } from "../shim/lib/collectingDaemon.ts";
import { type HostRun, readSpool, runNode } from "../shim/lib/hostProcess.ts";
import { builtFile, endDaemon, projectDirectory, startDaemon } from "./lib/daemon.ts";
import { eventually } from "./lib/processes.ts";

/** Outcomes of the scenarios in `sdks/<name>.cjs`, in their order: exchanges that are calls, and no others. */
const scenarios = {
  openai: {
    packages: { 20: "openai-6", 24: "openai" },
    statuses: [
      ...Array<string>(17).fill("ok 200"),
      "error 400",
      ...["error 429", "error 429", "ok 200"],
      ...["error 500", "error 500", "error 500"],
      ...["aborted null", "aborted 200", "aborted 200", "aborted 200"],
      ...Array<string>(4).fill("ok 200"),
    ],
  },
  anthropic: {
    packages: { 20: "@anthropic-ai/sdk", 24: "@anthropic-ai/sdk" },
    // Its promises break V8's asynchronous stack: the caller can't be seen from its fetch.
    statuses: [
      ...Array<string>(10).fill("ok 200"),
      "error 400",
      ...["error 529", "ok 200"],
      ...["aborted null", "aborted 200", "aborted 200"],
      ...Array<string>(4).fill("ok 200"),
    ],
  },
  google: {
    packages: { 20: "google-genai-2", 24: "@google/genai" },
    statuses: [
      ...Array<string>(7).fill("ok 200"),
      ...["error 400", "error 429"],
      ...["aborted null", "aborted 200"],
      ...Array<string>(4).fill("ok 200"),
    ],
  },
} as const;
type Sdk = keyof typeof scenarios;

const moduleSystems = {
  "ES modules": { main: "main.mjs", flag: "--import", register: "register.mjs" },
  CommonJS: { main: "main.cjs", flag: "--require", register: "register.cjs" },
} as const;

const nodes: Record<20 | 24, string> = { 20: "", 24: process.execPath };
beforeAll(async () => {
  nodes[20] = await ensureNode20();
});

let home: string;
let standin: Standin;
let daemon: CollectingDaemon | undefined;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "taximeter-sdks-"));
});
afterEach(async () => {
  await standin.close();
  await daemon?.close();
  daemon = undefined;
  await rm(home, { recursive: true, force: true });
});

interface Scenario {
  node: string;
  flags: readonly string[];
  main: string;
  sdk: Sdk;
  sdkPackage: string;
  env?: Record<string, string>;
}

/** Runs the scenarios against a stand-in of their own. */
async function runScenario({ node, flags, main, sdk, sdkPackage, env }: Scenario): Promise<HostRun> {
  standin = await startStandin();
  return runNode({
    node,
    args: [...flags, join(projectDirectory, "test", "e2e", "sdks", main), sdk, sdkPackage],
    cwd: projectDirectory,
    env: {
      HOME: home,
      ...standin.environment,
      TAXIMETER_HOME: home,
      TAXIMETER_PROVIDERS: standin.providers,
      ...env,
    },
  });
}

/** Whether the provider bills an exchange: not what it lists or counts, and not the way to it. */
function isCall({ method, path, status }: StandinExchange): boolean {
  return method === "POST" && !path.endsWith("/count_tokens") && status !== 307;
}

function member(report: CallReport, ...names: string[]): JsonValue | undefined {
  const name = names.find((each) => report.rawUsage?.[each] !== undefined);
  return name === undefined ? undefined : report.rawUsage?.[name];
}

/** The last word on each call, in order of their beginnings. */
function finalReports(reports: readonly CallReport[]): CallReport[] {
  const last = new Map(reports.map((report) => [report.callId, report]));
  return [...last.values()].toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
}

describe("real SDKs, metered", () => {
  for (const version of [24, 20] as const) {
    for (const [system, { main, flag, register }] of Object.entries(moduleSystems)) {
      for (const sdk of Object.keys(scenarios) as Sdk[]) {
        const { packages, statuses } = scenarios[sdk];
        it(`${packages[version]}, ${system}, Node ${version}: the host sees no difference, each call is one report`, async () => {
          const scenario = {
            node: nodes[version],
            flags: [flag, builtFile(register)],
            main,
            sdk,
            sdkPackage: packages[version],
          };
          const without = await runScenario({ ...scenario, env: { TAXIMETER: "off" } });
          await standin.close();
          expect(without).toMatchObject({ code: 0, stderr: "" });

          daemon = await startCollectingDaemon(home);
          const with_ = await runScenario(scenario);
          expect(with_).toEqual(without);

          const reports = finalReports([...daemon.reports, ...(await readSpool(home))]);
          expect(reports.map(({ status, httpStatus }) => `${status} ${httpStatus}`)).toEqual(statuses);
          const exchanges = standin.exchanges.filter(isCall);
          expect(exchanges).toHaveLength(reports.length);
          expectExactUsage(reports, exchanges);
          expectOperations(reports, statuses);
          const located = reports.filter(({ callSite }) => callSite?.file === `test/e2e/sdks/${sdk}.cjs`);
          expect(located.length).toBeGreaterThan(0);
        });
      }
    }
  }

  it("arrive in the real daemon, counted once each", async () => {
    const connection = await startDaemon(home);
    onTestFinished(() => endDaemon(home));
    await connection.request("status", {});
    const { code } = await runScenario({
      node: nodes[24],
      flags: ["--import", builtFile("register.mjs")],
      main: "main.mjs",
      sdk: "openai",
      sdkPackage: "openai",
    });
    expect(code).toBe(0);
    const { statuses } = scenarios.openai;
    const { total } = await eventually("all calls in the daemon", async () => {
      const spend = await connection.request("spend", { query: { from: "all" } });
      return spend.total.calls === statuses.length ? spend : undefined;
    });
    const count = (prefix: string) => statuses.filter((status) => status.startsWith(prefix)).length;
    expect(total).toMatchObject({ errors: count("error"), aborted: count("aborted") });
    connection.dispose();
  });
});

/** What was read to its end has exactly the usage that the stand-in told, in the provider's own words. */
function expectExactUsage(reports: readonly CallReport[], exchanges: readonly StandinExchange[]): void {
  const byId = new Map(exchanges.map((exchange) => [exchange.responseId, exchange]));
  const told = exchanges.map(({ usage }) => JSON.stringify(usage));
  for (const report of reports) {
    if (report.status !== "ok") continue;
    const usage = member(report, "usage", "usageMetadata") ?? null;
    const id = member(report, "id", "responseId");
    if (typeof id === "string") expect(usage).toEqual(byId.get(id)?.usage);
    else expect(told).toContain(JSON.stringify(usage));
  }
}

/** A retry belongs to what it repeats; everything else is an operation of its own. */
function expectOperations(reports: readonly CallReport[], statuses: readonly string[]): void {
  const operations = new Map<string, number[]>();
  for (const { operationId, attempt = 1 } of reports) {
    const id = operationId ?? "none";
    operations.set(id, [...(operations.get(id) ?? []), attempt]);
  }
  const retried = [...operations.values()].filter((attempts) => attempts.length > 1);
  const expected = statuses.includes("error 500")
    ? [
        [1, 2, 3],
        [1, 2, 3],
      ]
    : statuses.includes("error 529")
      ? [[1, 2]]
      : [];
  expect(retried).toEqual(expected);
}

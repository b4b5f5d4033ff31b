import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureNode20, ensureNode22, ensurePackages } from "../../scripts/lib/provision.mjs";
import type { CallReport } from "../../shared/call.ts";
import { startCollectingDaemon } from "../shim/lib/collectingDaemon.ts";
import { readSpool, runNode } from "../shim/lib/hostProcess.ts";
import { startProvider } from "../shim/lib/provider.ts";
import { type Server, startPostgres, startRedis } from "./jobs/servers.ts";
import { builtFile } from "./lib/daemon.ts";
import { temporaryFolder } from "./runtimes/meteredHost.ts";

const fixture = join(import.meta.dirname, "jobs", "jobApps");
const nodes = { 20: "", 22: "", 24: process.execPath };
const servers: Server[] = [];
const urls: Record<string, string> = {};
let place: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  const modules = await ensurePackages(fixture);
  place = await temporaryFolder("jobs");
  await cp(fixture, place.folder, { recursive: true });
  await symlink(modules, join(place.folder, "node_modules"), "dir");
  nodes[20] = await ensureNode20();
  nodes[22] = await ensureNode22();
  const redis = await startRedis();
  servers.push(redis);
  const postgres = await startPostgres();
  servers.push(postgres);
  Object.assign(urls, { REDIS_URL: redis.url, POSTGRES_URL: postgres.url });
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  await place.remove();
});

interface JobsRun {
  app: string;
  packages: readonly string[];
  main: "main.cjs" | "main.mjs";
  node: keyof typeof nodes;
  jobs: number;
}

/** The reports of a process with so many jobs at the same time. */
async function reportsOf({ app, packages, main, node, jobs }: JobsRun): Promise<CallReport[]> {
  const state = await temporaryFolder("jobs-state");
  const home = join(state.folder, "state");
  const provider = await startProvider();
  const daemon = await startCollectingDaemon(home);
  try {
    const { code, stderr } = await runNode({
      node: nodes[node],
      args: ["--require", builtFile("register.cjs"), main, app, ...packages],
      cwd: place.folder,
      env: {
        HOME: state.folder,
        TAXIMETER_HOME: home,
        TAXIMETER_PROVIDERS: `${provider.host}=openai`,
        TAXIMETER_API: builtFile("shim.cjs"),
        PROVIDER_URL: provider.url,
        JOBS: String(jobs),
        ...urls,
      },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const last = new Map(
      [...daemon.reports, ...(await readSpool(home))].map((report) => [report.callId, report]),
    );
    expect(last.size).toBe(provider.requests.length);
    return [...last.values()];
  } finally {
    await daemon.close();
    await provider.close();
    await state.remove();
  }
}

/** How each call is attributed: whose it is, how it was made, and its source. */
const told = (reports: readonly CallReport[]) =>
  reports.map(({ requestModel, source }) => {
    const [owner, nth, way] = String(requestModel).split("#");
    return { owner, nth: Number(nth), way, source };
  });

interface Framework {
  packages: readonly string[];
  /** Of the name that the job's calls go by. */
  source(owner: string): string;
  /** The package is an ES module when imported, so that Node 20 tells nothing of it. */
  unseenOn20?: true;
  /** It is for newer versions of Node. */
  notOn20?: true;
}
const job = (owner: string) => `background_job:${owner}`;
const frameworks: Record<string, Framework> = {
  bullmq: { packages: ["bullmq"], source: job },
  croner: { packages: ["croner"], source: job, unseenOn20: true },
  nodeCron: { packages: ["node-cron"], source: job, unseenOn20: true },
  pgBoss: { packages: ["pg-boss"], source: job, notOn20: true },
  inngest: {
    packages: ["inngest", "inngest/node"],
    source: (owner) => (owner === "/route" ? "/route/:id" : job(owner)),
  },
};

const runs = [
  { node: 24, main: "main.mjs", jobs: 200 },
  { node: 24, main: "main.cjs", jobs: 200 },
  { node: 22, main: "main.mjs", jobs: 40 },
  { node: 20, main: "main.mjs", jobs: 40 },
  { node: 20, main: "main.cjs", jobs: 40 },
] as const;

describe.each(Object.entries(frameworks))("%s", (app, { packages, source, unseenOn20, notOn20 }) => {
  it.each(runs.filter(({ node }) => !notOn20 || node !== 20))(
    "on Node $node, $main: each of $jobs jobs at a time has its own source",
    async ({ node, main, jobs }) => {
      const calls = told(await reportsOf({ app, packages, main, node, jobs }));
      const isSeen = !(unseenOn20 && node === 20 && main === "main.mjs");
      const owners = new Set(calls.map(({ owner, nth }) => `${owner}#${nth}`));
      expect(owners.size).toBe(app === "inngest" ? 2 * jobs : jobs);
      expect(calls).toHaveLength(3 * owners.size);
      const expected = calls.map((call) => ({
        ...call,
        // Where a context was lost it is nobody's: never another job's.
        source: call.way === "lost" || !isSeen ? `script:${main}` : source(String(call.owner)),
      }));
      expect(calls).toEqual(expected);
    },
  );
});

it.each([20, 24] as const)(
  "BullMQ's processors in processes and threads of their own, Node %i",
  async (node) => {
    const run = { app: "sandboxed", packages: ["bullmq"], main: "main.cjs", node, jobs: 20 } as const;
    const calls = told(await reportsOf(run));
    expect(calls).toHaveLength(20);
    for (const { owner, source } of calls) expect(source).toBe(job(String(owner)));
  },
);

it("a job takes the place of the route that runs it, and what it says of itself takes the job's", async () => {
  const run = { app: "precedence", packages: ["croner"], main: "main.cjs", node: 24, jobs: 1 } as const;
  const reports = await reportsOf(run);
  expect(reports).toHaveLength(7);
  for (const { requestModel, source, feature } of reports) {
    const [expected] = String(requestModel).split("#");
    expect(source, String(requestModel)).toBe(expected);
    expect(feature ?? null, String(requestModel)).toBe(expected?.startsWith("/") ? "the route's" : null);
  }
});

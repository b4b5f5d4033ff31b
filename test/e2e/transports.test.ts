import { cp, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ensureNode20, ensurePackages } from "../../scripts/lib/provision.mjs";
import type { CallReport } from "../../shared/call.ts";
import { readSpool, runNode } from "../shim/lib/hostProcess.ts";
import { chatAnswer, startProvider, type TestProvider } from "../shim/lib/provider.ts";
import { builtFile } from "./lib/daemon.ts";

const fixture = fileURLToPath(new URL("transports/", import.meta.url));

/** What the app does one after another, and the call that each is. */
const scenarios: Record<string, Partial<CallReport>> = {
  plain: { status: "ok", httpStatus: 200, stream: false },
  stream: { status: "ok", httpStatus: 200, stream: true },
  "stream-gzip": { status: "ok", httpStatus: 200, stream: true },
  br: { status: "ok", httpStatus: 200, stream: false },
  limited: { status: "error", httpStatus: 429, errorType: "rate_limit_exceeded" },
  hang: { status: "aborted", httpStatus: null },
  stall: { status: "aborted", httpStatus: 200, stream: true },
  broken: { status: "aborted", httpStatus: 200, stream: true },
};
const usages: Record<string, unknown> = {
  plain: chatAnswer.usage,
  br: chatAnswer.usage,
  stream: { prompt_tokens: 11, completion_tokens: 7 },
  "stream-gzip": { prompt_tokens: 11, completion_tokens: 7 },
};

interface Client {
  name: string;
  http2?: boolean;
  /** Runs on Node 24 only. */
  modern?: boolean;
  /** It can't do these. */
  without?: readonly string[];
}

const clients: readonly Client[] = [
  { name: "fetch" },
  { name: "fetch with a Request" },
  { name: "fetch of a stream" },
  { name: "undici 4 request" },
  { name: "undici 5 request" },
  { name: "undici 6 request" },
  { name: "undici 7 request" },
  { name: "undici 8 request", modern: true },
  { name: "undici 8 request, one connection", modern: true },
  { name: "undici 8 request, HTTP/2", modern: true, http2: true },
  { name: "undici 5 fetch" },
  { name: "undici 6 fetch" },
  { name: "undici 7 fetch" },
  { name: "undici 8 fetch", modern: true },
  { name: "global fetch over an agent of undici 7", modern: true },
  { name: "undici 8 stream", modern: true },
  { name: "node:http" },
  { name: "node:http2", http2: true },
  { name: "axios" },
  { name: "axios over fetch" },
  { name: "node-fetch 2" },
  { name: "node-fetch 3" },
  { name: "got" },
  // It reads a whole answer before it tells of it, and its abort ends the process.
  { name: "superagent", without: ["hang", "stall"] },
];

const nodes: Record<20 | 24, string> = { 20: "", 24: process.execPath };
const providers: { http1?: TestProvider; http2?: TestProvider } = {};
let app: string;
let home: string;

beforeAll(async () => {
  nodes[20] = await ensureNode20();
  providers.http1 = await startProvider();
  providers.http2 = await startProvider({ http2: true });
  app = await mkdtemp(join(tmpdir(), "taximeter-transports-"));
  for (const file of ["busyPool.mjs", "clients.mjs", "sockets.mjs"])
    await cp(join(fixture, file), join(app, file));
  await symlink(await ensurePackages(fixture), join(app, "node_modules"));
});
afterAll(async () => {
  await providers.http1?.close();
  await providers.http2?.close();
  await rm(app, { recursive: true, force: true });
});
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "taximeter-transports-home-"));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

function providerOf(client: Client): TestProvider {
  const provider = client.http2 ? providers.http2 : providers.http1;
  if (provider === undefined) throw new Error("the provider has not started");
  return provider;
}

async function run(client: Client, node: string, register: string, env: Record<string, string>) {
  const { url, host } = providerOf(client);
  const asked = Object.keys(scenarios).filter((scenario) => !client.without?.includes(scenario));
  const { stdout, stderr, code } = await runNode({
    node,
    args: [
      register.endsWith("cjs") ? "--require" : "--import",
      register,
      "clients.mjs",
      client.name,
      url,
      ...asked,
    ],
    cwd: app,
    env: { HOME: home, TAXIMETER_HOME: home, TAXIMETER_PROVIDERS: `${host}=openai`, ...env },
  });
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  return { asked, seen: stdout };
}

const runs = clients.flatMap((client) =>
  ([20, 24] as const)
    .filter((node) => node === 24 || !client.modern)
    .map((node) => ({ client, node, title: `${client.name}, Node ${node}` })),
);

describe("calls by any HTTP client", () => {
  it.each(runs)("$title: each is one call, and the app sees no difference", async ({ client, node }) => {
    const register = builtFile(node === 20 ? "register.cjs" : "register.mjs");
    const without = await run(client, nodes[node], register, { TAXIMETER: "off" });
    expect(await readdir(home)).toEqual([]);
    const { asked, seen } = await run(client, nodes[node], register, {});
    expect(seen).toBe(without.seen);
    expect(seen.split("\n")).toHaveLength(asked.length + 1);

    const reports = await readSpool(home);
    for (const scenario of asked) {
      const [report, ...more] = reports.filter(({ endpoint }) => endpoint?.path.startsWith(`/${scenario}/`));
      expect(more, scenario).toEqual([]);
      expect(report, scenario).toMatchObject({
        ...scenarios[scenario],
        provider: "openai",
        requestModel: "gpt-4o-mini",
        source: "script:clients.mjs",
        endpoint: { host: providerOf(client).host, method: "POST" },
      });
      expect(report?.rawUsage?.["usage"] ?? undefined, scenario).toEqual(usages[scenario]);
    }
    expect(JSON.stringify(reports)).not.toMatch(/secret|the prompt|completion"/);
  });
});

describe("calls that wait for a connection", () => {
  it("are one call each, with the source they were made in", async () => {
    const { url, host } = providerOf({ name: "" });
    const { stdout, stderr } = await runNode({
      args: ["--import", builtFile("register.mjs"), "busyPool.mjs", url, builtFile("shim.mjs")],
      cwd: app,
      env: { HOME: home, TAXIMETER_HOME: home, TAXIMETER_PROVIDERS: `${host}=openai` },
    });
    expect({ stdout, stderr }).toEqual({ stdout: "15 1\n", stderr: "" });
    const reports = await readSpool(home);
    expect(reports).toHaveLength(15);
    expect(reports.every(({ status, rawUsage }) => status === "ok" && rawUsage?.["usage"])).toBe(true);
    const sources = reports.map(({ source }) => source ?? "");
    const of = (way: string) => sources.filter((source) => source.startsWith(way)).sort();
    const wanted = (way: string) => [0, 1, 2, 3, 4].map((turn) => `${way} ${turn}`);
    expect(of("global fetch")).toEqual(wanted("global fetch"));
    expect(of("request")).toEqual(wanted("request"));
    expect(of("npm's fetch")).toEqual(wanted("npm's fetch"));
  });
});

const socketRuns = [
  { client: "ws", node: 20 },
  { client: "ws", node: 24 },
  { client: "global", node: 24 },
  { client: "undici", node: 24 },
] as const;

describe.each(socketRuns)("turns over the WebSocket of $client, Node $node", ({ client, node }) => {
  const talk = async (protocol: string, provider: string, env: Record<string, string> = {}) => {
    const { stdout, stderr, code } = await runNode({
      node: nodes[node],
      args: ["--import", builtFile("register.mjs"), "sockets.mjs", client, protocol],
      cwd: app,
      env: { HOME: home, TAXIMETER_HOME: home, TAXIMETER_PROVIDERS: `127.0.0.1:*=${provider}`, ...env },
    });
    expect({ stdout, stderr, code }).toEqual({ stdout: "2 1006\n", stderr: "", code: 0 });
    return readSpool(home);
  };

  it("of OpenAI's Realtime are calls, and what was cut short is one without usage", async () => {
    expect(await talk("realtime", "openai", { TAXIMETER: "off" })).toEqual([]);
    const reports = await talk("realtime", "openai");
    expect(reports.map(({ status, rawUsage }) => [status, rawUsage?.["id"]])).toEqual([
      ["ok", "resp_turn_1_of_the_session"],
      ["ok", "resp_turn_2_of_the_session"],
      ["aborted", undefined],
    ]);
    expect(reports[0]).toMatchObject({
      provider: "openai",
      requestModel: "gpt-realtime",
      stream: true,
      endpoint: { path: "/v1/realtime", method: "WEBSOCKET" },
      source: "script:sockets.mjs",
      rawUsage: { model: "gpt-realtime-2025-08-28", usage: { input_tokens: 20, output_tokens: 10 } },
    });
    expect(JSON.stringify(reports)).not.toContain("the prompt");
  });

  it("of Gemini Live are calls, with the model that the client set up", async () => {
    const reports = await talk("live", "google");
    expect(reports.map(({ status }) => status)).toEqual(["ok", "ok", "aborted"]);
    expect(reports[0]).toMatchObject({
      provider: "google",
      // npm's undici announces a connection when the host has sent its settings already.
      requestModel: client === "undici" ? null : "models/gemini-2.5-flash-live",
      rawUsage: { usageMetadata: { promptTokenCount: 15, responseTokenCount: 5 } },
    });
    expect(JSON.stringify(reports)).not.toMatch(/secret|the prompt|the completion/);
  });
});

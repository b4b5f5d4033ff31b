import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DaemonConnection } from "../../daemon/client/daemonConnection.ts";
import { type Standin, type StandinExchange, startStandin } from "../../examples/standin/standin.mjs";
import { ensurePackages } from "../../scripts/lib/provision.mjs";
import type { Call } from "../../shared/call.ts";
import { runNode } from "../shim/lib/hostProcess.ts";
import { builtFile, discovered, endDaemon, startDaemon } from "./lib/daemon.ts";
import { eventually } from "./lib/processes.ts";

const fixture = join(import.meta.dirname, "otlp");
let app: string;
let home: string;
let daemon: DaemonConnection;
let standin: Standin;

beforeAll(async () => {
  app = await mkdtemp(join(tmpdir(), "taximeter-otlp-"));
  await cp(fixture, app, { recursive: true });
  await symlink(await ensurePackages(fixture), join(app, "node_modules"));
});
afterAll(() => rm(app, { recursive: true, force: true }));
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "taximeter-otlp-home-"));
  standin = await startStandin();
  daemon = await startDaemon(home);
  await daemon.request("status", {});
});
afterEach(async () => {
  daemon.dispose();
  await endDaemon(home);
  await standin.close();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

interface App {
  args: string[];
  /** To whom its calls belong, whoever tells of them. */
  whose: Partial<Call>;
  /** Likewise, of its chats alone. */
  whoseChats?: Partial<Call>;
  /** Their source where the shim is not there: waiting for the service's takes ten seconds, so one app does. */
  source?: string;
  /** Whether it is tried in JSON as well, by the other one of OpenTelemetry's exporters. */
  inJson?: boolean;
  /** Exchanges, by number, whose spans tell no tokens, or others than the provider's. */
  untold?: number[];
  miscounted?: number[];
}

const apps: Record<string, App> = {
  "@opentelemetry/instrumentation-openai": {
    args: ["openTelemetry.cjs"],
    whose: {},
    source: "/api/chat/:id",
    inJson: true,
  },
  "@traceloop/node-server-sdk": {
    args: ["traceloop.cjs"],
    whose: { feature: "support", conversationId: "s-1", attributes: { tenant: "acme", lead: "42" } },
    // It counts the tokens of a stream itself.
    miscounted: [1],
  },
  "@langfuse/otel": {
    args: ["langfuse.mjs"],
    source: "shop",
    whose: {
      feature: "support-agent",
      conversationId: "s-1",
      attributes: { user: "u-1", tenant: "acme", lead: "42" },
    },
  },
  "@arizeai/openinference-instrumentation-openai": {
    args: ["openInference.cjs"],
    whose: {},
    untold: [1, 2],
  },
  "ai 5": {
    args: ["aiSdk.mjs", "5"],
    whose: { feature: "reply", conversationId: "s-1", attributes: { lead: "42" } },
  },
  "ai 6": {
    args: ["aiSdk.mjs", "6"],
    whose: { feature: "reply", conversationId: "s-1", attributes: { lead: "42" } },
  },
  "ai 7": { args: ["aiSdk.mjs", "7"], whose: {}, whoseChats: { feature: "reply" }, inJson: true },
  "ai 7, as before": {
    args: ["aiSdk.mjs", "7", "legacy"],
    whose: { feature: "reply", conversationId: "s-1", attributes: { lead: "42" } },
  },
};

async function run({ args }: App, flags: string[], env: Record<string, string>) {
  const daemonAt = await discovered(home);
  if (daemonAt === undefined) throw new Error("the daemon is not there");
  const { code, stderr } = await runNode({
    args: [...flags, ...args],
    cwd: app,
    env: {
      HOME: home,
      ...standin.environment,
      OTEL_SERVICE_NAME: "shop",
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${daemonAt.port}/v1/traces`,
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: `authorization=Bearer%20${daemonAt.token}`,
      ...env,
    },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}

async function storedCalls(): Promise<Call[]> {
  return (await daemon.request("calls", { query: { from: "all", order: "asc" } })).calls;
}

/** Tokens that the provider told, in its own words of either kind. */
function tokensOf({ usage }: StandinExchange) {
  const { prompt_tokens, input_tokens, completion_tokens, output_tokens } = usage ?? {};
  return { input: prompt_tokens ?? input_tokens, output: completion_tokens ?? output_tokens };
}

function whoseIs({ operation }: Call, { whose, whoseChats }: App): Partial<Call> {
  return operation === "chat" ? { ...whose, ...whoseChats } : whose;
}

/** One row for each exchange, with its tokens. */
function expectExchanges(calls: readonly Call[], { untold = [], miscounted = [] }: Partial<App> = {}) {
  expect(standin.exchanges.length).toBeGreaterThanOrEqual(2);
  expect(calls.map(({ requestModel, responseModel }) => requestModel ?? responseModel)).toHaveLength(
    standin.exchanges.length,
  );
  for (const [number, exchange] of standin.exchanges.entries()) {
    if (miscounted.includes(number)) continue;
    const told = calls[number]?.usage;
    const { input, output } = untold.includes(number) ? {} : tokensOf(exchange);
    expect({ number, input: told?.inputTokens, output: told?.outputTokens }).toEqual({
      number,
      input,
      output,
    });
  }
}

describe.each(Object.entries(apps))("%s", (_name, each) => {
  const protobuf = { OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "gzip" };
  const json = { ...protobuf, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json" };
  it.each(each.inJson ? [protobuf, json] : [protobuf])(
    "tells of each call once, with its tokens: %o",
    async (env) => {
      await run(each, [], env);
      const calls = await eventually("its source", async () => {
        const stored = await storedCalls();
        const { source } = each;
        return source === undefined || stored.every((call) => call.source === source) ? stored : undefined;
      });
      expectExchanges(calls, each);
      for (const call of calls) {
        expect(call).toMatchObject({ ...whoseIs(call, each), provider: "openai", status: "ok" });
        const isTold = Object.keys(call.usage).length > 0;
        expect(call.costStatus).toBe(isTold ? "computed" : "unpriced");
      }
      await expectNoText();
    },
  );

  it("and the shim sees the same calls: each is one, with the shim's figures and the spans' attributes", async () => {
    const env = { TAXIMETER_HOME: home, TAXIMETER_PROVIDERS: standin.providers };
    await run(each, ["--import", builtFile("register.mjs")], env);
    const calls = await eventually("what the shim saw", async () => {
      const stored = await storedCalls();
      const seen = stored.filter(({ httpStatus }) => httpStatus === 200);
      return seen.length === standin.exchanges.length ? stored : undefined;
    });
    expectExchanges(calls);
    for (const call of calls) {
      expect(call).toMatchObject({ ...whoseIs(call, each), provider: "openai" });
    }
    // Where a request is served, it depends on who came first.
    const sources = each.source?.startsWith("/") ? [each.source] : [];
    for (const call of calls) expect([`script:${each.args[0]}`, ...sources]).toContain(call.source);
    await expectNoText();
  });
});

/** Nothing that was asked or answered is in the database's file. */
async function expectNoText() {
  for (const file of ["taximeter.db", "taximeter.db-wal"]) {
    const content = await readFile(join(home, file)).catch(() => Buffer.alloc(0));
    for (const text of ["secret", "keeps its colour"])
      expect(content.includes(text), `${text} in ${file}`).toBe(false);
  }
}

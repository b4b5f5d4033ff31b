import { Agent, request } from "node:http";
import { join } from "node:path";
import { expect } from "vitest";
import { startStandin } from "../../../examples/standin/standin.mjs";
import type { CallReport } from "../../../shared/call.ts";
import { startCollectingDaemon } from "../../shim/lib/collectingDaemon.ts";
import { builtFile } from "../lib/daemon.ts";
import { eventually, startProcess } from "../lib/processes.ts";
import { temporaryFolder } from "../runtimes/meteredHost.ts";

/** A route of a server that makes AI calls with the number it is given: `?n=` or `{"n": …}`, in the name of the model. */
export interface AskedRoute {
  method: "GET" | "POST";
  path(n: number): string;
  /** What its calls are to be attributed to. */
  source: string;
}

export interface AskedServer {
  node: string;
  /** Makes it listen on a port of its choice, or on `$PORT`, and say so: `listening on 4711`. */
  args: readonly string[];
  cwd: string;
  env?: Record<string, string>;
  routes: readonly AskedRoute[];
}

const REQUESTS = 200;
/** Of each request: what follows an `await`, and what outlives the answer. */
const CALLS_EACH = 2;
const START_TIMEOUT_MS = 60_000;
const REPORTS_TIMEOUT_MS = 60_000;

/** Starts the server with the preload, asks it for all its routes at once, and insists that each call has its own. */
export async function expectRoutes(server: AskedServer): Promise<void> {
  const { folder, remove } = await temporaryFolder("asked");
  const home = join(folder, "state");
  const standin = await startStandin();
  const daemon = await startCollectingDaemon(home);
  const host = startProcess(server.node, [...server.args], {
    cwd: server.cwd,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      NODE_OPTIONS: `--require ${JSON.stringify(builtFile("register.cjs"))}`,
      ...standin.environment,
      TAXIMETER_HOME: home,
      TAXIMETER_PROVIDERS: standin.providers,
      ...server.env,
    },
  });
  try {
    const [, port] = await host.waitForOutput(/listening on (\d+)/, START_TIMEOUT_MS);
    const routeOf = (n: number) => server.routes[n % server.routes.length];
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, (_, n) => ask(agent, Number(port), routeOf(n), n)),
    );
    agent.destroy();
    expect(answers.filter(({ status }) => status !== 200 && status !== 201)).toEqual([]);

    // A long call is told of before it ends too, with as many words about its source.
    const calls = await eventually(
      "each call is reported",
      () => {
        const told = new Map(daemon.reports.map((report) => [report.callId, report]));
        return told.size < REQUESTS * CALLS_EACH ? undefined : [...told.values()].map(callOf);
      },
      REPORTS_TIMEOUT_MS,
    );
    expect(calls).toHaveLength(REQUESTS * CALLS_EACH);
    const ones = calls.filter(({ n, source }) => source !== routeOf(n)?.source);
    expect(ones).toEqual([]);
    expect(new Set(calls.map(({ kind }) => kind))).toEqual(new Set(["await", "timer", "stream"]));
    expect(new Set(calls.map(({ sourceKind }) => sourceKind))).toEqual(new Set(["route"]));
  } catch (error) {
    throw new Error(`The server printed:\n${host.output()}`, { cause: error });
  } finally {
    await host.stop();
    await daemon.close();
    await standin.close();
    await remove();
  }
}

function callOf({ requestModel, source, sourceKind }: CallReport) {
  const [n, kind] = String(requestModel).split(".");
  return { n: Number(n), kind, source, sourceKind };
}

function ask(
  agent: Agent,
  port: number,
  route: AskedRoute | undefined,
  n: number,
): Promise<{ status: number | undefined; path: string; text: string }> {
  if (route === undefined) throw new Error("The server has no routes");
  const { method } = route;
  const path = route.path(n);
  return new Promise((resolve, reject) => {
    const asking = request(
      { agent, port, method, path, headers: { "content-type": "application/json" } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          text += part;
        });
        response.on("end", () => resolve({ status: response.statusCode, path, text }));
      },
    );
    asking.on("error", reject);
    if (method === "GET") asking.end();
    else {
      // The body comes later than its head.
      const body = JSON.stringify({ n });
      asking.write(body.slice(0, 3));
      setTimeout(() => asking.end(body.slice(3)), n % 10);
    }
  });
}

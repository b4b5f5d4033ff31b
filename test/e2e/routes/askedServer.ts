import { once } from "node:events";
import { Agent, ClientRequest, request } from "node:http";
import { connect } from "node:http2";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import { expect } from "vitest";
import { startStandin } from "../../../examples/standin/standin.mjs";
import type { CallReport, CallSite } from "../../../shared/call.ts";
import { sourceKindOf } from "../../../shared/sources.ts";
import { startCollectingDaemon } from "../../shim/lib/collectingDaemon.ts";
import { builtFile } from "../lib/daemon.ts";
import { freePort } from "../lib/freePort.ts";
import { eventually, startProcess } from "../lib/processes.ts";
import { temporaryFolder } from "../runtimes/meteredHost.ts";

/** A route of a server that makes AI calls with the number it is given, in the name of the model. */
export interface AskedRoute {
  method: "GET" | "POST";
  path(n: number): string;
  /** What is posted, `{"n": …}` where it is left out. */
  body?(n: number): { type: string; text: string };
  /** What its calls are to be attributed to. */
  source: string;
}

export interface AskedServer {
  node: string;
  /** Makes it listen on `$PORT` or on a port of its choice, and say so: `listening on 4711`, `http://localhost:4711`. */
  args: readonly string[];
  cwd: string;
  env?: Record<string, string>;
  /** What it speaks, without encryption: HTTP/1.1 if left out. */
  over?: "HTTP/2" | "WebSocket";
  /** The places that all of its calls are made at, as far as the process can tell by itself. */
  callSites?: readonly CallSite[];
  /** How long the provider takes to answer, nothing if left out. */
  latencyMs?: number;
  /** How many at once, 200 if left out. */
  requests?: number;
  routes: readonly AskedRoute[] | ((port: number) => Promise<readonly AskedRoute[]>);
}

const LISTENING = /(?:listening on |http:\/\/(?:localhost|127\.0\.0\.1|\[::\]|0\.0\.0\.0):)(\d+)/i;
const REQUESTS = 200;
/** Of each request: what follows an `await`, and what outlives the answer. */
const CALLS_EACH = 2;
const START_TIMEOUT_MS = 60_000;
const REPORTS_TIMEOUT_MS = 60_000;

/** Starts the server with the preload, asks it for all its routes at once, and insists that each call has its own. */
export async function expectRoutes(server: AskedServer): Promise<void> {
  await askServer(server, CALLS_EACH, (calls, routeOf) => {
    const others = calls.filter(({ n, source }) => source !== routeOf(n)?.source);
    expect(others).toEqual([]);
    expect(new Set(calls.map(({ kind }) => kind))).toEqual(new Set(["await", "later", "stream"]));
    const routes = new Set(calls.map(({ n }) => routeOf(n)?.source));
    const places = server.callSites?.map((callSite) => JSON.stringify(callSite));
    if (places !== undefined) {
      expect(calls.filter(({ callSite }) => !places.includes(JSON.stringify(callSite)))).toEqual([]);
    }
    const kinds = new Set([...routes].map((source) => source && sourceKindOf(source)));
    expect(new Set(calls.map(({ sourceKind }) => sourceKind))).toEqual(kinds);
  });
}

/** How many of a pool's calls are somebody's. */
export type Belonging = "few" | "most" | "all" | "few, and now and then another's";

/**
 * The same of a server whose requests leave part of their work to a pool: what a request does by itself is its own, and what
 * the pool does for it is its own or nobody's, but never another's, unless that is said.
 */
export async function expectNoOthersRoute(
  server: AskedServer,
  belonging: Belonging,
  callsEach = 1,
): Promise<void> {
  await askServer(server, callsEach, (calls, routeOf) => {
    const isOwn = ({ n, source }: AskedCall) => source === routeOf(n)?.source;
    const others = calls.filter(
      (call) => !isOwn(call) && (call.kind === "await" || call.sourceKind !== "script"),
    );
    const pooled = calls.filter(({ kind }) => kind === "pooled");
    const owned = pooled.filter(isOwn).length / pooled.length;
    if (belonging === "few, and now and then another's") {
      expect(others.length / calls.length).toBeLessThan(0.06);
    } else expect(others).toEqual([]);
    if (belonging === "all") expect(owned).toBe(1);
    else if (belonging === "most") expect(owned).toBeGreaterThan(0.7);
    else expect(owned).toBeLessThan(0.5);
  });
}

type AskedCall = ReturnType<typeof callOf>;

/** Asks all at once, and looks at the calls when each request has ended so many. */
async function askServer(
  server: AskedServer,
  callsEach: number,
  look: (calls: AskedCall[], routeOf: (n: number) => AskedRoute | undefined) => void,
): Promise<void> {
  const { requests = REQUESTS } = server;
  const { folder, remove } = await temporaryFolder("asked");
  const home = join(folder, "state");
  const standin = await startStandin({ latencyMs: server.latencyMs ?? 0 });
  const daemon = await startCollectingDaemon(home);
  const host = startProcess(server.node, [...server.args], {
    cwd: server.cwd,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      NODE_OPTIONS: `--require ${JSON.stringify(builtFile("register.cjs"))}`,
      ...standin.environment,
      PORT: String(await freePort()),
      TAXIMETER_HOME: home,
      TAXIMETER_PROVIDERS: standin.providers,
      ...server.env,
    },
  });
  try {
    const [, port] = await host.waitForOutput(LISTENING, START_TIMEOUT_MS);
    const routes = typeof server.routes === "function" ? await server.routes(Number(port)) : server.routes;
    const routeOf = (n: number) => routes[n % routes.length];
    const answers = await askAll(server.over, Number(port), requests, routeOf);
    expect(answers.filter(({ status }) => status === undefined || status >= 400)).toEqual([]);

    // A long call is told of before it ends too, with as many words about its source; one that failed was made again.
    const calls = await eventually(
      "each call is reported",
      () => {
        const told = daemon.reports.map(callOf);
        const ended = new Set(told.filter(({ status }) => status === "ok").map(({ model }) => model));
        return ended.size < requests * callsEach ? undefined : told;
      },
      REPORTS_TIMEOUT_MS,
    );
    look(calls, routeOf);
  } catch (error) {
    throw new Error(`The server printed:\n${host.output()}`, { cause: error });
  } finally {
    await host.stop();
    await daemon.close();
    await standin.close();
    await remove();
  }
}

function callOf({ requestModel, status, source, sourceKind, callSite }: CallReport) {
  const model = String(requestModel);
  const [n, kind] = model.split(".");
  return { model, n: Number(n), kind, status, source, sourceKind, callSite };
}

interface Answer {
  status: number | undefined;
  path: string;
  text: string;
}

async function askAll(
  over: AskedServer["over"],
  port: number,
  requests: number,
  routeOf: (n: number) => AskedRoute | undefined,
): Promise<Answer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const session = over === "HTTP/2" ? connect(`http://127.0.0.1:${port}`) : null;
  const ask = (n: number) => {
    const route = routeOf(n);
    if (route === undefined) throw new Error("The server has no routes");
    const { method } = route;
    const path = route.path(n);
    const body = route.body?.(n) ?? { type: "application/json", text: JSON.stringify({ n }) };
    if (over === "WebSocket") return askBySocket(`ws://127.0.0.1:${port}${path}`, body.text);
    const headers = { "content-type": body.type };
    const asking =
      session === null
        ? request({ agent, port, method, path, headers })
        : session.request({ ":path": path, ":method": method, ...headers }, { endStream: method === "GET" });
    return new Promise<Answer>((resolve, reject) => {
      const answered = (status: number | undefined, response: Readable) => {
        textOf(response).then((text) => resolve({ status, path, text: text.slice(0, 500) }), reject);
      };
      asking.on("error", reject);
      if (asking instanceof ClientRequest)
        asking.on("response", (response) => answered(response.statusCode, response));
      else asking.on("response", (head) => answered(head[":status"], asking));
      if (method === "GET") asking.end();
      else {
        // The body comes later than its head.
        asking.write(body.text.slice(0, 3));
        setTimeout(() => asking.end(body.text.slice(3)), n % 10);
      }
    });
  };
  try {
    return await Promise.all(Array.from({ length: requests }, (_, n) => ask(n)));
  } finally {
    agent.destroy();
    session?.close();
  }
}

/** Answers what comes upon the message, as an answer over HTTP would be. */
async function askBySocket(url: string, message: string): Promise<Answer> {
  const socket = new WebSocket(url);
  try {
    await once(socket, "open");
    socket.send(message);
    const [event] = await once(socket, "message");
    return { status: 200, path: url, text: String(event.data) };
  } finally {
    socket.close();
  }
}

import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ensureNode20, ensurePackages } from "../../scripts/lib/provision.mjs";
import { runNode } from "../shim/lib/hostProcess.ts";
import { builtFile } from "./lib/daemon.ts";
import { type AskedRoute, type AskedServer, expectRoutes } from "./routes/askedServer.ts";
import { folded, inServersFolder, patterned, serversFixture } from "./routes/servers.ts";

const input = (n: number) => encodeURIComponent(JSON.stringify({ n }));
const procedures = (mount: string) =>
  [
    {
      method: "GET",
      path: (n: number) => `${mount}/chat.ask?input=${input(n)}`,
      source: `${mount}/chat.ask`,
    },
    { method: "POST", path: () => `${mount}/agent.ask`, source: `${mount}/agent.ask` },
  ] as const;

/** Routers within routers, each of which forgets what the one before it was asked for. */
const nested = [
  ...patterned,
  {
    method: "GET",
    path: (n: number) => `/api/t/tenant%20${n}/y/${n}/x/${n}?n=${n}`,
    source: "/api/t/:tenant/y/:year/x/:id",
  },
  { method: "GET", path: (n: number) => `/api/t/${n}/z/x/z?n=${n}`, source: "/api/t/:tenant/z/x/:id" },
  // Where the pattern is not to be had there is the path.
  { method: "GET", path: (n: number) => `/api/between/a-b/x/${n}?n=${n}`, source: "/api/between/a-b/x/:id" },
  {
    method: "GET",
    path: (n: number) => `/api/apps/7/deep/x/${n}?n=${n}`,
    source: "/api/apps/:id/deep/x/:id",
  },
] as const;

/** What belongs to no request that can be known belongs to the process, and never to another request. */
function scriptOnly(script: string): readonly AskedRoute[] {
  return [{ method: "GET", path: (n) => `/api/chat/${n}?n=${n}`, source: `script:${script}` }];
}

interface ServerCase extends Pick<AskedServer, "args" | "over"> {
  routes: readonly AskedRoute[];
  /** Where Node 20 knows less. */
  onNode20?: readonly AskedRoute[];
}

const servers: Record<string, ServerCase> = {
  "node:http": { args: ["plain.mjs"], routes: folded },
  // Node 20 announces no requests of HTTP/2.
  "node:http2": { args: ["http2.mjs"], over: "HTTP/2", routes: folded, onNode20: scriptOnly("http2.mjs") },
  "WebSockets by ws": {
    args: ["webSocket.mjs"],
    over: "WebSocket",
    routes: [
      { method: "GET", path: (n) => `/rooms/${n}?token=${n}`, source: "/rooms/:id" },
      { method: "GET", path: () => "/lobby", source: "/lobby" },
    ],
  },
  "a queue that loses the requests": { args: ["queue.mjs"], routes: scriptOnly("queue.mjs") },
  "Express 4": { args: ["express.mjs", "express4"], routes: nested },
  "Express 5": { args: ["express.mjs", "express"], routes: nested },
  "Fastify 5": { args: ["fastify.mjs"], routes: patterned },
  Koa: { args: ["koa.mjs"], routes: patterned },
  // An ES module, which is not met on Node 20.
  Hono: { args: ["hono.mjs"], routes: patterned, onNode20: folded.slice(0, 2) },
  "NestJS on Express": { args: ["nest.mjs", "express"], routes: patterned },
  "NestJS on Fastify": { args: ["nest.mjs", "fastify"], routes: patterned },
  "tRPC, standalone": { args: ["trpc.mjs", "standalone"], routes: procedures("") },
  "tRPC on Express": { args: ["trpc.mjs", "express"], routes: procedures("/trpc") },
};

const versions = [24, 20] as const;
const nodes: Record<(typeof versions)[number], string> = { 24: process.execPath, 20: "" };
let modules: string;
beforeAll(async () => {
  modules = await ensurePackages(serversFixture);
  nodes[20] = await ensureNode20();
});

describe.each(versions)(
  "two hundred requests at once, each with the route of its own, Node %i",
  (version) => {
    for (const [name, server] of Object.entries(servers)) {
      it(name, async () => {
        const routes = version === 20 ? (server.onNode20 ?? server.routes) : server.routes;
        await inServersFolder(modules, (cwd) =>
          expectRoutes({ ...server, cwd, routes, node: nodes[version] }),
        );
      });
    }
  },
);

it.each(versions)(
  "requests that are answered are let go, whatever goes on in them, Node %i",
  async (version) => {
    const run = await runNode({
      node: nodes[version],
      args: ["--expose-gc", "--require", builtFile("register.cjs"), join(serversFixture, "held.mjs")],
      cwd: serversFixture,
      env: {},
    });
    expect(run).toMatchObject({ stdout: "0 held\n", stderr: "", code: 0 });
  },
);

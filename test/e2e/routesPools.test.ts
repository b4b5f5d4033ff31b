import { beforeAll, describe, it } from "vitest";
import { ensureNode20, ensurePackages } from "../../scripts/lib/provision.mjs";
import { type AskedRoute, expectNoOthersRoute } from "./routes/askedServer.ts";
import { folded, inServersFolder, patterned, serversFixture } from "./routes/servers.ts";

/** As AI calls take longer than what is done with their answers. */
const latencyMs = 20;

/** Whatever the first request starts, and all others use: see `servers/pools.mjs`. */
const pools = {
  "a loop": "few",
  "five loops": "few",
  "a loop that nobody waits for": "few",
  "a queue that is drained": "few",
  "a table that is polled": "few",
  "a queue of callbacks": "few",
  "a listener": "all",
} as const;

const frameworks: Record<string, { args: string[]; routes: readonly AskedRoute[] }> = {
  "Express 5": { args: ["express.mjs", "express"], routes: patterned },
  "Fastify 5": { args: ["fastify.mjs"], routes: patterned },
  Koa: { args: ["koa.mjs"], routes: patterned },
  Hono: { args: ["hono.mjs"], routes: patterned },
};

let modules: string;
let node20: string;
beforeAll(async () => {
  modules = await ensurePackages(serversFixture);
  node20 = await ensureNode20();
});

describe("two hundred requests at once that leave work to what the first of them started", () => {
  for (const [pool, belongs] of Object.entries(pools)) {
    it(`node:http, ${pool}`, async () => {
      await inServersFolder(modules, (cwd) =>
        expectNoOthersRoute(
          {
            node: process.execPath,
            args: ["plain.mjs"],
            cwd,
            routes: folded,
            latencyMs,
            env: { POOL: pool },
          },
          belongs,
        ),
      );
    });
  }

  for (const [name, { args, routes }] of Object.entries(frameworks)) {
    it(`${name}, five loops`, async () => {
      await inServersFolder(modules, (cwd) =>
        expectNoOthersRoute(
          { node: process.execPath, args, cwd, routes, latencyMs, env: { POOL: "five loops" } },
          "few",
        ),
      );
    });
  }

  it("Express 5, five loops, Node 20", async () => {
    await inServersFolder(modules, (cwd) =>
      expectNoOthersRoute(
        {
          node: node20,
          args: ["express.mjs", "express"],
          cwd,
          routes: patterned,
          latencyMs,
          env: { POOL: "five loops" },
        },
        "few",
      ),
    );
  });
});

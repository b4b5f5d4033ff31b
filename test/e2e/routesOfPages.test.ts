import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensurePackages } from "../../scripts/lib/provision.mjs";
import type { CallSite } from "../../shared/call.ts";
import { runNode } from "../shim/lib/hostProcess.ts";
import { type AskedRoute, expectRoutes } from "./routes/askedServer.ts";
import { askedAt, copyAnswer } from "./routes/servers.ts";

const BUILD_TIMEOUT_MS = 170_000;
const env = { HOME: tmpdir(), NUXT_TELEMETRY_DISABLED: "1" };
const inProduction = { ...env, NODE_ENV: "production" };

interface Framework {
  fixture: string;
  /** Of a handler, of another, of a page. */
  sources: readonly [string, string, string];
  /** Its packages are named as those that the development alone needs. */
  isBundled?: boolean;
  /** From the folder of its packages; nothing for a development server, which builds by itself. */
  build: readonly string[];
  /** From the folder of the app. */
  serve: readonly string[];
  /** A development server maps what it serves; of a build the daemon does. */
  callSites?: readonly CallSite[];
  /** What its own pages ask for in the place of the page, when they are in the browser already. */
  dataPath(path: string): string;
}

const paths = ["/api/chat/:id", "/api/teams/acme/ask", "/talk/:id"] as const;
const files = ["/api/chat/[id]", "/api/teams/[team]/ask", "/talk/[topic]"] as const;

const svelteKit = {
  fixture: "svelteKit",
  build: ["vite/bin/vite.js", "build"],
  serve: ["build/index.js"],
  dataPath: (path: string) => `${path}/__data.json`,
};

const reactRouter = {
  fixture: "reactRouter",
  dataPath: (path: string) => `${path}.data`,
  sources: paths,
};
const nuxt = { fixture: "nuxt", dataPath: (path: string) => path, sources: paths };

const frameworks: Record<string, Framework> = {
  "SvelteKit, a dependency": { ...svelteKit, sources: files },
  "SvelteKit, bundled": { ...svelteKit, isBundled: true, sources: paths },
  "SvelteKit's development server": {
    ...svelteKit,
    serve: ["../node_modules/vite/bin/vite.js", "dev", "--host", "127.0.0.1"],
    build: [],
    sources: files,
    callSites: askedAt,
  },
  "React Router": {
    ...reactRouter,
    build: ["@react-router/dev/bin.js", "build"],
    serve: ["../node_modules/@react-router/serve/bin.js", "build/server/index.js"],
  },
  "React Router's development server": {
    ...reactRouter,
    build: [],
    serve: ["../node_modules/@react-router/dev/bin.js", "dev", "--host", "127.0.0.1"],
  },
  Nuxt: { ...nuxt, build: ["nuxt/bin/nuxt.mjs", "build"], serve: [".output/server/index.mjs"] },
  "Nuxt's development server": {
    ...nuxt,
    build: [],
    serve: ["../node_modules/nuxt/bin/nuxt.mjs", "dev", "--host", "127.0.0.1"],
  },
};

for (const [name, { fixture, build, serve, dataPath, isBundled, sources, callSites }] of Object.entries(
  frameworks,
)) {
  describe(name, () => {
    let app: string;
    beforeAll(async () => {
      const folder = join(import.meta.dirname, "routes", fixture);
      const modules = await ensurePackages(folder);
      // Below the packages' own folder, where all of them are found without a link.
      app = await mkdtemp(join(dirname(modules), "routes-"));
      await cp(folder, app, { recursive: true });
      await copyAnswer(app);
      if (isBundled) {
        const manifest = join(app, "package.json");
        const text = await readFile(manifest, "utf8");
        await writeFile(manifest, text.replace('"dependencies"', '"devDependencies"'));
      }
      const [tool, ...args] = build;
      if (tool === undefined) return;
      console.info(`  ${name} builds, which takes up to a minute`);
      const built = await runNode({
        args: [join(modules, tool), ...args],
        cwd: app,
        env: inProduction,
        timeoutMs: BUILD_TIMEOUT_MS,
      });
      expect(built.code, built.stdout + built.stderr).toBe(0);
    });
    afterAll(() => rm(app, { recursive: true, force: true, maxRetries: 3 }));

    it("many requests at once, each with the route of its own", async () => {
      const routes: AskedRoute[] = [
        { method: "GET", path: (n) => `/api/chat/${n}?n=${n}`, source: sources[0] },
        { method: "POST", path: () => "/api/teams/acme/ask", source: sources[1] },
        { method: "GET", path: (n) => `/talk/${n}?n=${n}`, source: sources[2] },
        { method: "GET", path: (n) => `${dataPath(`/talk/${n}`)}?n=${n}`, source: sources[2] },
      ];
      await expectRoutes({
        node: process.execPath,
        args: serve,
        cwd: app,
        routes,
        // Pages that SvelteKit renders at once for a developer wrap `fetch` around each other.
        ...(build.length > 0 ? { env: inProduction } : { env, requests: 40 }),
        ...(callSites === undefined ? {} : { callSites }),
      });
    });
  });
}

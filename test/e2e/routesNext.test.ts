import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensurePackages } from "../../scripts/lib/provision.mjs";
import { runNode } from "../shim/lib/hostProcess.ts";
import { type AskedRoute, expectRoutes } from "./routes/askedServer.ts";
import { askedAt, copyAnswer } from "./routes/servers.ts";

const fixtures = join(import.meta.dirname, "routes");
const env = {
  // Turbopack takes no folder for its root in which the home directory lies.
  HOME: tmpdir(),
  NEXT_TELEMETRY_DISABLED: "1",
  HOSTNAME: "127.0.0.1",
  PORT: "0",
};
const BUILD_TIMEOUT_MS = 170_000;

interface Version {
  packages: string;
  /** Builds, or the development server, by the bundler that is not the version's own choice. */
  otherBundler: string;
}

const versions: Record<string, Version> = {
  "Next.js 16": { packages: join(import.meta.dirname, "runtimes", "nextApp"), otherBundler: "--webpack" },
  "Next.js 15": { packages: join(fixtures, "next15"), otherBundler: "--turbopack" },
};

for (const [version, { packages, otherBundler }] of Object.entries(versions)) {
  describe(`${version}: many requests at once, each with the route of its own`, () => {
    let app: string;
    let next: string;
    beforeAll(async () => {
      const modules = await ensurePackages(packages);
      next = join(modules, "next", "dist", "bin", "next");
      // Below the packages' own folder: Turbopack follows no link out of its root.
      app = await mkdtemp(join(dirname(modules), "routes-"));
      await cp(join(fixtures, "nextApp"), app, { recursive: true });
      await copyAnswer(app);
      await cp(join(packages, "package.json"), join(app, "package.json"));
      console.info(`  ${version} builds, which takes a minute`);
      const built = await runNode({ args: [next, "build"], cwd: app, env, timeoutMs: BUILD_TIMEOUT_MS });
      expect(built.code, built.stdout + built.stderr).toBe(0);
    });
    afterAll(() => rm(app, { recursive: true, force: true, maxRetries: 3 }));

    const servers: Record<string, () => string[]> = {
      "next start": () => [next, "start", "-p", "0"],
      standalone: () => [join(app, ".next", "standalone", basename(app), "server.js")],
      "next dev": () => [next, "dev", "-p", "0"],
      [`next dev ${otherBundler}`]: () => [next, "dev", "-p", "0", otherBundler],
    };
    for (const [name, argsOf] of Object.entries(servers)) {
      it(name, async () => {
        const requests = name === "next start" ? 200 : 40;
        await expectRoutes({
          node: process.execPath,
          args: argsOf(),
          cwd: app,
          env,
          requests,
          routes: askable,
          // Of what Turbopack makes the daemon reads the maps, which lie on disk.
          ...(name.startsWith("next dev") && (version === "Next.js 15") !== name.includes("--")
            ? { callSites: askedAt }
            : {}),
        });
      });
    }
  });
}

/** Asks for each route once, so that a development server has it; the page says by which name its action is called. */
async function askable(port: number): Promise<readonly AskedRoute[]> {
  const base = `http://127.0.0.1:${port}`;
  const page = await (await fetch(`${base}/talk/fish`)).text();
  const action = /\$ACTION_ID_[0-9a-f]+/.exec(page)?.[0];
  if (action === undefined) throw new Error(`The page has no form:\n${page}`);
  const routes: readonly AskedRoute[] = [
    { method: "GET", path: (n) => `/api/chat/fish-${n}?n=${n}`, source: "/api/chat/[id]" },
    { method: "POST", path: () => "/api/teams/acme/ask", source: "/api/teams/[team]/ask" },
    { method: "POST", path: (n) => `/api/agents/agent-${n}`, source: "/api/agents/[agent]" },
    {
      method: "POST",
      path: (n) => `/talk/fish-${n}`,
      source: "/talk/[topic]",
      body: (n) => form({ [action]: "", n: String(n) }),
    },
  ];
  return routes;
}

const BOUNDARY = "----of-a-form";

function form(fields: Record<string, string>): { type: string; text: string } {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return { type: `multipart/form-data; boundary=${BOUNDARY}`, text: `${parts.join("")}--${BOUNDARY}--\r\n` };
}

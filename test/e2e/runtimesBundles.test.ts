import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import * as esbuild from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensurePackages } from "../../scripts/lib/provision.mjs";
import { runNode } from "../shim/lib/hostProcess.ts";
import { builtFile } from "./lib/daemon.ts";
import { type Host, hostsBeside, type Preload, runMetered } from "./runtimes/meteredHost.ts";

const fixtures = join(import.meta.dirname, "runtimes");
const preloads: Record<string, Preload> = {
  "--require": { env: { NODE_OPTIONS: `--require ${JSON.stringify(builtFile("register.cjs"))}` } },
  "--import": { env: { NODE_OPTIONS: `--import ${JSON.stringify(builtFile("register.mjs"))}` } },
};

describe("an app that was bundled with its SDK", () => {
  let place: Awaited<ReturnType<typeof hostsBeside>>;
  beforeAll(async () => {
    place = await hostsBeside(await ensurePackages(join(fixtures, "bundlers")), "bundles");
  });
  afterAll(() => place.remove());

  const bundlers: Record<string, (entry: string) => Promise<string>> = {
    "esbuild, minified CommonJS": (entry) => bundleByEsbuild(entry, "cjs"),
    "esbuild, minified ES module": (entry) => bundleByEsbuild(entry, "esm"),
    "webpack, production": bundleByWebpack,
  };
  for (const [bundler, bundle] of Object.entries(bundlers)) {
    it(`${bundler}: no difference to the host, one report for each call`, async () => {
      const file = await bundle(join(place.folder, "bundleEntry.mjs"));
      // Nothing but the bundle, in a folder where no package can be found.
      const alone = await mkdtemp(join(place.folder, "..", "taximeter-bundle-"));
      try {
        await cp(file, join(alone, basename(file)));
        const host: Host = { command: process.execPath, args: [join(alone, basename(file))], cwd: alone };
        for (const preload of Object.values(preloads)) {
          const { reports } = await runMetered(host, preload);
          expect(reports).toHaveLength(2);
          expect(reports[0]?.source).toBe(`script:${basename(file)}`);
        }
      } finally {
        await rm(alone, { recursive: true, force: true });
      }
    });
  }
});

describe("a Next.js app", () => {
  let modules: string;
  let app: string;

  beforeAll(async () => {
    modules = await ensurePackages(join(fixtures, "nextApp"));
    // Below the packages' own folder: Turbopack follows no link out of its root.
    app = await mkdtemp(join(dirname(modules), "app-"));
    for (const part of ["app", "next.config.mjs", "package.json"]) {
      await cp(join(fixtures, "nextApp", part), join(app, part), { recursive: true });
    }
    const { code, stdout, stderr } = await runNode({
      args: [join(modules, "next", "dist", "bin", "next"), "build"],
      cwd: app,
      // Turbopack takes no folder for its root in which the home directory lies.
      env: { HOME: tmpdir(), NEXT_TELEMETRY_DISABLED: "1" },
    });
    expect(code, stdout + stderr).toBe(0);
  });
  afterAll(() => rm(app, { recursive: true, force: true }));

  /** Asked for two routes, of which the last is answered from Next's own cache the second time. */
  const servers: Record<string, () => string[]> = {
    "standalone server": () => [join(app, ".next", "standalone", basename(app), "server.js")],
    "next start": () => [join(modules, "next", "dist", "bin", "next"), "start"],
    "next dev": () => [join(modules, "next", "dist", "bin", "next"), "dev"],
  };
  for (const [server, argsOf] of Object.entries(servers)) {
    for (const [name, preload] of Object.entries(preloads)) {
      it(`${server}, ${name}: no difference to its clients, one report for each call that left`, async () => {
        const paths = "/api/chat/fish,/api/chat/chips,/api/remembered,/api/remembered";
        const host: Host = {
          command: process.execPath,
          args: [join(fixtures, "hosts", "serve.cjs"), paths, ...argsOf()],
          cwd: app,
          // What Next remembers outlives its process: each run asks for something else, of the same length.
          env: { NEXT_TELEMETRY_DISABLED: "1", RUN: `${server} ${name} 1` },
        };
        const { run, reports } = await runMetered(host, {
          ...preload,
          env: { ...preload.env, RUN: `${server} ${name} 2` },
        });
        expect(run.stdout.match(/ 200 /g)).toHaveLength(4);
        expect(reports.map(({ source }) => source)).toEqual([
          ...Array<string>(4).fill("/api/chat/[id]"),
          "/api/remembered",
        ]);
      });
    }
  }
});

async function bundleByEsbuild(entry: string, format: "cjs" | "esm"): Promise<string> {
  const outfile = join(dirname(entry), `bundle.${format === "cjs" ? "cjs" : "mjs"}`);
  await esbuild.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format,
    logLevel: "error",
  });
  expect((await readFile(outfile, "utf8")).includes("node_modules/openai")).toBe(false);
  return outfile;
}

async function bundleByWebpack(entry: string): Promise<string> {
  const folder = dirname(entry);
  const script = join(folder, "webpackBuild.cjs");
  const options = {
    mode: "production",
    target: "node",
    entry,
    context: folder,
    output: { path: folder, filename: "webpacked.cjs" },
  };
  const webpack = createRequire(entry).resolve("webpack");
  await writeFile(
    script,
    `require(${JSON.stringify(webpack)})(${JSON.stringify(options)}, (error, stats) => {
      if (error || stats.hasErrors()) throw error ?? new Error(stats.toString());
    });`,
  );
  const { code, stderr } = await runNode({ args: [script], cwd: folder, env: { HOME: folder } });
  expect(code, stderr).toBe(0);
  return join(folder, "webpacked.cjs");
}

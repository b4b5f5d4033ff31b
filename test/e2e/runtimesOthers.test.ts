import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensurePackages } from "../../scripts/lib/provision.mjs";
import { builtFile } from "./lib/daemon.ts";
import { type Host, hostsBeside, type Preload, runBoth, runMetered } from "./runtimes/meteredHost.ts";

/** The packages that hold the programs themselves, by platform. */
const programs: Record<string, { bun: string; deno: string } | undefined> = {
  "linux-x64": { bun: "@oven/bun-linux-x64/bin/bun", deno: "@deno/linux-x64-glibc/deno" },
  "linux-arm64": { bun: "@oven/bun-linux-aarch64/bin/bun", deno: "@deno/linux-arm64-glibc/deno" },
  "darwin-arm64": { bun: "@oven/bun-darwin-aarch64/bin/bun", deno: "@deno/darwin-arm64/deno" },
};
const here = programs[`${process.platform}-${process.arch}`];
if (here === undefined) console.warn(`skipped: no Bun and no Deno for ${process.platform}-${process.arch}`);

const cjs = builtFile("register.cjs");
const mjs = builtFile("register.mjs");

describe.skipIf(here === undefined)("other runtimes", () => {
  let place: Awaited<ReturnType<typeof hostsBeside>>;
  const paths = { bun: "", deno: "" };

  beforeAll(async () => {
    const modules = await ensurePackages(join(import.meta.dirname, "runtimes", "otherRuntimes"));
    place = await hostsBeside(modules, "others");
    paths.bun = join(modules, here?.bun ?? "");
    paths.deno = join(modules, here?.deno ?? "");
    expect(existsSync(paths.bun) && existsSync(paths.deno)).toBe(true);
    const typed = `import OpenAI from "openai";
import { makeCalls } from "./calls.cjs";
const who: string = "TypeScript";
await makeCalls(OpenAI, who);
`;
    await writeFile(join(place.folder, "typed.ts"), typed);
    await writeFile(join(place.folder, "silent.mjs"), 'console.log("no calls");');
    await writeFile(join(place.folder, "package.json"), '{"private":true,"type":"module"}');
  });
  afterAll(() => place.remove());

  const host = (runtime: "bun" | "deno", args: string[]): Host => ({
    command: paths[runtime],
    args,
    cwd: place.folder,
    env: { SDK_PACKAGE: "openai" },
  });

  describe("Bun", () => {
    const preloads: Record<string, Preload> = {
      "--preload of CommonJS": { flags: ["--preload", cjs] },
      "--preload of an ES module": { flags: ["--preload", mjs] },
      "BUN_OPTIONS, spaces in no path": { env: { BUN_OPTIONS: `--preload=${cjs}` } },
    };
    for (const [name, preload] of Object.entries(preloads)) {
      for (const main of ["main.mjs", "main.cjs", "typed.ts"]) {
        it(`${main}, ${name}: no difference to the host, one report for each call`, async () => {
          expect((await runMetered(host("bun", [main]), preload)).reports).toHaveLength(2);
        });
      }
    }
  });

  /** What is alike in both; `by` is a preload that the environment hands down. */
  const alike = (runtime: "bun" | "deno", by: () => Preload, flags: string[] = []) => {
    const metered = (main: string) => runMetered({ ...host(runtime, [main]), flags }, { flags, ...by() });

    it("calls of node:http, of a process that ends itself and of children are reported", async () => {
      expect((await metered("nodeHttp.mjs")).reports).toHaveLength(1);
      expect((await metered("exits.mjs")).reports).toHaveLength(2);
      expect((await metered("child.mjs")).reports).toHaveLength(2);
    });

    it("each call belongs to the route that its server, of node:http, was serving", async () => {
      const { reports } = await metered("routes.mjs");
      const counts = new Map<string, number>();
      for (const { source } of reports) counts.set(source ?? "", (counts.get(source ?? "") ?? 0) + 1);
      expect(Object.fromEntries(counts)).toEqual({
        ...{ "/api/a/:id": 16, "/api/b/:id": 16, "/api/c/:id": 16 },
        "script:routes.mjs": 2,
      });
    });

    it("workers are not reached", async () => {
      const { reports, exchanges } = await runBoth(
        { ...host(runtime, ["worker.mjs"]), flags },
        { flags, ...by() },
      );
      expect(exchanges).toHaveLength(2);
      expect(reports).toEqual([]);
    });
  };
  describe("Bun, as Node", () => alike("bun", () => ({ env: { BUN_OPTIONS: `--preload=${cjs}` } })));
  describe("Deno, as Node", () =>
    alike("deno", () => ({ env: { NODE_OPTIONS: `--require ${JSON.stringify(cjs)}` } }), [
      "run",
      "--no-prompt",
      "--no-lock",
      "--allow-all",
    ]));

  describe("Deno", () => {
    it.each([
      ["nothing", []],
      ["what the host needs", ["--allow-net", "--allow-env"]],
      [
        "all but the name of the home directory",
        ["--allow-net", "--allow-env", "--allow-read", "--allow-write"],
      ],
    ])(
      "granted %s: the host does not notice, nobody is asked, nothing is reported",
      async (_name, granted) => {
        const flags = ["run", "--no-lock", ...granted];
        const main = granted.length === 0 ? "silent.mjs" : "nodeHttp.mjs";
        const { run: seen, reports } = await runBoth(
          { ...host("deno", [main]), flags },
          { flags: [...flags, "--preload", mjs] },
        );
        expect(seen.stderr).toBe("");
        expect(reports).toEqual([]);
      },
    );

    const run = ["run", "--no-prompt", "--no-lock", "--allow-all"];
    const preloads: Record<string, Preload> = {
      "--preload": { flags: [...run, "--preload", mjs] },
      "--import": { flags: [...run, "--import", mjs] },
      "--require": { flags: [...run, "--require", cjs] },
      "NODE_OPTIONS=--require": { flags: run, env: { NODE_OPTIONS: `--require ${JSON.stringify(cjs)}` } },
    };
    for (const [name, preload] of Object.entries(preloads)) {
      for (const main of ["main.mjs", "main.cjs", "typed.ts"]) {
        it(`${main}, ${name}: no difference to the host, one report for each call`, async () => {
          const { reports } = await runMetered({ ...host("deno", [main]), flags: run }, preload);
          expect(reports).toHaveLength(2);
        });
      }
    }
  });
});

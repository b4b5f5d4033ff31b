import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensurePackages } from "../../scripts/lib/provision.mjs";
import { builtFile } from "./lib/daemon.ts";
import { type Host, hostsBeside, type Preload, runMetered } from "./runtimes/meteredHost.ts";

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

  describe("Deno", () => {
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

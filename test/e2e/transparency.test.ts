import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensurePackages } from "../../scripts/lib/provision.mjs";
import { runNode } from "../shim/lib/hostProcess.ts";
import { suites } from "../transparency/suites.ts";
import { builtFile, projectDirectory } from "./lib/daemon.ts";
import { temporaryFolder } from "./runtimes/meteredHost.ts";

const TIMEOUT_MS = 15 * 60_000;

/** Runs the comparison as a developer does; answers what it printed where there was no difference. */
async function compare(suite: string, checkout: string): Promise<string> {
  const { code, stdout, stderr } = await runNode({
    args: [
      join(projectDirectory, "test", "transparency", "compare.ts"),
      ...["--suite", suite, "--from", checkout, "--shim", builtFile("register.cjs")],
    ],
    cwd: projectDirectory,
    env: { HOME: checkout },
    timeoutMs: TIMEOUT_MS,
  });
  console.log(stdout);
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

describe("a test suite that its package ships", () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    place = await temporaryFolder("needle");
    const modules = await ensurePackages(join(projectDirectory, "test", "transparency", "needleTests"));
    await cp(join(modules, "needle"), place.folder, { recursive: true });
    await symlink(modules, join(place.folder, "node_modules"), "dir");
    // The one thing that its tests need and its package leaves out.
    await mkdir(join(place.folder, "test", "keys"));
    const selfsigned: { generate(names: object[], options: object): { private: string; cert: string } } =
      createRequire(join(modules, "any.js"))("selfsigned");
    const pair = selfsigned.generate([{ name: "commonName", value: "localhost" }], {
      keySize: 2048,
      days: 2,
    });
    await writeFile(join(place.folder, "test", "keys", "ssl.key"), pair.private);
    await writeFile(join(place.folder, "test", "keys", "ssl.cert"), pair.cert);
  });
  afterAll(() => place.remove());

  it("needle's: every test ends as it does without Taximeter", async () => {
    const said = await compare("needle", place.folder);
    const passed = Number(/without Taximeter: \d+ tests, (\d+) passed/.exec(said)?.[1]);
    // Those that want the Internet may fail; what they share with the others must not.
    expect(passed).toBeGreaterThan(250);
  });
});

/** Folders of checkouts, one a suite, each with its dependencies installed: `docs/runtimes.md` says how. */
const checkouts = process.env["TAXIMETER_TEST_SUITES"];
const folders: Record<string, string> = {
  "undici-fetch": "undici",
  undici: "undici",
  openai: "openai-node",
  "openai-generated": "openai-node",
  anthropic: "anthropic-sdk-typescript",
};
if (checkouts === undefined) {
  console.warn("skipped: TAXIMETER_TEST_SUITES names no folder with checkouts of other people's test suites");
}

describe.skipIf(checkouts === undefined)("other people's test suites", () => {
  for (const [suite, folder] of Object.entries(folders)) {
    it(`${suites[suite]?.title ?? suite}: every test ends as it does without Taximeter`, {
      timeout: TIMEOUT_MS,
    }, async () => {
      await compare(suite, join(checkouts ?? "", folder));
    });
  }
});

/**
 * `npm test`: sets everything up, then checks types, form, build, package and every test. `-- --unit` leaves out what
 * needs a package, a browser or VS Code. Its last line is the sum: `N passed, N failed`.
 */
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildBundles } from "./lib/build.mjs";
import { elapsed, runCommand } from "./lib/commands.mjs";
import { packageExtension } from "./lib/extensionPackage.mjs";
import { projectDirectory } from "./lib/project.mjs";
import { provision, toolingBinDirectory, toolingEnvironment } from "./lib/provision.mjs";
import { ensureDependencies } from "./lib/setup.mjs";

const MINUTE_MS = 60_000;
const build = join(projectDirectory, "build");
const metafile = join(build, "metafile.json");

const { values } = parseArgs({ options: { unit: { type: "boolean" } } });
const startedAt = Date.now();
const sum = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

await mkdir(build, { recursive: true });
const ready =
  (await step("dependencies", ensureDependencies)) &&
  (values.unit || (await step("VS Code, Chromium, Node 20", provision)));
if (ready) {
  await step("types", () => tool("tsc", ["-p", "tsconfig.json"]));
  await step("types of the dashboard", () => tool("tsc", ["-p", "webview/tsconfig.json"]));
  await step("format and lint", () => tool("biome", ["check", "--error-on-warnings", "."]));
  if (await step("build", () => buildBundles({ metafile }))) {
    const made = {};
    if (!values.unit) {
      await step("package", async () => {
        const { vsix, bytes } = await packageExtension();
        made.TAXIMETER_TEST_VSIX = vsix;
        console.log(`  ${vsix}: ${(bytes / 1e6).toFixed(1)} MB`);
      });
    }
    await step("unit tests", () => vitest("unit", 15 * MINUTE_MS, made));
    if (!values.unit) await step("end-to-end tests", () => vitest("e2e", 65 * MINUTE_MS, made));
  }
}

console.log(
  `\n${failures.length === 0 ? "Everything passed" : `Failed: ${failures.join(", ")}`} in ${elapsed(startedAt)}`,
);
console.log(
  `${sum.passed} passed, ${sum.failed} failed${sum.skipped === 0 ? "" : `, ${sum.skipped} skipped`}`,
);
process.exit(failures.length === 0 ? 0 : 1);

/** Runs one step, tells how long it took, and goes on after a failure, which is counted where no test counted it. */
async function step(name, run) {
  const stepStartedAt = Date.now();
  console.log(`\n▸ ${name}`);
  const failedBefore = sum.failed;
  try {
    await run();
    console.log(`✓ ${name} (${elapsed(stepStartedAt)})`);
    return true;
  } catch (error) {
    console.log(`✗ ${name} (${elapsed(stepStartedAt)}): ${error.message}`);
    failures.push(name);
    if (sum.failed === failedBefore) sum.failed += 1;
    return false;
  }
}

async function tool(name, args, timeoutMs = 5 * MINUTE_MS, env = {}) {
  const code = await runCommand(join(toolingBinDirectory(), name), args, {
    label: name,
    timeoutMs,
    env: { ...testEnvironment(), ...env },
    cwd: projectDirectory,
  });
  if (code !== 0) throw new Error(`${name} ended with exit code ${code}`);
}

async function vitest(project, timeoutMs, env = {}) {
  const results = join(build, `vitest-${project}.json`);
  await rm(results, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
  try {
    await tool("vitest", ["run", "--project", project, ...reporters], timeoutMs, {
      TAXIMETER_TEST_METAFILE: metafile,
      ...env,
    });
  } finally {
    await count(results);
  }
}

/** Adds up what vitest wrote. A file that failed without a failed test (it didn't load) counts as one. */
async function count(resultsFile) {
  const text = await readFile(resultsFile, "utf8").catch(() => null);
  if (text === null) return;
  const results = JSON.parse(text);
  const broken = results.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  );
  sum.passed += results.numPassedTests;
  sum.failed += results.numFailedTests + broken.length;
  sum.skipped += results.numPendingTests + results.numTodoTests;
}

/** Without what a metered terminal, or settings of the developer's own Taximeter, would bring into the tests. */
function testEnvironment() {
  const foreign = /^(TAXIMETER(?!_TEST_)|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(toolingEnvironment()).filter(([name]) => !foreign.test(name)));
}

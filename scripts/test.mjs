/**
 * `npm test`: sets everything up, then checks types, form, build, package and every test. `-- --unit` leaves out what
 * needs a package, a browser or VS Code. Its last line is the sum: `N passed, N failed`. Where few files have failed they
 * are run once more by themselves, and what passes then is named before that line: it wants a look, but stops nobody.
 */
import { mkdir, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { buildBundles } from "./lib/build.mjs";
import { elapsed, runCommand } from "./lib/commands.mjs";
import { packageExtension } from "./lib/extensionPackage.mjs";
import { projectDirectory } from "./lib/project.mjs";
import { provision, toolingBinDirectory, toolingEnvironment } from "./lib/provision.mjs";
import { ensureDependencies } from "./lib/setup.mjs";

const MINUTE_MS = 60_000;
/** Files; more of them fail by no accident. */
const MOST_RUN_AGAIN = 3;
const build = join(projectDirectory, "build");
const metafile = join(build, "metafile.json");

const { values } = parseArgs({ options: { unit: { type: "boolean" } } });
const startedAt = Date.now();
const sum = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
/** Tests that failed once and passed when their file was run again. */
const unsteady = [];

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

if (unsteady.length > 0) {
  console.log(
    `\nFailed at first, passed the second time:\n${unsteady.map((name) => `  ${name}`).join("\n")}`,
  );
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
  const first = await runVitest(project, [], timeoutMs, env);
  const failed = first.files.filter(hasFailed);
  if (first.error === undefined || failed.length === 0 || failed.length > MOST_RUN_AGAIN) {
    for (const file of first.files) count(file);
    if (first.error !== undefined) throw first.error;
    return;
  }
  const names = failed.map(({ name }) => name);
  console.log(
    `\n▸ once more, by themselves: ${names.map((name) => relative(projectDirectory, name)).join(", ")}`,
  );
  const second = await runVitest(project, names, timeoutMs, env);
  const again = new Map(second.files.map((file) => [file.name, file]));
  for (const file of first.files) count(again.get(file.name) ?? file);
  if (second.error !== undefined) throw second.error;
  for (const { name, assertionResults } of failed) {
    const tests = assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName }) => fullName);
    unsteady.push(...(tests.length === 0 ? [relative(projectDirectory, name)] : tests));
  }
}

/** Runs a project's tests, or some files of it, and answers what vitest wrote of each file, and the error if it failed. */
async function runVitest(project, only, timeoutMs, env) {
  const results = join(build, `vitest-${project}.json`);
  await rm(results, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
  const error = await tool("vitest", ["run", "--project", project, ...reporters, ...only], timeoutMs, {
    TAXIMETER_TEST_METAFILE: metafile,
    ...env,
  }).then(
    () => undefined,
    (reason) => reason,
  );
  const text = await readFile(results, "utf8").catch(() => null);
  return { error, files: text === null ? [] : JSON.parse(text).testResults };
}

function hasFailed({ status, assertionResults }) {
  return status === "failed" || assertionResults.some((test) => test.status === "failed");
}

/** Adds up what vitest wrote of a file. One that failed without a failed test (it didn't load) counts as one. */
function count(file) {
  const counted = (status) => file.assertionResults.filter((test) => test.status === status).length;
  const [passed, failed] = [counted("passed"), counted("failed")];
  sum.passed += passed;
  sum.failed += failed === 0 && hasFailed(file) ? 1 : failed;
  sum.skipped += file.assertionResults.length - passed - failed;
}

/** Without what a metered terminal, or settings of the developer's own Taximeter, would bring into the tests. */
function testEnvironment() {
  const foreign = /^(TAXIMETER(?!_TEST_)|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(toolingEnvironment()).filter(([name]) => !foreign.test(name)));
}

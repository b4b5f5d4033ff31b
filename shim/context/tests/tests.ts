import type { PackagePatch } from "../packages.ts";
import { jest } from "./jest.ts";
import { mocha } from "./mocha.ts";
import type { RunningTests } from "./runningTest.ts";
import { vitest } from "./vitest.ts";

/**
 * The test runners that are packages, where this process may run tests of theirs: nearly every project names one, and an app
 * that is started in it should have nothing to do with that.
 */
export function testRunners(
  tests: RunningTests,
  env: NodeJS.ProcessEnv,
  entry: string | undefined,
): PackagePatch[] {
  const runners: PackagePatch[] = [];
  if (env["VITEST"] !== undefined) runners.push(...vitest(tests));
  if (env["JEST_WORKER_ID"] !== undefined || isOf(entry, "jest")) runners.push(...jest(tests));
  if (env["MOCHA_WORKER_ID"] !== undefined || isOf(entry, "mocha")) runners.push(mocha(tests));
  return runners.map((runner) => ({ ...runner, isExpected: true }));
}

/** `node_modules/.bin/mocha`, `node_modules/mocha/bin/mocha.js`, `node_modules/jest-cli/bin/jest.js`. */
function isOf(entry: string | undefined, runner: string): boolean {
  return entry !== undefined && new RegExp(`[/\\\\]_?${runner}(?:\\.[cm]?js)?$`).test(entry);
}

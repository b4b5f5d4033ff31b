import { AsyncResource } from "node:async_hooks";
import { member, wrapMethod } from "../packages.ts";
import type { RunningTests } from "./runningTest.ts";

/** What Node's runner takes for a file of tests: `chat.test.mjs`, `test/chat.js`, `test-chat.cjs`. */
const TEST_FILE = /(?:[./\\_-]test|[/\\]test-[^/\\]*|[/\\]test[/\\].*)\.[cm]?[jt]s$/;

/**
 * Tests of `node:test` run as asynchronous resources of their own, of a class `Test`. Nothing is loaded, and only where tests
 * are about to run is anything looked at.
 */
export function watchNodeTests(tests: RunningTests): void {
  wrapMethod(AsyncResource.prototype, "runInAsyncScope", (method, self, args) => {
    const [test, ...rest] = args;
    if (!isTest(self) || typeof test !== "function") return Reflect.apply(method, self, args);
    // Inside the resource holds what held where the test was declared, so the test's own scope begins there.
    const scoped = new Proxy(test, {
      apply: (target, receiver, given) =>
        tests.run(
          () => placeOf(self),
          () => Reflect.apply(target, receiver, given),
        ),
    });
    return Reflect.apply(method, self, [scoped, ...rest]);
  });
}

/** Whether this process runs tests of `node:test`: started by `node --test`, or with a file that goes by such a name. */
export function runsNodeTests(
  env: NodeJS.ProcessEnv,
  flags: readonly string[],
  entry: string | undefined,
): boolean {
  if (env["NODE_TEST_CONTEXT"] !== undefined || flags.some((flag) => flag === "--test")) return true;
  return entry !== undefined && TEST_FILE.test(entry) && !entry.includes("node_modules");
}

/** Hooks and suites are of other classes. */
function isTest(resource: unknown): boolean {
  return (
    member(member(resource, "constructor"), "name") === "Test" &&
    typeof member(resource, "runInAsyncScope") === "function" &&
    member(resource, "parent") !== null &&
    typeof member(resource, "name") === "string"
  );
}

/** The test around all of a file has no parent. */
function placeOf(test: unknown) {
  const names: unknown[] = [];
  for (let each = test; member(each, "parent"); each = member(each, "parent")) {
    names.unshift(member(each, "name"));
  }
  return { file: member(member(test, "loc"), "file"), names };
}

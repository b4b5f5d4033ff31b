import { member, type PackagePatch, wrapMethod } from "../packages.ts";
import type { RunningTests } from "./runningTest.ts";

/** Where `expect` keeps what it knows of the running file, in the globals of the file's own realm. */
const MATCHERS = Symbol.for("$$jest-matchers-object");
const ROOT = "ROOT_DESCRIBE_BLOCK";

/**
 * Jest's environments are told when the tests of a file are known and about to run; each test's function is then put into
 * the test's scope. The environments of Node and jsdom, and those that extend them, are met; the runner itself is not, for
 * Jest loads it in a realm of its own.
 */
export function jest(tests: RunningTests): PackagePatch[] {
  return ["jest-environment-node", "jest-environment-jsdom", "@jest/environment-jsdom-abstract"].map(
    (environment) => ({
      package: environment,
      apply(exports) {
        const classes = [member(exports, "default"), member(exports, "TestEnvironment"), exports];
        for (const each of classes) {
          wrapMethod(member(each, "prototype"), "setup", (method, self, args) => {
            listen(self, tests);
            return Reflect.apply(method, self, args);
          });
        }
      },
    }),
  );
}

const listening = new WeakSet<object>();

/** Puts ourselves before the environment's own listener, where it has one. */
function listen(environment: unknown, tests: RunningTests): void {
  if (typeof environment !== "object" || environment === null || listening.has(environment)) return;
  listening.add(environment);
  const own = member(environment, "handleTestEvent");
  Object.defineProperty(environment, "handleTestEvent", {
    configurable: true,
    writable: true,
    value: (event: unknown, state: unknown) => {
      if (member(event, "name") === "run_start") {
        watchTests(member(state, "rootDescribeBlock"), environment, tests);
      }
      return typeof own === "function" ? Reflect.apply(own, environment, [event, state]) : undefined;
    },
  });
}

function watchTests(block: unknown, environment: object, tests: RunningTests): void {
  const children = member(block, "children");
  if (!Array.isArray(children)) return;
  for (const child of children) {
    if (member(child, "type") === "describeBlock") watchTests(child, environment, tests);
    else {
      wrapMethod(child, "fn", (test, self, args) =>
        tests.run(
          () => ({ file: fileOf(environment), names: namesOf(child) }),
          () => Reflect.apply(test, self, args),
        ),
      );
    }
  }
}

function fileOf(environment: object): unknown {
  const matchers: unknown = Reflect.get(Object(member(environment, "global")), MATCHERS);
  return member(member(matchers, "state"), "testPath");
}

function namesOf(test: unknown): unknown[] {
  const names: unknown[] = [];
  for (let each = test; each !== undefined && each !== null; each = member(each, "parent")) {
    const name = member(each, "name");
    if (name !== ROOT) names.unshift(name);
  }
  return names;
}

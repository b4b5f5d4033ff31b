import { member, type PackagePatch, wrapMethod } from "../packages.ts";
import type { RunningTests } from "./runningTest.ts";

/**
 * Vitest's runner lets whoever extends it run a test's function in a way of its own, `runTask`, which Vitest itself leaves
 * undefined. The class lies in some file of the package, and tells what function a test has; up to version 4 `@vitest/runner`
 * does.
 */
export function vitest(tests: RunningTests): PackagePatch[] {
  let functionOf: unknown;
  const classIn = (exports: object) => {
    for (const key of Object.keys(exports)) {
      const runner = member(exports, key);
      const prototype = member(runner, "prototype");
      if (typeof member(prototype, "onBeforeTryTask") !== "function" || !isObject(prototype)) continue;
      const testFunction = member(runner, "getTestFn") ?? functionOf;
      if (typeof testFunction !== "function" || "runTask" in prototype) continue;
      const runTask = (task: unknown) => {
        const test: unknown = Reflect.apply(testFunction, undefined, [task]);
        if (typeof test !== "function") throw new Error("Test function is not found");
        return tests.run(
          () => ({ file: member(member(task, "file"), "filepath"), names: namesOf(task) }),
          () => Reflect.apply(test, undefined, []),
        );
      };
      // It ends its processes and threads from outside, where no 'exit' is told of.
      wrapMethod(prototype, "onAfterRunFiles", (method, self, args) => {
        tests.ended();
        return Reflect.apply(method, self, args);
      });
      Object.defineProperty(prototype, "runTask", { configurable: true, writable: true, value: runTask });
    }
  };
  return [
    {
      package: "@vitest/runner",
      mayBeModule: true,
      apply(exports) {
        functionOf ??= member(exports, "getFn");
      },
    },
    { package: "vitest", mayBeModule: true, apply: classIn },
  ];
}

/** The names of the suites around a test and its own. The outermost suite is the file. */
function namesOf(task: unknown): unknown[] {
  const names: unknown[] = [];
  for (let each = task; each !== undefined && each !== null; each = member(each, "suite")) {
    if (each !== member(each, "file")) names.unshift(member(each, "name"));
  }
  return names;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

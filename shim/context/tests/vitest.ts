import { member, type PackagePatch, wrapMethod } from "../packages.ts";
import type { RunningTests } from "./runningTest.ts";

/**
 * Vitest's runner is told of each try of a test right before its function runs, in the same asynchronous execution; what it
 * enters there holds for that test alone, also where others run at the same time. The class lies in some file of the package.
 */
export function vitest(tests: RunningTests): PackagePatch {
  return {
    package: "vitest",
    apply(exports) {
      for (const value of Object.values(exports)) {
        wrapMethod(member(value, "prototype"), "onBeforeTryTask", (method, self, args) => {
          const [task] = args;
          tests.enter(() => ({ file: member(member(task, "file"), "filepath"), names: namesOf(task) }));
          return Reflect.apply(method, self, args);
        });
      }
    },
  };
}

/** The names of the suites around a test and its own. The outermost suite is the file. */
function namesOf(task: unknown): unknown[] {
  const names: unknown[] = [];
  for (let each = task; each !== undefined && each !== null; each = member(each, "suite")) {
    names.unshift(member(each, "name"));
  }
  return names;
}

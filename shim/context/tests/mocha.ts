import { AsyncLocalStorage } from "node:async_hooks";
import { exported, member, type PackagePatch, wrapMethod } from "../packages.ts";
import type { RunningTests } from "./runningTest.ts";

/** Mocha runs a test in one method, and goes on to the next in its callback, which is no part of the test. */
export function mocha(tests: RunningTests): PackagePatch {
  return {
    package: "mocha",
    mayBeModule: true,
    apply(exports) {
      const runnable = exported(exports, "Runnable") ?? member(exports, "default") ?? exports;
      wrapMethod(member(runnable, "prototype"), "run", (method, self, args) => {
        const [done, ...rest] = args;
        if (member(self, "type") !== "test" || typeof done !== "function") {
          return Reflect.apply(method, self, args);
        }
        const around = AsyncLocalStorage.snapshot();
        const goOn = (...results: unknown[]) => around(() => Reflect.apply(done, undefined, results));
        return tests.run(
          () => ({ file: member(self, "file"), names: titlesOf(self) }),
          () => Reflect.apply(method, self, [goOn, ...rest]),
        );
      });
    },
  };
}

/** The titles of the suites around a test and its own; the suite around all has none. */
function titlesOf(test: unknown): unknown[] {
  const titles: unknown[] = [];
  for (let each = test; each !== undefined && each !== null; each = member(each, "parent")) {
    titles.unshift(member(each, "title"));
  }
  return titles;
}

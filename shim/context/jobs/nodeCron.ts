import { isObject, member, type PackagePatch, wrapMethod } from "../packages.ts";
import type { RunJob } from "./job.ts";

/** What tells a class of tasks apart in the files of node-cron, where it goes by one letter. */
const TASK_METHODS = ["start", "execute", "getNextRun"];

/**
 * node-cron's tasks keep the function that they run: `onMatch` of their runner (version 4), `_execution` of their task
 * (version 3). They go by the name they were given, else by the function's, else by their times. The function is seen where
 * a task is made by what `require` or the default export gave; by the named exports of the ES module it is not.
 */
export function nodeCron(runJob: RunJob): PackagePatch {
  const functionNames = new WeakMap<object, unknown>();
  const watch = (task: unknown) => {
    for (const [part, key] of [
      ["runner", "onMatch"],
      ["_task", "_execution"],
    ] as const) {
      wrapMethod(member(task, part), key, (method, self, args) =>
        runJob(
          () => namesOf(task),
          () => Reflect.apply(method, self, args),
        ),
      );
    }
  };
  const namesOf = (task: unknown) => {
    const name = member(task, "name") ?? member(member(task, "options"), "name");
    const functionName = isObject(task) ? functionNames.get(task) : undefined;
    const pattern = member(task, "cronExpression");
    return { name: name === member(task, "id") ? undefined : name, otherwise: [functionName, pattern] };
  };
  const watchMade = (maker: unknown) => {
    for (const key of ["schedule", "createTask"]) {
      wrapMethod(maker, key, (method, self, args) => {
        const task = Reflect.apply(method, self, args);
        if (isObject(task)) functionNames.set(task, member(args[1], "name"));
        watch(task);
        return task;
      });
    }
  };
  return {
    package: "node-cron",
    mayBeModule: true,
    apply(exports) {
      // Those of an ES module can't be changed.
      if (!(Symbol.toStringTag in exports)) watchMade(exports);
      watchMade(member(exports, "default"));
      for (const key of Object.keys(exports)) {
        const prototype = member(member(exports, key), "prototype");
        if (!TASK_METHODS.every((method) => typeof member(prototype, method) === "function")) continue;
        for (const method of ["start", "execute"]) {
          wrapMethod(prototype, method, (run, self, args) => {
            watch(self);
            return Reflect.apply(run, self, args);
          });
        }
      }
    },
  };
}

import { exported, member, type PackagePatch, wrapMethod } from "../packages.ts";
import type { RunJob } from "./job.ts";

/** pg-boss' jobs go by their queue, which is what gives them their handler. Up to version 10 `work` is each object's own. */
export function pgBoss(runJob: RunJob): PackagePatch {
  const watchWork = (owner: unknown) => {
    wrapMethod(owner, "work", (method, self, args) => {
      const [queue, ...rest] = args;
      const handler = rest.pop();
      if (typeof handler !== "function") return Reflect.apply(method, self, args);
      const running = new Proxy(handler, {
        apply: (target, receiver, jobs) =>
          runJob(
            () => ({ name: queue }),
            () => Reflect.apply(target, receiver, jobs),
          ),
      });
      return Reflect.apply(method, self, [queue, ...rest, running]);
    });
  };
  return {
    package: "pg-boss",
    mayBeModule: true,
    apply(exports) {
      const prototype = member(exported(exports, "PgBoss") ?? exports, "prototype");
      watchWork(prototype);
      wrapMethod(prototype, "start", (method, self, args) => {
        watchWork(self);
        return Reflect.apply(method, self, args);
      });
    },
  };
}

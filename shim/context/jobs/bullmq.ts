import { exported, member, type PackagePatch, wrapMethod } from "../packages.ts";
import type { RunJob } from "./job.ts";

/** BullMQ gives a job to the worker's function in one method, whatever the queue; sandboxed processors are other processes. */
export function bullmq(runJob: RunJob): PackagePatch {
  return {
    package: "bullmq",
    apply(exports) {
      const worker = member(exported(exports, "Worker"), "prototype");
      wrapMethod(worker, "callProcessJob", (method, self, args) =>
        runJob(
          () => {
            const queue = member(self, "name");
            const name = member(args[0], "name");
            return { queue, name: name === DEFAULT_NAME ? undefined : name };
          },
          () => Reflect.apply(method, self, args),
        ),
      );
    },
  };
}

/** BullMQ's own name of a job that was given none. */
const DEFAULT_NAME = "__default__";

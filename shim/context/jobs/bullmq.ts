import { exported, member, type PackagePatch, wrapMethod } from "../packages.ts";
import type { RunJob } from "./job.ts";

/** BullMQ's own name of a job that was given none. */
const DEFAULT_NAME = "__default__";

/**
 * BullMQ gives a job to the worker's function in one method, whatever the queue. A sandboxed processor is another process,
 * where nothing but its script is known.
 */
export function bullmq(runJob: RunJob): PackagePatch {
  return {
    package: "bullmq",
    apply(exports) {
      wrapMethod(member(exported(exports, "Worker"), "prototype"), "callProcessJob", (method, self, args) =>
        runJob(
          () => {
            const name = member(args[0], "name");
            return { name: name === DEFAULT_NAME ? undefined : name, otherwise: [member(self, "name")] };
          },
          () => Reflect.apply(method, self, args),
        ),
      );
    },
  };
}

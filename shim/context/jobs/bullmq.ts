import { exported, member, type PackagePatch, wrapMethod } from "../packages.ts";
import type { JobNames, RunJob } from "./job.ts";

/** BullMQ's own name of a job that was given none. */
const DEFAULT_NAME = "__default__";

/**
 * BullMQ gives a job to the worker's function in one method, whatever the queue; and in the process or thread of a sandboxed
 * processor in another, where the job is a plain object.
 */
export function bullmq(runJob: RunJob): PackagePatch {
  return {
    package: "bullmq",
    apply(exports) {
      wrapMethod(member(exported(exports, "Worker"), "prototype"), "callProcessJob", (method, self, args) =>
        runJob(
          () => namesOf(args[0], member(self, "name")),
          () => Reflect.apply(method, self, args),
        ),
      );
      wrapMethod(member(exported(exports, "ChildProcessor"), "prototype"), "start", (method, self, args) =>
        runJob(
          () => namesOf(args[0], member(args[0], "queueName")),
          () => Reflect.apply(method, self, args),
        ),
      );
    },
  };
}

function namesOf(job: unknown, queue: unknown): JobNames {
  const name = member(job, "name");
  return { name: name === DEFAULT_NAME ? undefined : name, otherwise: [queue] };
}

import { exported, member, type PackagePatch, wrapMethod } from "../packages.ts";
import type { RunJob } from "./job.ts";

/** Croner's jobs go by the name they were given, else by their function's, else by their times. */
export function croner(runJob: RunJob): PackagePatch {
  return {
    package: "croner",
    mayBeModule: true,
    apply(exports) {
      wrapMethod(member(exported(exports, "Cron"), "prototype"), "_trigger", (method, self, args) =>
        runJob(
          () => ({
            name: member(self, "name"),
            otherwise: [member(member(self, "fn"), "name"), patternOf(self)],
          }),
          () => Reflect.apply(method, self, args),
        ),
      );
    },
  };
}

function patternOf(cron: unknown): unknown {
  const read = member(cron, "getPattern");
  return typeof read === "function" ? Reflect.apply(read, cron, []) : undefined;
}

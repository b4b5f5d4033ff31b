import type { Guard } from "../../guard.ts";
import { exported, member, type PackagePatch, wrapMethod } from "../packages.ts";
import { asyncQueues } from "./asyncQueues.ts";
import { fastq } from "./fastq.ts";
import { type Carrier, carried } from "./queue.ts";

/**
 * Queues that call what they are given from wherever a place gets free, and so in the context of somebody else's work. What
 * is given to them is called with what was known where it was given.
 */
export function queues(carrier: Carrier, guard: Guard): PackagePatch[] {
  /** Those of its methods take functions among their arguments. */
  const taking = (classOf: (exports: object) => unknown, ...methods: string[]) => {
    return (exports: object) => {
      for (const key of methods) {
        wrapMethod(member(classOf(exports), "prototype"), key, (method, self, args) =>
          Reflect.apply(
            method,
            self,
            args.map((arg) => carried(carrier, arg)),
          ),
        );
      }
    };
  };
  const main = (exports: object) => member(exports, "default") ?? exports;
  return [
    { package: "p-queue", mayBeModule: true, apply: taking(main, "add") },
    // LangChain's `maxConcurrency`: of a version that is no ES module.
    { package: "p-queue", broughtBy: ["@langchain/core", "langchain"], apply: taking(main, "add") },
    { package: "bottleneck", apply: taking(main, "schedule", "submit") },
    { package: "queue", mayBeModule: true, apply: taking(main, "push", "unshift", "splice") },
    {
      package: "cockatiel",
      mayBeModule: true,
      apply: taking((exports) => exported(exports, "BulkheadPolicy"), "execute"),
    },
    asyncQueues(carrier, guard),
    fastq(carrier),
  ];
}

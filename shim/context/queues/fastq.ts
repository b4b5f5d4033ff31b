import type { Scope } from "../attribution.ts";
import { isMethod, isObject, type PackagePatch, wrapMethod } from "../packages.ts";
import { type Carrier, calledWithin } from "./queue.ts";

/**
 * fastq's queues of promises take a worker once, and then what it is to work on: objects, by which it is known again. Of its
 * queues of callbacks the maker is all that the package exports, which can't be changed.
 */
export function fastq(carrier: Carrier): PackagePatch {
  return {
    package: "fastq",
    apply(exports) {
      wrapMethod(exports, "promise", (make, self, args) => {
        const scopes = new WeakMap<object, Scope>();
        const scopeOf = ([value]: readonly unknown[]) => (isObject(value) ? scopes.get(value) : undefined);
        const withWorker = args.map((arg) => (isMethod(arg) ? calledWithin(carrier, arg, scopeOf) : arg));
        const queue = Reflect.apply(make, self, withWorker);
        for (const key of ["push", "unshift"]) {
          wrapMethod(queue, key, (method, owner, values) => {
            const [value] = values;
            // What is there twice could be for either.
            if (isObject(value)) scopes.set(value, scopes.has(value) ? carrier.nobody : carrier.take());
            return Reflect.apply(method, owner, values);
          });
        }
        return queue;
      });
    },
  };
}

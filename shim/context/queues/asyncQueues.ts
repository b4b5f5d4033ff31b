import type { Guard } from "../../guard.ts";
import type { Scope } from "../attribution.ts";
import { isMethod, isObject, member, type PackagePatch, wrapMethod } from "../packages.ts";
import { type Carrier, calledWithin, carried } from "./queue.ts";

const MAKERS = ["queue", "priorityQueue", "cargo", "cargoQueue"];

/**
 * The queues of `async` take a worker once, and then what it is to work on: an item each in a list of their own, which is
 * taken from the list just before the worker is called with it.
 */
export function asyncQueues(carrier: Carrier, guard: Guard): PackagePatch {
  const scopes = new WeakMap<object, Scope>();
  /** Of each list, what was known of the items that were taken from it since its worker was called. */
  const taken = new WeakMap<object, (Scope | undefined)[]>();

  const watchList = (list: unknown) => {
    if (!isObject(list)) return;
    taken.set(list, []);
    const prototype: unknown = Object.getPrototypeOf(list);
    for (const key of ["push", "unshift"]) {
      wrapMethod(prototype, key, (method, self, args) => {
        const [item] = args;
        if (isObject(item) && !scopes.has(item)) {
          scopes.set(item, carrier.take());
          Reflect.set(item, "callback", carried(carrier, member(item, "callback")));
        }
        return Reflect.apply(method, self, args);
      });
    }
    wrapMethod(prototype, "shift", (method, self, args) => {
      const item = Reflect.apply(method, self, args);
      if (isObject(item) && isObject(self)) taken.get(self)?.push(scopes.get(item));
      return item;
    });
  };

  const watchMakers = (exports: unknown) => {
    for (const key of MAKERS) {
      wrapMethod(exports, key, (make, self, [worker, ...rest]) => {
        if (!isMethod(worker)) return Reflect.apply(make, self, [worker, ...rest]);
        let list: unknown;
        const scopeOfTaken = () => {
          const [scope, ...others] = (isObject(list) && taken.get(list)?.splice(0)) || [];
          // A cargo that several have brought is nobody's.
          return others.every((other) => other?.inbound === scope?.inbound) ? scope : carrier.nobody;
        };
        const queue = Reflect.apply(make, self, [calledWithin(carrier, worker, scopeOfTaken), ...rest]);
        list = member(queue, "_tasks");
        guard.attempt(() => watchList(list));
        return queue;
      });
    }
  };

  return {
    package: "async",
    apply(exports) {
      watchMakers(exports);
      watchMakers(member(exports, "default"));
    },
  };
}

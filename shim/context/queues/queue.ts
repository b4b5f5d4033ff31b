import type { Scope } from "../attribution.ts";
import { takeCaller } from "../callers.ts";
import { isMethod, type Method } from "../packages.ts";

/** Takes what is known in one place to another, past the asynchronous context. */
export interface Carrier {
  /** What is known here, for `run`. */
  take(): Scope;
  /** Nothing is known. */
  nobody: Scope;
  run<Result>(scope: Scope, step: () => Result): Result;
}

/** The function, called with what is known here, whoever calls it. Anything else is answered as it is. */
export function carried(carrier: Carrier, value: unknown): unknown {
  if (!isMethod(value)) return value;
  const scope = carrier.take();
  const asCalled = takeCaller();
  return new Proxy(value, {
    apply: (target, self, args) =>
      carrier.run(scope, () => asCalled(() => Reflect.apply(target, self, args))),
  });
}

/** The function, called with what is known of its arguments; as it is called where that is nothing. */
export function calledWithin(
  carrier: Carrier,
  method: Method,
  scopeOf: (args: readonly unknown[]) => Scope | undefined,
): Method {
  return new Proxy(method, {
    apply(target, self, args) {
      const scope = scopeOf(args);
      const call = () => Reflect.apply(target, self, args);
      return scope === undefined ? call() : carrier.run(scope, call);
    },
  });
}

import { member, type PackagePatch, wrapMethod } from "../packages.ts";

/** Koa makes a context for each request, and a router leaves its route on that: nothing of it can be seen on Node's request. */
export function koa(onContext: (context: object) => void): PackagePatch {
  return {
    package: "koa",
    apply(exports) {
      for (const application of [exports, member(exports, "default")]) {
        wrapMethod(member(application, "prototype"), "createContext", (method, self, args) => {
          const context = Reflect.apply(method, self, args);
          if (typeof context === "object" && context !== null) onContext(context);
          return context;
        });
      }
    },
  };
}

/** `@koa/router` and `koa-router` write down the layer that is running. */
export function koaPattern(marks: object | null): unknown {
  return member(marks, "_matchedRoute");
}

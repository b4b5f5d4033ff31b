import { exported, member, type PackagePatch, wrapMethod } from "../packages.ts";

const ROUTERS = ["SmartRouter", "RegExpRouter", "TrieRouter", "LinearRouter", "PatternRouter"];
/** Hono's name for all methods, middleware's too. */
const ANY_METHOD = "ALL";

/**
 * Hono tells no one which route it runs but the handler itself, so each handler is noted as it begins. They are met where
 * they are handed to one of Hono's routers.
 */
export function hono(onPattern: (pattern: unknown) => void): PackagePatch {
  const watched = new WeakSet<object>();
  const watch = (handler: (...args: unknown[]) => unknown, path: unknown): object => {
    const watching = new Proxy(handler, {
      apply(target, self, args) {
        onPattern(path);
        return Reflect.apply(target, self, args);
      },
    });
    watched.add(watching);
    return watching;
  };
  return {
    package: "hono",
    mayBeModule: true,
    apply(exports) {
      for (const name of ROUTERS) {
        wrapMethod(member(exported(exports, name), "prototype"), "add", (method, self, args) => {
          const [verb, path, entry] = args;
          if (!Array.isArray(entry)) return Reflect.apply(method, self, args);
          const [handler, route] = entry;
          const isForMany = verb === ANY_METHOD && String(path).endsWith("*");
          // One router may hand its routes to another.
          if (typeof handler !== "function" || isForMany || watched.has(handler))
            return Reflect.apply(method, self, args);
          const pattern = member(route, "path");
          return Reflect.apply(method, self, [verb, path, [watch(handler, pattern), route]]);
        });
      }
    },
  };
}

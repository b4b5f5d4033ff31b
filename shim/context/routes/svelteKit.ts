import { member, type PackagePatch } from "../packages.ts";

/**
 * SvelteKit keeps the request's event, and with it the route's id (`/chat/[id]`), in an asynchronous context that one of
 * its modules gives access to. Where Kit is bundled into the server, as adapter-node does with a development dependency, that
 * module is not met.
 */
export interface SvelteKitRoutes {
  patch: PackagePatch;
  pattern(): unknown;
}

export function createSvelteKitRoutes(): SvelteKitRoutes {
  const stores = new Set<(...args: unknown[]) => unknown>();
  return {
    patch: {
      package: "@sveltejs/kit",
      mayBeModule: true,
      apply(exports) {
        const store = member(exports, "try_get_request_store");
        if (isFunction(store)) stores.add(store);
      },
    },
    pattern() {
      for (const store of stores) {
        const id = member(member(member(store(), "event"), "route"), "id");
        if (typeof id === "string") return id;
      }
      return undefined;
    },
  };
}

function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === "function";
}

import { member, type PackagePatch } from "../packages.ts";

/** What Next keeps with a request; the same in all copies of its code. */
const REQUEST_META = Symbol.for("NextInternalRequestMeta");

/**
 * Next knows a page's or a handler's file (`/api/chat/[id]`): of the App Router in the asynchronous context of what it
 * renders, `after()` included; of the Pages Router with the request.
 */
export interface NextRoutes {
  patch: PackagePatch;
  pattern(marks: object | null): unknown;
}

export function createNextRoutes(): NextRoutes {
  const storages = new Set<object>();
  return {
    patch: {
      package: "next",
      apply(exports) {
        const storage = member(exports, "workAsyncStorage");
        if (typeof storage === "object" && storage !== null) storages.add(storage);
      },
    },
    pattern(marks) {
      for (const storage of storages) {
        const route = member(stored(storage), "route");
        if (typeof route === "string") return route;
      }
      if (marks === null) return undefined;
      return member(member(member(Reflect.get(marks, REQUEST_META), "match"), "definition"), "pathname");
    },
  };
}

function stored(storage: object): unknown {
  const getStore = member(storage, "getStore");
  return typeof getStore === "function" ? Reflect.apply(getStore, storage, []) : undefined;
}

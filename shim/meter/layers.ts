import { AsyncLocalStorage } from "node:async_hooks";
import type { Endpoint } from "../../shared/call.ts";
import type { RecordedBody } from "./requestBody.ts";

/**
 * One exchange passes several layers that are watched: a `fetch` becomes a request of undici, which over HTTP/2 becomes a
 * stream of Node's. Whoever sees it first meters it; what it becomes below is known here, and not metered again.
 */
export interface Layers {
  /** Runs what an exchange that is metered is made of. */
  carry<Result>(upper: Upper, fn: () => Result): Result;
  /** Something that is metered is about to be carried out, elsewhere and later. */
  expect(upper: Upper): void;
  /** What a request seen on a lower layer is a part of, if an upper one is metered already. */
  upperOf(endpoint: Endpoint): Upper | undefined;
}

/** A metered exchange, to those who carry it out. */
export interface Upper {
  readonly endpoint: Endpoint;
  isRunning(): boolean;
  /** Takes the request's body as it leaves, where it was not at hand before. */
  readonly recordedBody?: RecordedBody | undefined;
}

/** Beyond so many those that came to their end unseen are let go of. */
const MAX_EXPECTED = 64;

export function createLayers(): Layers {
  const carried = new AsyncLocalStorage<Upper>();
  /**
   * Exchanges of which no lower layer was seen yet. A pool that is busy carries a request out later, in the context of the
   * one before it: then method and address must tell.
   */
  const expected = new Set<Upper>();
  const expect = (upper: Upper) => {
    expected.add(upper);
    if (expected.size > MAX_EXPECTED) {
      for (const other of expected) if (!other.isRunning()) expected.delete(other);
    }
  };
  return {
    expect,
    carry(upper, fn) {
      expect(upper);
      return carried.run(upper, fn);
    },
    upperOf(endpoint) {
      const inContext = carried.getStore();
      if (inContext?.isRunning() && expected.has(inContext)) {
        expected.delete(inContext);
        return inContext;
      }
      for (const upper of expected) {
        if (!upper.isRunning()) expected.delete(upper);
        else if (isSame(upper.endpoint, endpoint)) {
          expected.delete(upper);
          return upper;
        }
      }
      // A redirect, or an attempt more, of what was seen on its way already.
      return inContext?.isRunning() ? inContext : undefined;
    },
  };
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.path === other.path && one.host === other.host && one.method === other.method;
}

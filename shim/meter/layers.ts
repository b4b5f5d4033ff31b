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
  /** It was carried out, whether that was seen or not: nobody is waited for, and nothing of it is kept. */
  settled(upper: Upper): void;
  /** What a request seen on a lower layer is a part of, if an upper one is metered already. */
  upperOf(endpoint: Endpoint, request: LowerRequest): Upper | undefined;
}

/** From the top to the bottom. */
const layers = ["fetch", "undici", "node"] as const;
export type Layer = (typeof layers)[number];

/** A request as a lower layer has it. */
export interface LowerRequest {
  layer: Layer;
  /** Whether it is looked at in the very context that it was made in. */
  inItsContext: boolean;
}

/** A metered exchange, to those who carry it out. */
export interface Upper {
  readonly layer: Layer;
  readonly endpoint: Endpoint;
  isRunning(): boolean;
  /** Takes the request's body as it leaves, where it was not at hand before. */
  readonly recordedBody?: RecordedBody | undefined;
  /**
   * Set once it was carried out: until then it may be redirected or tried again. A mark of its own, since the garbage
   * collector has to look through a set of weak references each time that it runs.
   */
  isSettled?: boolean;
}

/** Beyond so many, or twice as many as are under way, those that came to their end unseen are let go of. */
const MIN_ROOM = 64;

export function createLayers(): Layers {
  const carried = new AsyncLocalStorage<Upper>();
  /**
   * Exchanges of which no lower layer was seen yet. A pool that is busy carries a request out later, in the context of the
   * one before it: then method and address must tell.
   */
  const expected = new Set<Upper>();
  let room = MIN_ROOM;
  const found = (upper: Upper) => {
    expected.delete(upper);
    return upper;
  };
  const expect = (upper: Upper) => {
    expected.add(upper);
    if (expected.size <= room) return;
    for (const other of expected) if (!other.isRunning()) expected.delete(other);
    room = Math.max(MIN_ROOM, 2 * expected.size);
  };
  return {
    expect,
    settled(upper) {
      expected.delete(upper);
      upper.isSettled = true;
    },
    carry(upper, fn) {
      expect(upper);
      return carried.run(upper, fn);
    },
    upperOf(endpoint, { layer, inItsContext }) {
      const isAbove = (other: Upper) => layers.indexOf(other.layer) < layers.indexOf(layer);
      const inContext = carried.getStore();
      const isOpen = inContext?.isRunning() && !inContext.isSettled && isAbove(inContext);
      const upper = isOpen ? inContext : undefined;
      if (upper !== undefined && (inItsContext || expected.has(upper))) return found(upper);
      if (inItsContext) return undefined;
      for (const other of expected) {
        if (!other.isRunning()) expected.delete(other);
        else if (isAbove(other) && isSame(other.endpoint, endpoint)) return found(other);
      }
      // Redirected, or tried again, until its response is there.
      return upper;
    },
  };
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.path === other.path && one.host === other.host && one.method === other.method;
}

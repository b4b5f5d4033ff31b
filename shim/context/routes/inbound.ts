import type { Service } from "../requestWork.ts";

/** A request that this process is serving. */
export interface Inbound {
  /** As it came, with its query. */
  readonly url: string;
  readonly method: string;
  /** What the framework leaves its marks on: the request of Node, or an object of its own. `null` once it is answered. */
  marks: object | null;
  /** The route as the framework's user wrote it, as far as it is known by now. */
  pattern: string | null;
  /** Reads the pattern off the marks, or from where the running code is in its framework. */
  readonly patternOf: PatternReader;
  /** Kept by `createRequestWork`; `null` before. */
  service: Service | null;
}

export type PatternReader = (marks: object | null) => string | null;

/** Looks for the pattern where it is not known yet. */
export function findPattern(inbound: Inbound): string | null {
  inbound.pattern ??= inbound.patternOf(inbound.marks);
  return inbound.pattern;
}

/** The request is answered: what its framework knows of it is taken, so that the rest can be let go. */
export function release(inbound: Inbound): void {
  findPattern(inbound);
  inbound.marks = null;
}

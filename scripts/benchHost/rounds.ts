/** What the app of the benchmark is asked for, and what it answers. */
export const kinds = [
  "in process, plain",
  "in process, stream",
  "HTTP, plain",
  "HTTP, stream",
  "seldom",
] as const;
export type Kind = (typeof kinds)[number];

export interface RoundRequest {
  kind: Kind;
  calls: number;
  /** Pause after each call. */
  everyMs: number;
}

export interface Round {
  cpuUs: number;
  /** Of each call, milliseconds. */
  wallMs: number[];
}

export interface Memory {
  rss: number;
  heapUsed: number;
}

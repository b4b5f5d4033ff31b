/*
 * What the client of the benchmark is asked for, and what it answers.
 */

/** Calls per round. Those that never leave the process need more of them for the clock of CPU time to be worth reading. */
export const callsPerRound = {
  "in process": 400,
  "in process, stream": 400,
  fetch: 100,
  "fetch stream": 100,
  openai: 100,
  "openai stream": 100,
} as const;
export type Kind = keyof typeof callsPerRound;

export interface Question {
  ask: Kind | "memory";
}

export interface Round {
  cpuUs: number;
  /** Milliseconds of each call. */
  wallMs: number[];
}

export interface Memory {
  rss: number;
  heapUsed: number;
}

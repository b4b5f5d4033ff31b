import type { OpenCircuit } from "./protection.ts";

/** Answer of `GET /v1/health`, the one route without a token. */
export interface Health {
  name: string;
  protocol: number;
  /** Answer to `challenge`; see `proveIdentity`. */
  proof: string | null;
}

/** What a user may want to know of the daemon. */
export interface DaemonStatus {
  version: string;
  protocol: number;
  pid: number;
  port: number;
  home: string;
  startedAt: string;
  developer: string;
  timeZone: string;
  /** Whether calls are being taken in; `false` while paused by the user. */
  recording: boolean;
  storedCalls: number;
  storeBytes: number;
  /** Since start. */
  ingested: { accepted: number; duplicate: number; updated: number; ignored: number; rejected: number };
  /** Dev processes heard of in the last five minutes. */
  activeRuns: number;
  liveClients: number;
  /** Calls that a shim had to drop, as told by the shims. */
  droppedCalls: number;
  /** Since start, calls that hard stops and circuit breakers did not let out. Absent where there were none. */
  refusedCalls?: number;
  priceCatalogue: { version: string; date: string; stale: boolean };
  /** What is wrong, one sentence each, for a user to read. */
  warnings: string[];
  /** What circuit breakers have stopped, where they are on. Absent where nothing is. */
  openCircuits?: OpenCircuit[];
  /**
   * What the team has spent today, by the days of its zone, as of when its database was last read; `null` where it never
   * was. Absent where no team was joined.
   */
  team?: { todayUsd: string | null; asOf: string | null };
}

/** A one-time address of the dashboard for a browser. */
export interface BrowserInvitation {
  url: string;
  expiresAt: string;
}

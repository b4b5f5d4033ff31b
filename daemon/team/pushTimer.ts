import type { TeamProblemKind } from "../../shared/team.ts";

/** Timers that keep no process alive. Answers what takes one back. */
export interface Timers {
  set(ms: number, run: () => void): () => void;
}

/** When to push: some seconds after something changed, and after failures less and less often. */
export interface PushTimer {
  changed(): void;
  soon(): void;
  later(ms: number): void;
  succeeded(): void;
  failed(kind: TeamProblemKind): void;
  stop(): void;
}

export interface PushTimerSurroundings {
  timers: Timers;
  nowMs(): number;
  random(): number;
  onDue(): void;
}

/** Calls come in bursts: what else comes within this goes along. */
const COALESCE_MS = 2_000;
/** A database that bills by rows written is told of a quarter hour's row not more often than this. */
const LEAST_BETWEEN_MS = 15_000;

/** First and longest wait after a failure. */
const waits: Record<TeamProblemKind, readonly [firstMs: number, longestMs: number]> = {
  unreachable: [5_000, 10 * 60_000],
  limited: [10_000, 10 * 60_000],
  failing: [10_000, 10 * 60_000],
  noDatabase: [30_000, 30 * 60_000],
  // Nothing will change before somebody does something.
  noToken: [30 * 60_000, 30 * 60_000],
  refused: [5 * 60_000, 60 * 60_000],
  readOnlyToken: [10 * 60_000, 60 * 60_000],
  blocked: [5 * 60_000, 60 * 60_000],
  schemaTooNew: [10 * 60_000, 60 * 60_000],
};

export function createPushTimer({ timers, nowMs, random, onDue }: PushTimerSurroundings): PushTimer {
  let cancel: (() => void) | null = null;
  let failures = 0;
  let lastMs = Number.NEGATIVE_INFINITY;

  function set(ms: number): void {
    cancel?.();
    cancel = timers.set(ms, () => {
      cancel = null;
      onDue();
    });
  }

  return {
    changed() {
      // After a failure its wait goes on, however much changes meanwhile.
      if (cancel !== null) return;
      const since = Math.abs(nowMs() - lastMs);
      set(Math.max(COALESCE_MS, LEAST_BETWEEN_MS - since));
    },
    soon() {
      failures = 0;
      set(0);
    },
    later: set,
    succeeded() {
      failures = 0;
      lastMs = nowMs();
    },
    failed(kind) {
      const [firstMs, longestMs] = waits[kind];
      const full = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 20));
      failures += 1;
      // Between half and all of it, so that twenty who lost the same server do not come back at once.
      set(full / 2 + (random() * full) / 2);
    },
    stop() {
      cancel?.();
      cancel = null;
    },
  };
}

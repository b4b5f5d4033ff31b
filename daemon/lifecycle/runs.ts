/** Dev processes that were heard of, by their run. */
export interface Runs {
  heardOf(word: RunWord): RunNews;
  /** In the last five minutes. */
  active(): number;
  /** Of all runs, since start. */
  droppedCalls(): number;
  /** Of all runs, since start: what hard stops and circuit breakers did not let out. */
  refusedCalls(): number;
  /** Runs whose process has ended since this was asked last. */
  takeEnded(): string[];
}

/** What a run says of itself with each delivery. */
export interface RunWord {
  run: string;
  /** Of its process; `null` where it did not say. */
  processId: number | null;
  /** Calls that the run has had to drop since it was last heard of. */
  newlyDropped: number;
  /** Calls that it was kept from making since then. */
  newlyRefused: number;
}

export type RunNews = "news" | "known";

export interface RunsSurroundings {
  nowMs(): number;
  isAlive(processId: number): boolean;
}

const ACTIVE_MS = 5 * 60_000;
const MAX_KEPT = 1_000;

export function createRuns({ nowMs, isAlive }: RunsSurroundings): Runs {
  const known = new Map<string, { heardMs: number; processId: number | null }>();
  let dropped = 0;
  let refused = 0;
  return {
    heardOf({ run, processId, newlyDropped, newlyRefused }) {
      const isNew = !known.delete(run);
      known.set(run, { heardMs: nowMs(), processId });
      dropped += newlyDropped;
      refused += newlyRefused;
      const [oldest] = known.keys();
      if (known.size > MAX_KEPT && oldest !== undefined) known.delete(oldest);
      return isNew || newlyDropped > 0 || newlyRefused > 0 ? "news" : "known";
    },
    active: () => [...known.values()].filter(({ heardMs }) => nowMs() - heardMs < ACTIVE_MS).length,
    droppedCalls: () => dropped,
    refusedCalls: () => refused,
    takeEnded() {
      const ended = [...known]
        .filter(([, { processId }]) => processId !== null && !isAlive(processId))
        .map(([run]) => run);
      for (const run of ended) known.delete(run);
      return ended;
    },
  };
}

/** Whether a process of this machine runs, whoever's it is. */
export function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

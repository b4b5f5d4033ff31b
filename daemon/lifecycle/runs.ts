/** Dev processes that were heard of, by their run. */
export interface Runs {
  /** `newlyDropped`: calls that the run has had to drop since it was last heard of. Answers whether that is news. */
  heardOf(run: string, newlyDropped: number): boolean;
  /** In the last five minutes. */
  active(): number;
  /** Of all runs, since start. */
  droppedCalls(): number;
}

const ACTIVE_MS = 5 * 60_000;
const MAX_KEPT = 1_000;

export function createRuns(nowMs: () => number): Runs {
  const lastHeardMs = new Map<string, number>();
  let dropped = 0;
  return {
    heardOf(run, newlyDropped) {
      const isNew = !lastHeardMs.delete(run);
      lastHeardMs.set(run, nowMs());
      dropped += newlyDropped;
      const [oldest] = lastHeardMs.keys();
      if (lastHeardMs.size > MAX_KEPT && oldest !== undefined) lastHeardMs.delete(oldest);
      return isNew || newlyDropped > 0;
    },
    active: () => [...lastHeardMs.values()].filter((heardMs) => nowMs() - heardMs < ACTIVE_MS).length,
    droppedCalls: () => dropped,
  };
}

/** The parts of a clock that the dashboard's state uses. */
export interface Timers {
  /** Epoch, in milliseconds. */
  now(): number;
  /** Milliseconds since some moment: goes on evenly even when the clock is set. */
  elapsedMs(): number;
  /** Returns how to call it off. */
  after(milliseconds: number, run: () => void): () => void;
}

/**
 * Runs `run` at once, and again at most every `intervalMs` for as long as it is asked to; what is asked in between is
 * done at the end of the interval.
 */
export function throttled(run: () => void, intervalMs: number, timers: Timers): () => void {
  let lastRun = Number.NEGATIVE_INFINITY;
  let planned = false;
  const runNow = () => {
    planned = false;
    lastRun = timers.elapsedMs();
    run();
  };
  return () => {
    if (planned) return;
    const waitMs = lastRun + intervalMs - timers.elapsedMs();
    if (waitMs <= 0) return runNow();
    planned = true;
    timers.after(waitMs, runNow);
  };
}

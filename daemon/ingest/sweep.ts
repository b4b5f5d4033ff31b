import type { Store } from "../store/store.ts";

/** A call that is pending for so long has lost its process. */
const LOST_AFTER_MS = 3_600_000;
const EVERY_MS = 5 * 60_000;

export interface SweepSurroundings {
  store: Pick<Store, "closePendingCalls">;
  nowMs(): number;
  onClosed(): void;
  log(line: string): void;
}

/** Closes, now and every five minutes, calls that will never be heard of again. Answers how to stop. */
export function startSweep({ store, nowMs, onClosed, log }: SweepSurroundings): () => void {
  async function sweep() {
    try {
      if ((await store.closePendingCalls(nowMs() - LOST_AFTER_MS)) > 0) onClosed();
    } catch (error) {
      log(`sweep: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  void sweep();
  const timer = setInterval(() => void sweep(), EVERY_MS).unref();
  return () => clearInterval(timer);
}

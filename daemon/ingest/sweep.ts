import { messageOf } from "../../shared/messageOf.ts";
import type { Runs } from "../lifecycle/runs.ts";
import type { Store } from "../store/store.ts";

/** A call that is pending for so long has lost its process. */
const LOST_AFTER_MS = 3_600_000;
/** What a provider said it was at work on (a batch, a crawl) may take this long. */
const UNFINISHED_AFTER_MS = 3 * 24 * 3_600_000;
const EVERY_MS = 10_000;

export interface SweepSurroundings {
  store: Pick<Store, "closePendingCalls">;
  runs: Pick<Runs, "takeEnded">;
  nowMs(): number;
  onClosed(): void;
  log(line: string): void;
}

/** Closes, now and every ten seconds, calls that will never be heard of again. Answers how to stop. */
export function startSweep({ store, runs, nowMs, onClosed, log }: SweepSurroundings): () => void {
  async function sweep() {
    try {
      const now = nowMs();
      const closed = await store.closePendingCalls({
        ofRuns: runs.takeEnded(),
        startedBefore: now - LOST_AFTER_MS,
        unfinishedBefore: now - UNFINISHED_AFTER_MS,
      });
      if (closed > 0) onClosed();
    } catch (error) {
      log(`sweep: ${messageOf(error)}`);
    }
  }
  void sweep();
  const timer = setInterval(() => void sweep(), EVERY_MS).unref();
  return () => clearInterval(timer);
}

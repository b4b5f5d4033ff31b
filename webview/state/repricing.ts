import { type ReadonlySignal, signal } from "@preact/signals";
import type { RepricedModel, Repricing as Stretch } from "../../shared/prices.ts";
import { addRepriced } from "../../shared/repricedModels.ts";
import type { Answer, DashboardHost, Failure } from "../hosts/dashboardHost.ts";

/** History being priced again, from the first stretch to the last. */
export interface RepricingState {
  running: boolean;
  /** Calls looked at so far, and those of them that changed. */
  calls: number;
  changedCalls: number;
  models: RepricedModel[];
  /** Why it stopped before its end. */
  failure: Failure | null;
}

/** One model's calls, or (`null`) all. */
export interface RepricedPart {
  provider: string;
  model: string | null;
}

export interface Repricing {
  /** `null` before the first time. */
  state: ReadonlySignal<RepricingState | null>;
  /** Resolves at the end, however it ends. While one runs, another waits for it. */
  run(part: RepricedPart | null): Promise<void>;
  /** Stops between two stretches; what was done stays. */
  stop(): void;
  dismiss(): void;
}

/** `onDone`: figures have changed. */
export function createRepricing(host: DashboardHost, onDone: () => void): Repricing {
  const state = signal<RepricingState | null>(null);
  let last: Promise<void> = Promise.resolve();
  let stopped = false;

  async function reprice(part: RepricedPart | null): Promise<void> {
    stopped = false;
    let now: RepricingState = { running: true, calls: 0, changedCalls: 0, models: [], failure: null };
    let cursor: string | null = null;
    state.value = now;
    do {
      const answer: Answer<Stretch> = await host.request("reprice", {
        body: {
          ...(part === null ? {} : { provider: part.provider }),
          ...(part?.model == null ? {} : { model: part.model }),
          ...(cursor === null ? {} : { cursor }),
        },
      });
      if (!answer.ok) {
        now = { ...now, failure: answer.failure };
        break;
      }
      const { calls, changedCalls, models } = answer.value;
      now = {
        ...now,
        calls: now.calls + calls,
        changedCalls: now.changedCalls + changedCalls,
        models: addRepriced(now.models, models),
      };
      state.value = now;
      cursor = answer.value.nextCursor;
    } while (cursor !== null && !stopped);
    state.value = { ...now, running: false };
    onDone();
  }

  return {
    state,
    run(part) {
      last = last.then(() => reprice(part));
      return last;
    },
    stop() {
      stopped = true;
    },
    dismiss() {
      if (state.value?.running === false) state.value = null;
    },
  };
}

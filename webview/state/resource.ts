import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { Answer, Failure } from "../hosts/dashboardHost.ts";

/** What is known of an answer at this moment. */
export interface ResourceState<T> {
  value: T | null;
  /** `value` answers an earlier question: it is shown dimmed until its successor is here. */
  outdated: boolean;
  loading: boolean;
  /** Of the last attempt; `value` may still be there. */
  failure: Failure | null;
}

export interface Resource<T> {
  state: ReadonlySignal<ResourceState<T>>;
  /** Asks again. While an answer is on its way, once more after it. */
  refresh(): void;
}

const KEPT_ANSWERS = 20;

/**
 * The answer to whatever `question` holds: asked when it changes and on `refresh`. The last answers are kept, so that
 * going back to a period shows it at once while it is read anew. An answer that comes late, to a question nobody asks
 * any longer, is kept but not shown.
 */
export function createResource<Question, T>(
  question: ReadonlySignal<Question | null>,
  ask: (question: Question) => Promise<Answer<T>>,
): Resource<T> {
  const state = signal<ResourceState<T>>({ value: null, outdated: false, loading: false, failure: null });
  /** A question that says the same is the same question. */
  const questionKey = computed(() => (question.value === null ? "" : JSON.stringify(question.value)));
  const kept = new Map<string, T>();
  let current = "";
  const underWay = new Set<string>();
  let askAgain = false;

  function keep(key: string, value: T): void {
    kept.delete(key);
    kept.set(key, value);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_ANSWERS && oldest !== undefined) kept.delete(oldest);
  }

  async function fetchNow(key: string, asked: Question): Promise<void> {
    if (underWay.has(key)) {
      askAgain = true;
      return;
    }
    underWay.add(key);
    state.value = { ...state.value, loading: true };
    const answer = await ask(asked);
    underWay.delete(key);
    if (answer.ok) keep(key, answer.value);
    if (key !== current) return;
    state.value = answer.ok
      ? { value: answer.value, outdated: false, loading: false, failure: null }
      : { ...state.value, loading: false, failure: answer.failure };
    if (askAgain) {
      askAgain = false;
      void fetchNow(key, asked);
    }
  }

  effect(() => {
    const key = questionKey.value;
    untracked(() => {
      const asked = question.value;
      current = key;
      askAgain = false;
      if (asked === null) {
        state.value = { value: null, outdated: false, loading: false, failure: null };
        return;
      }
      const known = kept.get(current);
      state.value =
        known === undefined
          ? { ...state.value, outdated: state.value.value !== null, failure: null }
          : { value: known, outdated: false, loading: false, failure: null };
      void fetchNow(current, asked);
    });
  });

  return {
    state,
    refresh() {
      const asked = question.peek();
      if (asked !== null) void fetchNow(current, asked);
    },
  };
}

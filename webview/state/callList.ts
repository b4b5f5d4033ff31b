import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { CallsQuery } from "../../shared/callPages.ts";
import type { DashboardHost, Failure } from "../hosts/dashboardHost.ts";
import { joinNewest, joinOlder, type LoadedCalls } from "../model/callPages.ts";

/** The newest calls are there soon; who scrolls on gets more at once. */
export const CALLS_PER_PAGE = 100;
const OLDER_CALLS_PER_PAGE = 500;

export interface CallList {
  loaded: ReadonlySignal<LoadedCalls | null>;
  /** Whether older calls are on their way. */
  loadingMore: ReadonlySignal<boolean>;
  failure: ReadonlySignal<Failure | null>;
  /** Reads the newest page again. */
  refresh(): void;
  loadMore(): void;
}

/** Calls that `query` finds, page by page from the newest. A `null` query reads nothing. */
export function createCallList(host: DashboardHost, query: ReadonlySignal<CallsQuery | null>): CallList {
  const loaded = signal<LoadedCalls | null>(null);
  const loadingMore = signal(false);
  const failure = signal<Failure | null>(null);
  /** Answers to a question that has changed since are dropped. */
  let round = 0;
  let refreshing = false;
  let refreshAgain = false;

  /** A page of the calls asked for now; `null` where they are no longer, or it could not be read. */
  async function readPage(cursor: string | null) {
    const asked = query.peek();
    if (asked === null) return null;
    const myRound = round;
    const answer = await host.request("calls", {
      query: {
        ...asked,
        limit: cursor === null ? CALLS_PER_PAGE : OLDER_CALLS_PER_PAGE,
        ...(cursor === null ? {} : { cursor }),
      },
    });
    if (myRound !== round) return null;
    failure.value = answer.ok ? null : answer.failure;
    return answer.ok ? answer.value : null;
  }

  async function refresh(): Promise<void> {
    if (refreshing) {
      refreshAgain = true;
      return;
    }
    const myRound = round;
    refreshing = true;
    const page = await readPage(null);
    if (page !== null) loaded.value = joinNewest(loaded.value, page);
    if (myRound !== round) return;
    refreshing = false;
    if (!refreshAgain) return;
    refreshAgain = false;
    await refresh();
  }

  async function loadMore(): Promise<void> {
    const cursor = loaded.value?.cursor ?? null;
    if (cursor === null || loadingMore.value) return;
    const myRound = round;
    loadingMore.value = true;
    const page = await readPage(cursor);
    if (myRound !== round) return;
    loadingMore.value = false;
    const before = loaded.value;
    // The newest page may have been read anew meanwhile, past a gap: then this one no longer joins on.
    if (page !== null && before?.cursor === cursor) loaded.value = joinOlder(before, page);
  }

  const queryKey = computed(() => JSON.stringify(query.value));
  effect(() => {
    queryKey.value;
    untracked(() => {
      round += 1;
      refreshing = false;
      refreshAgain = false;
      loaded.value = null;
      failure.value = null;
      loadingMore.value = false;
      if (query.value !== null) void refresh();
    });
  });

  return {
    loaded,
    loadingMore,
    failure,
    refresh: () => void refresh(),
    loadMore: () => void loadMore(),
  };
}

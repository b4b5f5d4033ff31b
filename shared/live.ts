import type { BudgetState } from "./budgets.ts";
import type { Call } from "./call.ts";
import type { DaemonStatus } from "./daemonStatus.ts";
import type { Filters } from "./dimensions.ts";
import type { Range, ResolvedRange } from "./range.ts";
import type { SpendRow, SpendTotals } from "./spend.ts";

/** What a client of `GET /v1/live` watches: its own period (default `today`) and scope. */
export interface LiveQuery extends Range {
  filters?: Filters;
}

/** Spend of the watched period and scope, with its top five sources. */
export interface LiveSpend extends ResolvedRange {
  total: SpendTotals;
  topSources: SpendRow[];
}

/**
 * Events of `GET /v1/live`, as server-sent events whose `event` is the type and whose `data` is the rest as JSON. Each
 * carries the whole of what it speaks of, never a delta, and a `snapshot` comes first on every connection, so a client
 * that slept or lost its connection has nothing to catch up on. `spend` comes at most every 150 ms, `call` gathers the
 * calls since the last one (newest last, at most 50).
 */
export interface LiveEvents {
  snapshot: { spend: LiveSpend; budgets: BudgetState[]; status: DaemonStatus; recentCalls: Call[] };
  spend: LiveSpend;
  call: { calls: Call[] };
  /** A budget changed, or `crossed` a threshold (percent) just now. */
  budget: { budgets: BudgetState[]; crossed: { id: string; threshold: number; periodStart: string } | null };
  health: DaemonStatus;
}

export type LiveEventName = keyof LiveEvents;

export const LIVE_PATH = "/v1/live";

export type LiveEvent = { [Name in LiveEventName]: { type: Name; data: LiveEvents[Name] } }[LiveEventName];

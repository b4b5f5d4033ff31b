import type { BudgetState } from "../../../shared/budgets.ts";
import type { Call } from "../../../shared/call.ts";
import type { LiveEvent, LiveSpend } from "../../../shared/live.ts";
import type { Connection } from "../../../shared/messages.ts";

/** All that the ticker shows. `spend` is `null` until the first snapshot. */
export interface TickerState {
  connection: Connection;
  /** Why the connection is lost, for a reader. */
  detail: string | null;
  spend: LiveSpend | null;
  budgets: readonly BudgetState[];
  /** Newest last, each call once and as it was last told. */
  calls: readonly Call[];
  warnings: readonly string[];
}

const KEPT_CALLS = 50;

export const emptyTicker: TickerState = {
  connection: "connecting",
  detail: null,
  spend: null,
  budgets: [],
  calls: [],
  warnings: [],
};

export function afterEvent(state: TickerState, event: LiveEvent): TickerState {
  switch (event.type) {
    case "snapshot": {
      const { spend, budgets, recentCalls, status } = event.data;
      return { ...state, spend, budgets, calls: merge([], recentCalls), warnings: status.warnings };
    }
    case "spend":
      return { ...state, spend: event.data };
    case "call":
      return { ...state, calls: merge(state.calls, event.data.calls) };
    case "budget":
      return { ...state, budgets: event.data.budgets };
    case "health":
      return { ...state, warnings: event.data.warnings };
    default:
      return event satisfies never;
  }
}

/** A call that is told again (it ended, its usage came later) stays in its place. */
function merge(known: readonly Call[], news: readonly Call[]): Call[] {
  const byId = new Map([...known, ...news].map((call) => [call.callId, call]));
  return [...byId.values()]
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt) || a.callId.localeCompare(b.callId))
    .slice(-KEPT_CALLS);
}

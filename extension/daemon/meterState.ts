import type { BudgetState } from "../../shared/budgets.ts";
import type { Call } from "../../shared/call.ts";
import type { DaemonStatus } from "../../shared/daemonStatus.ts";
import type { LiveEvent, LiveSpend } from "../../shared/live.ts";
import type { Connection } from "../../shared/messages.ts";

/** All that this window knows of the meter; each part is the latest whole that the daemon told. */
export interface MeterState {
  connection: Connection;
  /** One line for a user where the connection is lost. */
  detail: string | null;
  /** Stopped by the user, in this window. */
  stopped: boolean;
  spend: LiveSpend | null;
  budgets: readonly BudgetState[];
  status: DaemonStatus | null;
  lastCall: Call | null;
}

export const initialMeterState: MeterState = {
  connection: "connecting",
  detail: null,
  stopped: false,
  spend: null,
  budgets: [],
  status: null,
  lastCall: null,
};

export function afterEvent(state: MeterState, event: LiveEvent): MeterState {
  switch (event.type) {
    case "snapshot": {
      const { spend, budgets, status, recentCalls } = event.data;
      return { ...state, spend, budgets, status, lastCall: latest(recentCalls) };
    }
    case "spend":
      return { ...state, spend: event.data };
    case "call":
      return { ...state, lastCall: latest(event.data.calls) ?? state.lastCall };
    case "budget":
      return { ...state, budgets: event.data.budgets };
    case "health":
      return { ...state, status: event.data };
    default: {
      // A newer daemon of the same protocol may say more than this version knows.
      event satisfies never;
      return state;
    }
  }
}

function latest(calls: readonly Call[]): Call | null {
  let last: Call | null = null;
  for (const call of calls) if (last === null || call.startedAt >= last.startedAt) last = call;
  return last;
}

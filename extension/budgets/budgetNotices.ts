import type { BudgetState } from "../../shared/budgets.ts";
import type { LiveEvent } from "../../shared/live.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";

/** One threshold of one budget that was reached in its current period, and that this window is to tell of. */
export interface BudgetNotice {
  budget: BudgetState;
  threshold: number;
}

export interface BudgetNotices {
  /** Takes every live event; tells of what was reached, once across all windows and per period. */
  take(event: LiveEvent): Promise<void>;
}

/**
 * A threshold reached while no window was open is told by the first one that opens, since every connection begins with the
 * budgets' state. Of budgets that the user has silenced nothing is told.
 */
export function createBudgetNotices(link: DaemonLink, tell: (notice: BudgetNotice) => void): BudgetNotices {
  const asked = new Set<string>();

  const claim = async (budget: BudgetState, threshold: number, periodStart: string) => {
    const key = JSON.stringify([budget.id, periodStart, threshold, budget.limitUsd]);
    if (asked.has(key) || budget.muted) return;
    asked.add(key);
    try {
      const request = { id: budget.id, body: { periodStart, threshold } };
      const { claimed } = await link.request("claimBudgetNotice", request);
      if (claimed) tell({ budget, threshold });
    } catch (error) {
      asked.delete(key);
      throw error;
    }
  };

  return {
    async take(event) {
      if (event.type === "snapshot") {
        for (const budget of event.data.budgets) {
          if (budget.reached !== null) await claim(budget, budget.reached, budget.periodStart);
        }
      } else if (event.type === "budget" && event.data.crossed !== null) {
        const { id, threshold, periodStart } = event.data.crossed;
        const budget = event.data.budgets.find((known) => known.id === id);
        if (budget !== undefined) await claim(budget, threshold, periodStart);
      }
    },
  };
}

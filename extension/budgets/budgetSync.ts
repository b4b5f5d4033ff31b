import type { BudgetInput } from "../../shared/budgets.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import { budgetChanges } from "./budgetSetting.ts";

/** Where it is remembered, across windows and restarts, what the setting held when it was last handed over. */
export interface AppliedBudgets {
  read(): BudgetInput[];
  write(budgets: BudgetInput[]): Promise<void>;
}

export interface BudgetSync {
  /**
   * Hands the setting's budgets to the daemon where the user has changed them since the last time; a budget set from the
   * command line stands until then. Rejects as `DaemonLink.request` does: what was not handed over is tried again.
   */
  apply(wanted: BudgetInput[]): Promise<void>;
}

export function createBudgetSync(link: DaemonLink, applied: AppliedBudgets): BudgetSync {
  let running: Promise<void> = Promise.resolve();
  const run = async (wanted: BudgetInput[]) => {
    const { set, removeIds } = budgetChanges(applied.read(), wanted);
    if (set.length === 0 && removeIds.length === 0) return;
    for (const budget of set) await link.request("setBudget", { body: budget });
    for (const id of removeIds) await link.request("removeBudget", { id });
    await applied.write(wanted);
  };
  return {
    apply(wanted) {
      // One after the other: two quick changes must not cross on the way.
      running = running.catch(() => {}).then(() => run(wanted));
      return running;
    },
  };
}

import type * as vscode from "vscode";
import { entryOf, parseBudgets } from "./budgetSetting.ts";
import type { AppliedBudgets } from "./budgetSync.ts";

const APPLIED_KEY = "budgets.appliedByPlace";
/** Containers come and go: of places that were not used for long nothing has to be known. */
const MOST_PLACES = 20;

/**
 * Remembers what the setting held when it was last in step, for all windows of this editor. The setting is one for all
 * machines that the editor works on, the daemons are not: each `place` has its own.
 */
export function createBudgetMemory(state: vscode.Memento, place: string): AppliedBudgets {
  const places = (): [string, unknown][] => {
    const stored: unknown = state.get(APPLIED_KEY);
    return typeof stored === "object" && stored !== null ? Object.entries(stored) : [];
  };
  return {
    read: () => parseBudgets(places().find(([name]) => name === place)?.[1], []),
    async write(budgets) {
      const others = places().filter(([name]) => name !== place);
      const kept = [...others.slice(1 - MOST_PLACES), [place, budgets.map(entryOf)] as const];
      await state.update(APPLIED_KEY, Object.fromEntries(kept));
    },
  };
}

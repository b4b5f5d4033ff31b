import type * as vscode from "vscode";
import { parseBudgets } from "./budgetSetting.ts";
import type { AppliedBudgets } from "./budgetSync.ts";

const APPLIED_KEY = "budgets.applied";
const MUTED_KEY = "budgets.muted";

/** What is remembered of budgets on this machine, for all windows. */
export interface BudgetMemory {
  applied: AppliedBudgets;
  isMuted(budgetId: string): boolean;
  setMuted(budgetId: string, muted: boolean): Promise<void>;
}

export function createBudgetMemory(state: vscode.Memento): BudgetMemory {
  const muted = (): string[] => {
    const stored: unknown = state.get(MUTED_KEY);
    return Array.isArray(stored) ? stored.filter((id) => typeof id === "string") : [];
  };
  return {
    applied: {
      read: () => parseBudgets(asNumbers(state.get(APPLIED_KEY)), []),
      write: async (budgets) => state.update(APPLIED_KEY, budgets),
    },
    isMuted: (id) => muted().includes(id),
    async setMuted(id, mute) {
      const others = muted().filter((known) => known !== id);
      await state.update(MUTED_KEY, mute ? [...others, id] : others);
    },
  };
}

/** Stored budgets carry their limit as the wire does, as text; the setting's reader takes numbers. */
function asNumbers(stored: unknown): unknown {
  if (!Array.isArray(stored)) return undefined;
  return stored.map((entry: unknown) =>
    typeof entry === "object" && entry !== null && "limitUsd" in entry
      ? { ...entry, limitUsd: Number(entry.limitUsd) }
      : entry,
  );
}

import { type BudgetState, budgetId } from "../../shared/budgets.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import { type BudgetChanges, budgetChanges, byId } from "./budgetChanges.ts";
import { budgetKey, type SettingBudget, settingOf } from "./budgetSetting.ts";

/** Where it is remembered, across windows and restarts, what the setting held when it was last in step. */
export interface AppliedBudgets {
  read(): SettingBudget[];
  write(budgets: SettingBudget[]): Promise<void>;
}

/** The user's setting, to be written. */
export interface BudgetSettingFile {
  /** Resolves when this window is the one to write: the one in use does at once, others only where it did not. */
  turn(): Promise<void>;
  /** `null` removes the entry. Rejects where the file cannot be written. */
  follow(id: string, budget: SettingBudget | null): Promise<void>;
}

/** Keeps the setting and the daemon's budgets the same, whichever of them is changed. */
export interface BudgetSync {
  /** The setting says this, now or since the last time. Rejects as `DaemonLink.request` does; the next call tries again. */
  apply(wanted: SettingBudget[]): Promise<void>;
  /** The daemon says that it holds this; `first` where a connection begins. Rejects as `apply`. */
  told(budgets: readonly BudgetState[], first: boolean): Promise<void>;
}

export function createBudgetSync(
  link: DaemonLink,
  applied: AppliedBudgets,
  file: BudgetSettingFile,
): BudgetSync {
  let wanted: ReadonlyMap<string, SettingBudget> | null = null;
  /** Budgets that this connection has shown: one of them that is missing was removed. */
  const seen = new Set<string>();
  /** What the daemon held since setting and daemon were in step: where the setting comes to say so, a window has followed. */
  const heldMeanwhile = new Map<string, Set<string>>();
  /** What could not be written to the setting is not tried again with every call that is made. */
  const unwritable = new Map<string, string>();
  let running: Promise<void> = Promise.resolve();

  function inTurn(work: () => Promise<void>): Promise<void> {
    // One after the other: two quick changes must not cross on the way.
    running = running.catch(() => {}).then(work);
    return running;
  }

  function note(budgets: readonly BudgetState[]): void {
    for (const budget of budgets) {
      seen.add(budget.id);
      const said = wanted?.get(budget.id);
      if (said === undefined) continue;
      const key = budgetKey(settingOf(budget));
      if (key === budgetKey(said)) heldMeanwhile.delete(budget.id);
      else heldMeanwhile.set(budget.id, new Set(heldMeanwhile.get(budget.id)).add(key));
    }
  }

  function changesFor(budgets: readonly BudgetState[]): BudgetChanges {
    const said = wanted ?? new Map<string, SettingBudget>();
    const before = byId(applied.read());
    for (const [id, budget] of said) {
      if (heldMeanwhile.get(id)?.has(budgetKey(budget))) before.set(id, budget);
    }
    const changes = budgetChanges({ wanted: said, applied: before, held: byId(budgets) }, (id) =>
      seen.has(id),
    );
    for (const [id, budget] of changes.follow) {
      if (unwritable.get(id) === followKey(budget)) changes.follow.delete(id);
    }
    return changes;
  }

  async function reconcile(): Promise<void> {
    const { budgets } = await link.request("budgets", {});
    note(budgets);
    let changes = changesFor(budgets);
    if (changes.follow.size > 0) {
      await file.turn();
      // Another window may have written meanwhile: the setting says so by now.
      changes = changesFor(budgets);
    }
    const inStep = [...changes.applied];
    const failures: unknown[] = [];
    for (const [id, budget] of changes.follow) {
      try {
        await file.follow(id, budget);
        if (budget !== null) inStep.push(budget);
      } catch (error) {
        unwritable.set(id, followKey(budget));
        inStep.push(...applied.read().filter(({ period, scope }) => budgetId(period, scope) === id));
        failures.push(error);
      }
    }
    for (const budget of changes.set) {
      try {
        const { id } = await link.request("setBudget", { body: { ...budget, inSettings: true } });
        seen.add(id);
      } catch (error) {
        // One that is refused keeps no other from being set; it is tried again.
        inStep.splice(inStep.indexOf(budget), 1);
        failures.push(error);
      }
    }
    for (const id of changes.removeIds) await link.request("removeBudget", { id });
    if (JSON.stringify(applied.read()) !== JSON.stringify(inStep)) await applied.write(inStep);
    if (failures.length > 0) throw failures[0];
  }

  return {
    apply(budgets) {
      wanted = byId(budgets);
      unwritable.clear();
      return inTurn(reconcile);
    },
    async told(budgets, first) {
      if (first) seen.clear();
      if (wanted === null) return;
      note(budgets);
      const { set, removeIds, follow } = changesFor(budgets);
      // What was told may be old by the time it is looked at: it is asked for anew before anything is done.
      if (set.length + removeIds.length + follow.size > 0) await inTurn(reconcile);
    },
  };
}

function followKey(budget: SettingBudget | null): string {
  return budget === null ? "" : budgetKey(budget);
}

import { type Budget, budgetId } from "../../shared/budgets.ts";
import { budgetKey, type SettingBudget, settingOf } from "./budgetSetting.ts";

/** What there is to compare, each by budgets' ids. */
export interface BudgetSides {
  /** What the setting says now. */
  wanted: ReadonlyMap<string, SettingBudget>;
  /** What it said when it was last in step with the daemon. */
  applied: ReadonlyMap<string, SettingBudget>;
  /** What the daemon holds. */
  held: ReadonlyMap<string, Budget>;
}

/** What brings setting and daemon into step. */
export interface BudgetChanges {
  /** The user changed the setting: the daemon is told. */
  set: SettingBudget[];
  removeIds: string[];
  /** It was changed elsewhere: the setting follows; `null` removes the entry. */
  follow: Map<string, SettingBudget | null>;
  /** What the setting was in step with, after all of it. */
  applied: SettingBudget[];
}

/**
 * Whoever changed a budget last is right. That the setting changed shows by what it said before; that a budget changed
 * elsewhere, by the daemon's holding something else than the setting, which did not change. `wentAway` says of a budget
 * that this window saw it removed, or that the daemon remembers it was: one that merely is not there (a new store) is
 * handed over again, for it stands in the settings.
 */
export function budgetChanges(
  { wanted, applied, held }: BudgetSides,
  wentAway: (id: string) => boolean,
): BudgetChanges {
  const changes: BudgetChanges = { set: [], removeIds: [], follow: new Map(), applied: [] };
  for (const [id, budget] of wanted) {
    const key = budgetKey(budget);
    const before = applied.get(id);
    const there = held.get(id);
    const isSame = there !== undefined && budgetKey(settingOf(there)) === key;
    const byUser = before === undefined || budgetKey(before) !== key;
    const isElsewhere = !byUser && !isSame && (there !== undefined || wentAway(id));
    if (isElsewhere) {
      changes.follow.set(id, there === undefined ? null : settingOf(there));
    } else {
      changes.applied.push(budget);
      // One that says the same may not know yet that it stands in the settings.
      if (!isSame || there.inSettings !== true) changes.set.push(budget);
    }
  }
  for (const id of applied.keys()) {
    if (!wanted.has(id) && held.has(id)) changes.removeIds.push(id);
  }
  return changes;
}

export function byId<Value extends SettingBudget | Budget>(budgets: readonly Value[]): Map<string, Value> {
  return new Map(budgets.map((budget) => [budgetId(budget.period, budget.scope), budget]));
}

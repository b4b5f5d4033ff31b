import { type BudgetState, budgetId } from "../../shared/budgets.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import { budgetChanges, byId } from "./budgetChanges.ts";
import { budgetKey, type SettingBudget } from "./budgetSetting.ts";
import type { Leadership } from "./leadership.ts";

/** Where it is remembered, across windows and restarts, what the setting held when it was last in step. */
export interface AppliedBudgets {
  read(): Promise<SettingBudget[]>;
  write(budgets: SettingBudget[]): Promise<void>;
}

/** Keeps the setting and the daemon's budgets the same, whichever of them is changed. */
export interface BudgetSync {
  /** The setting says this, now or since the last time. Rejects as `DaemonLink.request` does; the next call tries again. */
  apply(wanted: SettingBudget[]): Promise<void>;
  /** The daemon says that it holds this; `first` where a connection begins. Rejects as `apply`. */
  told(budgets: readonly BudgetState[], first: boolean): Promise<void>;
}

export function createBudgetSync(options: {
  link: DaemonLink;
  applied: AppliedBudgets;
  /** Two windows that write the settings at once get into each other's way, and the user sees it. */
  leadership: Pick<Leadership, "leads">;
  /**
   * Writes the user's setting, in which the entry said `before`; `null` removes it. `false` where the entry says something
   * else by now. Rejects where it cannot be written.
   */
  follow(id: string, before: SettingBudget, after: SettingBudget | null): Promise<boolean>;
}): BudgetSync {
  const { link, applied, leadership, follow } = options;
  /** Another map whenever the setting says something else. */
  let wanted: Map<string, SettingBudget> | null = null;
  /** Budgets that this connection has shown: one of them that is missing was removed. */
  const seen = new Set<string>();
  /** What could not be written to the setting is not tried again with every call that is made. */
  const unwritable = new Map<string, string>();
  let running: Promise<void> = Promise.resolve();

  async function changesFor(all: readonly BudgetState[], removedIds: readonly string[] = []) {
    // The team's own stand in no setting, and have the periods and scopes that the developer's may have too.
    const budgets = all.filter(({ team }) => !team);
    for (const { id } of budgets) seen.add(id);
    const sides = { wanted: wanted ?? new Map(), applied: byId(await applied.read()), held: byId(budgets) };
    const changes = budgetChanges(sides, (id) => seen.has(id) || removedIds.includes(id));
    for (const [id, budget] of changes.follow) {
      if (unwritable.get(id) === followKey(budget)) changes.follow.delete(id);
    }
    return changes;
  }

  async function reconcile(): Promise<void> {
    if (!(await leadership.leads())) return;
    // What was told may be old by the time it is looked at: it is asked for anew before anything is done.
    const { budgets, removedIds } = await link.request("budgets", {});
    const before = await applied.read();
    const changes = await changesFor(budgets, removedIds);
    const inStep = [...changes.applied];
    const failures: unknown[] = [];
    const said = wanted;
    for (const [id, after] of changes.follow) {
      const entry = said?.get(id);
      if (entry === undefined) continue;
      try {
        // Where the user changed the entry meanwhile, that comes as a change of the setting.
        if (!(await follow(id, entry, after))) continue;
        // That the setting says so now may be heard of later: until then it is no change of the user's.
        if (after === null) said?.delete(id);
        else said?.set(id, after);
        if (after !== null) inStep.push(after);
      } catch (error) {
        unwritable.set(id, followKey(after));
        inStep.push(...before.filter(({ period, scope }) => budgetId(period, scope) === id));
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
    if (JSON.stringify(before) !== JSON.stringify(inStep)) await applied.write(inStep);
    if (failures.length > 0) throw failures[0];
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    // One after the other: two quick changes must not cross on the way.
    running = running.catch(() => {}).then(work);
    return running;
  }

  return {
    apply(budgets) {
      wanted = byId(budgets);
      unwritable.clear();
      return inTurn(reconcile);
    },
    async told(budgets, first) {
      if (first) seen.clear();
      if (wanted === null || wanted.size === 0) return;
      const { set, removeIds, follow: followed } = await changesFor(budgets);
      if (set.length + removeIds.length + followed.size > 0) await inTurn(reconcile);
    },
  };
}

function followKey(budget: SettingBudget | null): string {
  return budget === null ? "" : budgetKey(budget);
}

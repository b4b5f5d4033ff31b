import type { Budget, BudgetPeriod } from "../../shared/budgets.ts";
import type { Dimension } from "../../shared/dimensions.ts";
import { decimalToNanoUsd, nanoUsdToDecimal } from "../../shared/money.ts";
import type { Database } from "./database.ts";
import { StoreInputError } from "./store.ts";

interface BudgetRow {
  id: string;
  period: string;
  scope_dimension: string | null;
  scope_value: string | null;
  limit_nano_usd: number;
  thresholds: string;
  hard_stop: number;
  in_settings: number;
  muted: number;
}

export function readBudgets(database: Database): Budget[] {
  return database.all<BudgetRow>("SELECT * FROM budgets ORDER BY id").map((row) => ({
    id: row.id,
    period: row.period as BudgetPeriod,
    scope:
      row.scope_dimension === null || row.scope_value === null
        ? null
        : { dimension: row.scope_dimension as Dimension, value: row.scope_value },
    limitUsd: nanoUsdToDecimal(row.limit_nano_usd),
    thresholds: JSON.parse(row.thresholds) as number[],
    ...(row.hard_stop === 1 ? { hardStop: true } : {}),
    ...(row.in_settings === 1 ? { inSettings: true } : {}),
    ...(row.muted === 1 ? { muted: true } : {}),
  }));
}

/** Inserts the budget, or replaces the one with its id. */
export function writeBudget(database: Database, budget: Budget): void {
  const limitNanoUsd = decimalToNanoUsd(budget.limitUsd);
  if (limitNanoUsd === null) throw new StoreInputError("limitUsd", "is not an amount in USD");
  database.transaction(() => {
    database.run("DELETE FROM removed_budgets WHERE id = ?", [budget.id]);
    database.run(
      `INSERT OR REPLACE INTO budgets
         (id, period, scope_dimension, scope_value, limit_nano_usd, thresholds, hard_stop, in_settings, muted)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        budget.id,
        budget.period,
        budget.scope?.dimension ?? null,
        budget.scope?.value ?? null,
        limitNanoUsd,
        JSON.stringify(budget.thresholds),
        budget.hardStop === true ? 1 : 0,
        budget.inSettings === true ? 1 : 0,
        budget.muted === true ? 1 : 0,
      ],
    );
  });
}

/** Ids of budgets that stood in an editor's settings, were removed, and have not been set again. */
export function readRemovedBudgets(database: Database): string[] {
  return database.all<{ id: string }>("SELECT id FROM removed_budgets ORDER BY id").map(({ id }) => id);
}

/**
 * With it go its notices: a budget set anew may warn again. One that stands in an editor's settings is remembered, for
 * they may hear of it only when the editor is next opened. Answers whether there was one.
 */
export function deleteBudget(database: Database, id: string): boolean {
  return database.transaction(() => {
    database.run("DELETE FROM budget_notices WHERE budget_id = ?", [id]);
    database.run(
      "INSERT OR IGNORE INTO removed_budgets (id) SELECT id FROM budgets WHERE id = ? AND in_settings = 1",
      [id],
    );
    return database.run("DELETE FROM budgets WHERE id = ?", [id]) > 0;
  });
}

export function claimNotice(database: Database, id: string, periodStart: string, threshold: number): boolean {
  const claimed = database.run(
    "INSERT OR IGNORE INTO budget_notices (budget_id, period_start, threshold) VALUES (?, ?, ?)",
    [id, periodStart, threshold],
  );
  return claimed > 0;
}

export function forgetNotices(database: Database, id: string, abovePercent: number): void {
  database.run("DELETE FROM budget_notices WHERE budget_id = ? AND threshold > ?", [id, abovePercent]);
}

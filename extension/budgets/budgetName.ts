import type { Budget, BudgetPeriod } from "../../shared/budgets.ts";
import type { Language } from "../language.ts";

/** How a budget is called in a sentence or a table. Not escaped: a scope's value comes from outside. */
export function budgetName({ period, scope }: Pick<Budget, "period" | "scope">, language: Language): string {
  const name = periodBudgetName(period, language);
  return scope === null ? name : language.l10n.t("{0}, {1} {2}", name, scope.dimension, scope.value);
}

export function periodBudgetName(period: BudgetPeriod, { l10n }: Language): string {
  switch (period) {
    case "day":
      return l10n.t("Daily budget");
    case "week":
      return l10n.t("Weekly budget");
    case "month":
      return l10n.t("Monthly budget");
    default:
      return period satisfies never;
  }
}

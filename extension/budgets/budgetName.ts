import type { Budget, BudgetPeriod, BudgetState } from "../../shared/budgets.ts";
import { amount, knownLocale, type Language } from "../language.ts";
import { dimensionName } from "../reports/dimensionNames.ts";

/** How a budget is called in a sentence or a table. Not escaped: a scope's value comes from outside. */
export function budgetName({ period, scope }: Pick<Budget, "period" | "scope">, language: Language): string {
  const name = periodBudgetName(period, language);
  if (scope === null) return name;
  const value = scope.dimension === "workspace" ? folderName(scope.value) : scope.value;
  return language.l10n.t("{0} ({1} {2})", name, dimensionName(scope.dimension, language), value);
}

/** The last part of a path, whichever way its slashes lean. */
function folderName(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
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

/** "At this pace November ends at $41.00.", or that it is too early to say. */
export function paceSentence(budget: BudgetState, language: Language): string {
  const { l10n } = language;
  const period = periodInSentence(budget, language);
  if (budget.projectedUsd === null) return l10n.t("Too early to say what {0} ends at.", period);
  const least = budget.blindCalls > 0 ? "≥ " : "";
  return l10n.t("At this pace {0} ends at {1}.", period, `${least}${amount(language, budget.projectedUsd)}`);
}

function periodInSentence({ period, periodStart }: BudgetState, { l10n, locale }: Language): string {
  switch (period) {
    case "day":
      return l10n.t("today");
    case "week":
      return l10n.t("this week");
    case "month":
      // A month begins at midnight of the daemon's time zone, which is that of this extension's host.
      return new Date(periodStart).toLocaleString(knownLocale(locale), { month: "long" });
    default:
      return period satisfies never;
  }
}

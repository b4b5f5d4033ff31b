import type { Budget, BudgetPeriod } from "../../shared/budgets.ts";
import type { Language } from "../language.ts";
import { dimensionName } from "../reports/dimensionNames.ts";

/** How a budget is called in a sentence or a table. Not escaped: a scope's value comes from outside. */
export function budgetName(
  { period, scope, team }: Pick<Budget, "period" | "scope" | "team">,
  language: Language,
): string {
  const own = periodBudgetName(period, language);
  const name = team ? language.l10n.t("{0} of the team", own) : own;
  if (scope === null) return name;
  const value = scope.dimension === "workspace" ? folderName(scope.value) : scope.value;
  const isProject = team && scope.dimension === "workspace";
  const dimension = isProject ? language.l10n.t("Project") : dimensionName(scope.dimension, language);
  return language.l10n.t("{0} ({1} {2})", name, dimension, value);
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

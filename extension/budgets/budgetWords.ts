import type { BudgetState } from "../../shared/budgets.ts";
import { amount, count, knownLocale, type Language, percentage } from "../language.ts";
import { budgetName } from "./budgetName.ts";
import type { BudgetNotice } from "./budgetNotices.ts";

/** What a notice says. */
export function budgetSentence({ budget, threshold }: BudgetNotice, language: Language): string {
  const { l10n } = language;
  const name = budgetName(budget, language);
  const spent = amount(language, budget.spentUsd);
  const limit = amount(language, budget.limitUsd);
  const percent = percentage(language, threshold);
  const sentences = [
    threshold >= 100
      ? l10n.t("{0}: the limit of {1} is used up, {2} spent.", name, limit, spent)
      : l10n.t("{0}: {1} of {2} is used up, {3} spent.", name, percent, limit, spent),
    ...(threshold >= 100 && budget.hardStop ? [l10n.t("Further calls are stopped in your apps.")] : []),
    ...blindSentence(budget, language),
  ];
  return sentences.join(" ");
}

/** How far the budget is blind, where it is. */
export function blindSentence({ blindCalls }: BudgetState, language: Language): string[] {
  const { l10n } = language;
  if (blindCalls === 0) return [];
  return blindCalls === 1
    ? [l10n.t("1 call without a full price is not in it.")]
    : [l10n.t("{0} calls without a full price are not in it.", count(language, blindCalls))];
}

/** "At this pace November ends at $41.00.", or that it is too early to say; empty where nothing is spent. */
export function paceSentence(budget: BudgetState, language: Language): string {
  const { l10n } = language;
  if (Number(budget.spentUsd) === 0) return "";
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

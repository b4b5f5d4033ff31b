import type { BudgetState } from "../../shared/budgets.ts";
import { budgetName } from "../budgets/budgetName.ts";
import { blindSentence, paceSentence } from "../budgets/budgetWords.ts";
import { amount, type Language, percentage } from "../language.ts";
import { escapeMarkdown, markdownTable } from "../markdown.ts";

const amountColumns = new Set([1, 2, 3]);

/** Budgets as they stand now, as a part of a report; nothing where there is none. */
export function budgetsMarkdown(budgets: readonly BudgetState[], language: Language): string[] {
  if (budgets.length === 0) return [];
  const { l10n } = language;
  const header = [l10n.t("Budget"), l10n.t("Spend"), l10n.t("Limit"), l10n.t("Used"), ""].map(escapeMarkdown);
  const rows = budgets.map((budget) => [
    escapeMarkdown(budgetName(budget, language)),
    escapeMarkdown(amount(language, budget.spentUsd)),
    escapeMarkdown(amount(language, budget.limitUsd)),
    escapeMarkdown(percentage(language, budget.percent)),
    escapeMarkdown(
      [
        paceSentence(budget, language),
        ...(budget.hardStop ? [l10n.t("Hard stop.")] : []),
        ...blindSentence(budget, language),
      ]
        .filter((sentence) => sentence !== "")
        .join(" "),
    ),
  ]);
  return [`## ${escapeMarkdown(l10n.t("Budgets"))}`, markdownTable(header, rows, amountColumns)];
}

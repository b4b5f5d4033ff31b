import * as vscode from "vscode";
import { commands } from "../contributions.ts";
import { amount, type Language, percentage } from "../language.ts";
import { budgetName } from "./budgetName.ts";
import type { BudgetNotice } from "./budgetNotices.ts";

/** From this share of a budget on a notice is a warning; below it is for information. */
const WARNING_PERCENT = 80;

export function budgetSentence({ budget, threshold }: BudgetNotice, language: Language): string {
  const { l10n } = language;
  const name = budgetName(budget, language);
  const spent = amount(language, budget.spentUsd);
  const limit = amount(language, budget.limitUsd);
  const percent = percentage(language, threshold);
  const blind =
    budget.blindCalls === 0
      ? ""
      : ` ${l10n.t("{0} calls without a full price are not in it.", budget.blindCalls)}`;
  return threshold >= 100
    ? l10n.t("{0}: the limit of {1} is used up, {2} spent.", name, limit, spent) + blind
    : l10n.t("{0}: {1} of {2} is used up, {3} spent.", name, percent, limit, spent) + blind;
}

/** Shows the notice; `mute` is called where the user wants no more of this budget. */
export async function warnOfBudget(
  notice: BudgetNotice,
  language: Language,
  mute: (budgetId: string) => Promise<void>,
): Promise<void> {
  const open = vscode.l10n.t("Open Dashboard");
  const raise = vscode.l10n.t("Raise…");
  const never = vscode.l10n.t("Don't Show Again");
  const sentence = budgetSentence(notice, language);
  const show =
    notice.threshold >= WARNING_PERCENT
      ? vscode.window.showWarningMessage
      : vscode.window.showInformationMessage;
  const chosen = await show(sentence, open, raise, never);
  if (chosen === open) await vscode.commands.executeCommand(commands.openDashboard);
  if (chosen === raise) await vscode.commands.executeCommand(commands.setBudget, notice.budget.id);
  if (chosen === never) await mute(notice.budget.id);
}

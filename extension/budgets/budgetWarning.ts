import * as vscode from "vscode";
import type { BudgetState } from "../../shared/budgets.ts";
import { commands } from "../contributions.ts";
import { amount, count, type Language, percentage } from "../language.ts";
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

export interface WarningActions {
  raise(budget: BudgetState): Promise<void>;
  /** Whether its notices are wanted from now on. */
  setMuted(budget: BudgetState, muted: boolean): Promise<void>;
}

/** Shows the notice, and does what the user chooses of it. */
export async function warnOfBudget(
  notice: BudgetNotice,
  language: Language,
  actions: WarningActions,
): Promise<void> {
  const { t } = vscode.l10n;
  const { budget } = notice;
  const open = vscode.l10n.t("Open");
  const raise = vscode.l10n.t("Raise…");
  const prices = vscode.l10n.t("Show Unpriced Models");
  const never = vscode.l10n.t("Don't Show Again");
  const choices = [open, raise, ...(budget.blindCalls > 0 ? [prices] : []), never];
  const show =
    notice.threshold >= WARNING_PERCENT
      ? vscode.window.showWarningMessage
      : vscode.window.showInformationMessage;
  const chosen = await show(budgetSentence(notice, language), ...choices);
  if (chosen === open) await vscode.commands.executeCommand(commands.openDashboard);
  if (chosen === raise) await actions.raise(budget);
  if (chosen === prices) await vscode.commands.executeCommand(commands.showUnpricedModels);
  if (chosen !== never) return;
  await actions.setMuted(budget, true);
  const undo = vscode.l10n.t("Undo");
  const words = t(
    "{0}: no more warnings. The command “Set Budget…” and the dashboard switch them on again.",
    budgetName(budget, language),
  );
  if ((await vscode.window.showInformationMessage(words, undo)) === undo) {
    await actions.setMuted(budget, false);
  }
}

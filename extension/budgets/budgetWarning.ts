import * as vscode from "vscode";
import type { BudgetState } from "../../shared/budgets.ts";
import { commands } from "../contributions.ts";
import type { Language } from "../language.ts";
import { budgetName } from "./budgetName.ts";
import type { BudgetNotice } from "./budgetNotices.ts";
import { budgetSentence } from "./budgetWords.ts";

/** From this share of a budget on a notice is a warning; below it is for information. */
const WARNING_PERCENT = 80;

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
  const { budget } = notice;
  const open = vscode.l10n.t("Open");
  const raise = vscode.l10n.t("Raise…");
  const prices = vscode.l10n.t("Set Price…");
  const never = vscode.l10n.t("Don't Show Again");
  const choices = [open, raise, ...(budget.blindCalls > 0 ? [prices] : []), never];
  const show =
    notice.threshold >= WARNING_PERCENT
      ? vscode.window.showWarningMessage
      : vscode.window.showInformationMessage;
  const chosen = await show(budgetSentence(notice, language), ...choices);
  if (chosen === open) await vscode.commands.executeCommand(commands.openDashboard);
  if (chosen === raise) await actions.raise(budget);
  if (chosen === prices) await vscode.commands.executeCommand(commands.setPrice);
  if (chosen !== never) return;
  await actions.setMuted(budget, true);
  const undo = vscode.l10n.t("Undo");
  const words = vscode.l10n.t(
    "{0}: no more warnings. The command “Set Budget…” and the dashboard switch them on again.",
    budgetName(budget, language),
  );
  if ((await vscode.window.showInformationMessage(words, undo)) === undo) {
    await actions.setMuted(budget, false);
  }
}

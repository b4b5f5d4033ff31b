import * as vscode from "vscode";
import type { BudgetPeriod, BudgetScope, BudgetState } from "../../shared/budgets.ts";
import { amount, type Language, percentage } from "../language.ts";
import { budgetName } from "./budgetName.ts";
import { parseLimit, readThresholds } from "./budgetSetting.ts";
import { blindSentence, paceSentence } from "./budgetWords.ts";
import { type RaiseSuggestion, raiseSuggestions } from "./raiseSuggestions.ts";

/** A budget in a list: where it stands, and below it where it leads and what is special about it. */
export function budgetItem(budget: BudgetState, language: Language): vscode.QuickPickItem {
  const { l10n } = language;
  const spent = amount(language, budget.spentUsd);
  const limit = amount(language, budget.limitUsd);
  const percent = percentage(language, budget.percent);
  return {
    label: budgetName(budget, language),
    description: l10n.t("{0} of {1} ({2})", spent, limit, percent),
    detail: [
      paceSentence(budget, language),
      ...(budget.hardStop ? [l10n.t("Hard stop.")] : []),
      ...(budget.muted ? [l10n.t("Warnings off.")] : []),
      ...blindSentence(budget, language),
    ]
      .filter((sentence) => sentence !== "")
      .join(" "),
  };
}

export async function askLimit(
  target: { period: BudgetPeriod; scope: BudgetScope | null; limitUsd?: string },
  language: Language,
): Promise<string | undefined> {
  const { l10n } = language;
  const typed = await vscode.window.showInputBox({
    title: budgetName(target, language),
    prompt: l10n.t("Limit in US dollars"),
    placeHolder: "5.00",
    ...(target.limitUsd === undefined ? {} : { value: target.limitUsd }),
    validateInput: (text) =>
      parseLimit(text) === null
        ? l10n.t("An amount above 0 in US dollars, such as 0.50 or 1000.")
        : undefined,
  });
  return typed === undefined ? undefined : (parseLimit(typed) ?? undefined);
}

/** Percentages, rising. */
export async function askThresholds(budget: BudgetState, language: Language): Promise<number[] | undefined> {
  const { l10n } = language;
  const typed = await vscode.window.showInputBox({
    title: budgetName(budget, language),
    prompt: l10n.t("Percentages of the limit at which you are warned"),
    value: budget.thresholds.join(", "),
    validateInput: (text) =>
      readThresholds(text) === null ? l10n.t("Percentages above 0, such as 50, 80, 100.") : undefined,
  });
  return typed === undefined ? undefined : (readThresholds(typed) ?? undefined);
}

/** A new, higher limit: one of those that suggest themselves, or whatever is typed. */
export async function askRaise(budget: BudgetState, language: Language): Promise<string | undefined> {
  const { l10n } = language;
  const item = ({ limitUsd, why }: RaiseSuggestion) => ({
    label: amount(language, limitUsd),
    description: reasonName(why, language),
    limitUsd,
  });
  const suggested = raiseSuggestions(budget).map(item);
  const box = vscode.window.createQuickPick<vscode.QuickPickItem & { limitUsd: string }>();
  box.title = l10n.t("Raise: {0}", budgetName(budget, language));
  box.placeholder = l10n.t("A new limit in US dollars; it is {0}", amount(language, budget.limitUsd));
  box.items = suggested;
  box.onDidChangeValue((text) => {
    const limitUsd = parseLimit(text);
    // What is typed stands alone: Enter must not take a suggestion for it.
    const typed = {
      label: text,
      description: l10n.t("as typed"),
      limitUsd: limitUsd ?? "",
      alwaysShow: true,
    };
    box.items = limitUsd === null ? suggested : [typed];
  });
  try {
    return await new Promise((resolve) => {
      // A list that is typed into and left at once may not have caught up.
      box.onDidAccept(() => resolve(parseLimit(box.value) ?? box.activeItems[0]?.limitUsd));
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    box.dispose();
  }
}

function reasonName(why: RaiseSuggestion["why"], { l10n }: Language): string {
  switch (why) {
    case "a little more":
      return l10n.t("a little more");
    case "twice as much":
      return l10n.t("twice as much");
    case "enough at this pace":
      return l10n.t("enough at this pace");
    default:
      return why satisfies never;
  }
}

/** Whether calls are to be stopped, asked once and in full words. */
export async function confirmHardStop(budget: BudgetState, language: Language): Promise<boolean> {
  const { l10n } = language;
  const yes = l10n.t("Switch On");
  const chosen = await vscode.window.showWarningMessage(
    l10n.t("Switch on the hard stop of “{0}”?", budgetName(budget, language)),
    {
      modal: true,
      detail: l10n.t(
        "Calls that may go over {0} are then stopped inside your apps, before they leave: your code gets a BudgetExceededError in place of an answer.",
        amount(language, budget.limitUsd),
      ),
    },
    yes,
  );
  return chosen === yes;
}

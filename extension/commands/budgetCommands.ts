import * as vscode from "vscode";
import {
  type BudgetPeriod,
  type BudgetScope,
  type BudgetState,
  budgetPeriods,
} from "../../shared/budgets.ts";
import { budgetName, periodBudgetName } from "../budgets/budgetName.ts";
import { parseLimit } from "../budgets/budgetSetting.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import { amount, type Language, percentage } from "../language.ts";
import type { CommandHandlers } from "./commandHandlers.ts";
import { pick } from "./pick.ts";

export interface BudgetCommandsOptions {
  link: DaemonLink;
  language: Language;
  /** The user set or removed this budget here: a setting that names it must say the same. */
  changed(budget: { id: string; period: BudgetPeriod; limitUsd: string | null }): Promise<void>;
}

export function budgetCommands(
  options: BudgetCommandsOptions,
): Pick<CommandHandlers, "setBudget" | "removeBudget"> {
  const { link, language, changed } = options;
  const { l10n } = language;
  return {
    /** With the id of a budget (the notice's "Raise…") the question which one is skipped. */
    async setBudget(wantedId) {
      const { budgets } = await link.request("budgets", {});
      const known = budgets.find(({ id }) => id === wantedId) ?? (await pickTarget(budgets, language));
      if (known === undefined) return;
      const limitUsd = await askLimit(known, language);
      if (limitUsd === undefined) return;
      const { period, scope } = known;
      const thresholds = "thresholds" in known ? { thresholds: known.thresholds } : {};
      const state = await link.request("setBudget", { body: { period, scope, limitUsd, ...thresholds } });
      await changed({ id: state.id, period, limitUsd: scope === null ? limitUsd : null });
      const spent = amount(language, state.spentUsd);
      void vscode.window.showInformationMessage(
        l10n.t(
          "{0}: {1}. Spent so far: {2}.",
          budgetName(state, language),
          amount(language, limitUsd),
          spent,
        ),
      );
    },
    async removeBudget() {
      const { budgets } = await link.request("budgets", {});
      if (budgets.length === 0) {
        void vscode.window.showInformationMessage(l10n.t("There is no budget."));
        return;
      }
      const present = (budget: BudgetState) => budgetItem(budget, language);
      const chosen = await pick(budgets, present, l10n.t("Which budget is to be removed?"));
      if (chosen === undefined) return;
      await link.request("removeBudget", { id: chosen.id });
      if (chosen.scope === null) await changed({ id: chosen.id, period: chosen.period, limitUsd: null });
    },
  };
}

type Target = BudgetState | { period: BudgetPeriod; scope: null };

/** The budgets there are, and the plain ones there could be. */
async function pickTarget(budgets: readonly BudgetState[], language: Language): Promise<Target | undefined> {
  const taken = new Set(budgets.filter(({ scope }) => scope === null).map(({ period }) => period));
  const free = budgetPeriods.filter((period) => !taken.has(period));
  const targets: Target[] = [...budgets, ...free.map((period) => ({ period, scope: null }))];
  const { l10n } = language;
  return pick(
    targets,
    (target) =>
      "id" in target
        ? budgetItem(target, language)
        : { label: periodBudgetName(target.period, language), description: l10n.t("not set") },
    l10n.t("Which budget is to be set?"),
  );
}

function budgetItem(budget: BudgetState, language: Language): vscode.QuickPickItem {
  const spent = amount(language, budget.spentUsd);
  const limit = amount(language, budget.limitUsd);
  const percent = percentage(language, budget.percent);
  return {
    label: budgetName(budget, language),
    description: language.l10n.t("{0} of {1} ({2})", spent, limit, percent),
  };
}

async function askLimit(
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
      parseLimit(text) === null ? l10n.t("An amount above 0 in US dollars, such as 5 or 0.50.") : undefined,
  });
  return typed === undefined ? undefined : (parseLimit(typed) ?? undefined);
}

import * as vscode from "vscode";
import {
  type BudgetPeriod,
  type BudgetScope,
  type BudgetState,
  budgetId,
  budgetPeriods,
} from "../../shared/budgets.ts";
import { budgetName, periodBudgetName } from "../budgets/budgetName.ts";
import { askLimit, askThresholds, budgetItem, confirmHardStop } from "../budgets/budgetQuestions.ts";
import { canStop } from "../budgets/budgetSetting.ts";
import { changeBudget } from "../budgets/budgets.ts";
import { blindSentence } from "../budgets/budgetWords.ts";
import { askScope } from "../budgets/scopeQuestions.ts";
import { commands } from "../contributions.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import { amount, type Language, percentage } from "../language.ts";
import type { CommandHandlers } from "./commandHandlers.ts";
import { pick } from "./pick.ts";

export interface BudgetCommandsOptions {
  link: DaemonLink;
  language: Language;
  workspaceFolders(): readonly string[];
}

export function budgetCommands(
  options: BudgetCommandsOptions,
): Pick<CommandHandlers, "setBudget" | "removeBudget"> {
  const { link, language, workspaceFolders } = options;
  const { l10n } = language;

  async function setNew(period: BudgetPeriod, scope: BudgetScope | null): Promise<void> {
    const limitUsd = await askLimit({ period, scope }, language);
    if (limitUsd === undefined) return;
    sayStanding(await link.request("setBudget", { body: { period, scope, limitUsd } }), language);
  }

  return {
    /** With the id of a budget the question which one is skipped. */
    async setBudget(wantedId) {
      const { budgets } = await link.request("budgets", {});
      const target = budgets.find(({ id }) => id === wantedId) ?? (await pickTarget(budgets, language));
      if (target === undefined) return;
      if ("id" in target) return changeKnown(target, link, language);
      if (target.scope === null) return setNew(target.period, null);
      const scope = await askScope(link, workspaceFolders(), language);
      if (scope === undefined) return;
      const period = await pickPeriod(language);
      if (period === undefined) return;
      const known = budgets.find(({ id }) => id === budgetId(period, scope));
      return known === undefined ? setNew(period, scope) : changeKnown(known, link, language);
    },
    async removeBudget() {
      const { budgets } = await link.request("budgets", {});
      if (budgets.length === 0) {
        void vscode.window.showInformationMessage(l10n.t("There is no budget."));
        return;
      }
      const present = (budget: BudgetState) => budgetItem(budget, language);
      const chosen = await pick(budgets, present, l10n.t("Which budget is to be removed?"));
      if (chosen !== undefined) await remove(chosen, link, language);
    },
  };
}

type Target = BudgetState | { period: BudgetPeriod; scope: null } | { scope: "to be asked" };

/** The budgets there are, the plain ones there could be, and one for a part of the spend. */
async function pickTarget(budgets: readonly BudgetState[], language: Language): Promise<Target | undefined> {
  const taken = new Set(
    budgets.filter(({ scope, team }) => scope === null && !team).map(({ period }) => period),
  );
  const free = budgetPeriods.filter((period) => !taken.has(period));
  const { l10n } = language;
  return pick<Target>(
    [...budgets, ...free.map((period) => ({ period, scope: null })), { scope: "to be asked" }],
    (target) => {
      if ("id" in target) return budgetItem(target, language);
      return target.scope === null
        ? { label: periodBudgetName(target.period, language), description: l10n.t("not set") }
        : { label: l10n.t("For a source, a model, a label…"), description: l10n.t("a new budget") };
    },
    l10n.t("Which budget is to be set?"),
  );
}

function pickPeriod(language: Language): Promise<BudgetPeriod | undefined> {
  return pick(
    budgetPeriods,
    (period) => ({ label: periodBudgetName(period, language) }),
    language.l10n.t("For what period?"),
  );
}

type Change = "limit" | "thresholds" | "hardStop" | "muted" | "prices" | "remove";

/** What can be done with a budget that is there, and doing it. */
async function changeKnown(budget: BudgetState, link: DaemonLink, language: Language): Promise<void> {
  const changes: Change[] = [
    "limit",
    "thresholds",
    ...(!budget.team && canStop(budget.scope) ? (["hardStop"] as const) : []),
    "muted",
    ...(budget.blindCalls > 0 ? (["prices"] as const) : []),
    "remove",
  ];
  const present = (change: Change) => changeItem(change, budget, language);
  const chosen = await pick(changes, present, budgetName(budget, language));
  switch (chosen) {
    case undefined:
      return;
    case "limit": {
      const limitUsd = await askLimit(budget, language);
      if (limitUsd !== undefined) sayStanding(await changeBudget(link, budget, { limitUsd }), language);
      return;
    }
    case "thresholds": {
      const thresholds = await askThresholds(budget, language);
      if (thresholds !== undefined) await changeBudget(link, budget, { thresholds });
      return;
    }
    case "hardStop": {
      const hardStop = !budget.hardStop;
      if (hardStop && !(await confirmHardStop(budget, language))) return;
      await changeBudget(link, budget, { hardStop });
      return;
    }
    case "muted":
      await changeBudget(link, budget, { muted: !budget.muted });
      return;
    case "prices":
      await vscode.commands.executeCommand(commands.setPrice);
      return;
    case "remove":
      await remove(budget, link, language);
      return;
    default:
      return chosen satisfies never;
  }
}

async function remove(budget: BudgetState, link: DaemonLink, language: Language): Promise<void> {
  await link.request("removeBudget", { id: budget.id });
  void vscode.window.showInformationMessage(
    language.l10n.t(
      "{0} of {1} is removed.",
      budgetName(budget, language),
      amount(language, budget.limitUsd),
    ),
  );
}

function changeItem(change: Change, budget: BudgetState, language: Language): vscode.QuickPickItem {
  const { l10n } = language;
  switch (change) {
    case "limit":
      return {
        label: `$(edit) ${l10n.t("Change the Limit…")}`,
        description: amount(language, budget.limitUsd),
      };
    case "thresholds":
      return {
        label: `$(bell-dot) ${l10n.t("Warn At…")}`,
        description: budget.thresholds.map((threshold) => percentage(language, threshold)).join(", "),
      };
    case "hardStop":
      return budget.hardStop
        ? {
            label: `$(pass-filled) ${l10n.t("Switch Hard Stop Off")}`,
            description: l10n.t("on: calls over it do not leave"),
          }
        : {
            label: `$(circle-large-outline) ${l10n.t("Switch Hard Stop On…")}`,
            description: l10n.t("off: it only warns"),
          };
    case "muted":
      return budget.muted
        ? { label: `$(bell) ${l10n.t("Warn Again")}`, description: l10n.t("its warnings are off") }
        : { label: `$(bell-slash) ${l10n.t("Warn No More")}` };
    case "prices":
      return {
        label: `$(question) ${l10n.t("Set Price…")}`,
        description: blindSentence(budget, language).join(" "),
      };
    case "remove":
      return { label: `$(trash) ${l10n.t("Remove")}` };
    default:
      return change satisfies never;
  }
}

function sayStanding(budget: BudgetState, language: Language): void {
  const name = budgetName(budget, language);
  const limit = amount(language, budget.limitUsd);
  const spent = amount(language, budget.spentUsd);
  void vscode.window.showInformationMessage(
    language.l10n.t("{0}: {1}. Spent so far: {2}.", name, limit, spent),
  );
}

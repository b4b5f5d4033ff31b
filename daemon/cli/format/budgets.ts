import type { BudgetState } from "../../../shared/budgets.ts";
import { formatUsd } from "../../../shared/money.ts";
import { counted } from "./numbers.ts";
import { renderTable } from "./table.ts";
import { plainText } from "./text.ts";
import type { Theme } from "./theme.ts";

export function scopeText({ scope, team }: BudgetState): string {
  if (scope === null) return team ? "the whole team" : "everything";
  const dimension = team && scope.dimension === "workspace" ? "project" : scope.dimension;
  return plainText(`${dimension} ${scope.value}${team ? " of the team" : ""}`);
}

/** Percent of a budget, rounded down: 100 % is said only of a budget that is spent. */
export function percentText(percent: number): string {
  return `${Math.floor(percent)} %`;
}

/** Marks text by how far a budget is spent: nothing below its first threshold, bad at 100 %. */
export function budgetMark({ percent, reached }: BudgetState, theme: Theme): (text: string) => string {
  if (percent >= 100) return theme.bad;
  return reached === null ? (text) => text : theme.warning;
}

/** Marks a projection that is over the limit; one that is none is no figure to look at. */
function paceMark({ projectedUsd, limitUsd }: BudgetState, theme: Theme): (text: string) => string {
  if (projectedUsd === null) return theme.faint;
  return Number(projectedUsd) > Number(limitUsd) ? theme.warning : (text) => text;
}

/** How far a budget cannot see, in words; nothing where it sees all. */
export function blindText({ blindCalls }: BudgetState): string {
  return blindCalls === 0 ? "" : `blind for ${counted(blindCalls, "call")} without a full price`;
}

/** What its period ends at by the pace so far; nothing while it is too early to say, or nothing was spent. */
export function paceText(budget: BudgetState): string {
  if (budget.projectedUsd === null || Number(budget.spentUsd) === 0) return "";
  const least = budget.blindCalls > 0 ? "no less than " : "";
  return `at this pace ${periodText(budget)} ends at ${least}${formatUsd(budget.projectedUsd)}`;
}

/** The same for a column. */
function paceAmount({ projectedUsd, spentUsd, blindCalls }: BudgetState): string {
  if (projectedUsd === null) return "too early";
  if (Number(spentUsd) === 0) return "";
  return `${blindCalls > 0 ? "at least " : ""}${formatUsd(projectedUsd)}`;
}

function periodText({ period, periodStart }: BudgetState): string {
  switch (period) {
    case "day":
      return "today";
    case "week":
      return "this week";
    case "month":
      return new Date(periodStart).toLocaleString("en-US", { month: "long" });
    default:
      return period satisfies never;
  }
}

/** A budget in one line: where it stands, where it leads, what it does not see. */
export function budgetLine(budget: BudgetState): string {
  const figures = `${formatUsd(budget.spentUsd)} of ${formatUsd(budget.limitUsd)} (${percentText(budget.percent)})`;
  const facts = [figures, paceText(budget), budget.hardStop ? "hard stop" : "", blindText(budget)];
  return `${budget.period} budget for ${scopeText(budget)}: ${facts.filter(Boolean).join(", ")}`;
}

/** What else is to be known of it: where it stands besides, and whether it is silent. */
function stateText({ hardStop, inSettings, muted }: BudgetState): string {
  return [hardStop ? "hard stop" : "", muted ? "silent" : "", inSettings ? "in the settings" : ""]
    .filter(Boolean)
    .join(", ");
}

/** What a reader of the list must know and do about it, one sentence each. */
export function budgetRemarks(budgets: readonly BudgetState[]): string[] {
  const has = (fits: (budget: BudgetState) => boolean) => budgets.some(fits);
  return [
    ...(has(({ blindCalls }) => blindCalls > 0)
      ? ["What has no price is in no budget: taximeter prices unpriced says which models these are."]
      : []),
    ...(has(({ inSettings }) => inSettings === true)
      ? ["What is in the settings follows in VS Code when it is changed here, once a window is open."]
      : []),
    ...(has(({ muted }) => muted === true)
      ? ["What is silent gives no notices until: taximeter budget set … --notices"]
      : []),
  ];
}

export function renderBudgets(budgets: readonly BudgetState[], theme: Theme, columns: number): string[] {
  return renderTable(
    [
      { header: "budget", align: "left", cell: ({ id }) => plainText(id) },
      { header: "period", align: "left", cell: ({ period }) => period },
      { header: "covers", align: "left", cell: scopeText },
      { header: "spent", align: "right", cell: ({ spentUsd }) => formatUsd(spentUsd) },
      { header: "of", align: "right", cell: ({ limitUsd }) => formatUsd(limitUsd) },
      {
        header: "",
        align: "right",
        cell: ({ percent }) => percentText(percent),
        mark: (text, budget) => budgetMark(budget, theme)(text),
      },
      {
        header: "warns at",
        align: "left",
        cell: ({ thresholds }) => thresholds.map((threshold) => `${threshold} %`).join(", "),
      },
      {
        header: "at this pace",
        align: "right",
        cell: paceAmount,
        mark: (text, budget) => paceMark(budget, theme)(text),
      },
      { header: "", align: "left", cell: stateText },
      { header: "", align: "left", cell: blindText, mark: theme.warning },
    ],
    budgets,
    { columns, headerMark: theme.faint },
  );
}

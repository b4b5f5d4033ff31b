import type { BudgetState } from "../../../shared/budgets.ts";
import { formatUsd } from "../../../shared/money.ts";
import { counted } from "./numbers.ts";
import { renderTable } from "./table.ts";
import { plainText } from "./text.ts";
import type { Theme } from "./theme.ts";

export function scopeText({ scope }: BudgetState): string {
  return scope === null ? "everything" : plainText(`${scope.dimension} ${scope.value}`);
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

/** How far a budget cannot see, in words; nothing where it sees all. */
export function blindText({ blindCalls }: BudgetState): string {
  return blindCalls === 0 ? "" : `blind for ${counted(blindCalls, "call")} without a full price`;
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
      { header: "", align: "left", cell: ({ hardStop }) => (hardStop ? "hard stop" : "") },
      { header: "", align: "left", cell: blindText, mark: theme.warning },
    ],
    budgets,
    { columns, headerMark: theme.faint },
  );
}

import { csvLine } from "../../../shared/csv.ts";
import { totalColumns } from "../../../shared/exportColumns.ts";
import { formatUsd } from "../../../shared/money.ts";
import { UNATTRIBUTED } from "../../../shared/sources.ts";
import type { Spend, SpendRow, SpendTotals } from "../../../shared/spend.ts";
import type { TeamFreshness } from "../../../shared/teamSpend.ts";
import { alignAmounts } from "./amounts.ts";
import { markdownTable } from "./markdown.ts";
import { counted, formatCount, formatDuration } from "./numbers.ts";
import { type Column, renderTable } from "./table.ts";
import { plainText } from "./text.ts";
import type { Theme } from "./theme.ts";
import { formatRange } from "./time.ts";

/** A spend, one's own or a team's, as far as it is shown. */
type SpendTable = Omit<Spend, "groupBy" | "rows"> & {
  groupBy: readonly string[];
  rows: readonly Omit<SpendRow, "sourceKind">[];
  /** Of a team's alone. */
  freshness?: TeamFreshness;
};

/** A line of the report: a row of the spend, or its total, with the columns that need to know of each other. */
interface Line {
  keys: string[];
  totals: SpendTotals;
  cost: string;
  isTotal: boolean;
}

/** A row's value of a dimension, for a reader. */
export function keyLabel(key: string | null, dimension: string): string {
  if (key !== null) return plainText(key);
  return dimension === "source" || dimension === "sourceKind" ? UNATTRIBUTED : "none";
}

function linesOf({ rows, total, groupBy }: SpendTable): Line[] {
  const costs = alignAmounts([...rows.map(rowCost), rowCost(total)]);
  return [
    ...rows.map((row, index) => ({
      keys: groupBy.map((dimension, place) => keyLabel(row.keys[place] ?? null, dimension)),
      totals: row,
      cost: costs[index] ?? "",
      isTotal: false,
    })),
    {
      keys: groupBy.map((_, place) => (place === 0 ? "total" : "")),
      totals: total,
      cost: costs.at(-1) ?? "",
      isTotal: true,
    },
  ];
}

/** The cost of a sum; unknown where nothing in it has a price. */
export function rowCost(totals: SpendTotals): string | null {
  return totals.calls > 0 && totals.unpricedCalls === totals.calls ? null : totals.costUsd;
}

/** What keeps a row's cost from being the whole truth, in words. */
export function costNote({ calls, unpricedCalls, incompleteCalls, estimatedCalls }: SpendTotals): string {
  const notes: string[] = [];
  if (unpricedCalls > 0 && unpricedCalls < calls) notes.push(`${formatCount(unpricedCalls)} without a price`);
  if (incompleteCalls > 0) notes.push("at least");
  if (estimatedCalls > 0) notes.push(`${formatCount(estimatedCalls)} estimated`);
  return notes.join(", ");
}

function columnsOf(spend: SpendTable, theme: Theme): Column<Line>[] {
  const columns: Column<Line>[] = spend.groupBy.map((dimension, place) => ({
    header: dimension,
    align: "left",
    cell: (line) => line.keys[place] ?? "",
    mark: (text, line) => (line.isTotal ? theme.strong(text) : text),
  }));
  const add = (header: string, cell: (totals: SpendTotals) => string, mark?: (text: string) => string) =>
    columns.push({
      header,
      align: "right",
      cell: ({ totals }) => cell(totals),
      ...(mark === undefined ? {} : { mark }),
    });
  add("calls", ({ calls }) => formatCount(calls));
  if (spend.total.errors > 0) {
    add("errors", ({ errors }) => (errors === 0 ? "" : formatCount(errors)), theme.bad);
  }
  if (spend.total.aborted > 0) {
    add("aborted", ({ aborted }) => (aborted === 0 ? "" : formatCount(aborted)), theme.warning);
  }
  add("input", ({ inputTokens }) => formatCount(inputTokens));
  add("output", ({ outputTokens }) => formatCount(outputTokens));
  // How long calls took, a team is not told.
  if (spend.freshness === undefined) {
    add("p50", ({ durationP50Ms }) => formatDuration(durationP50Ms));
    add("p95", ({ durationP95Ms }) => formatDuration(durationP95Ms));
  }
  columns.push({
    header: "cost",
    align: "right",
    cell: ({ cost }) => cost,
    mark: (text, line) => (line.isTotal ? theme.strong(text) : text),
  });
  if (linesOf(spend).some(({ totals }) => costNote(totals) !== "")) {
    columns.push({ header: "", align: "left", cell: ({ totals }) => costNote(totals), mark: theme.warning });
  }
  return columns;
}

/** The report for a terminal: a title, a table, and what its figures leave out. */
export function renderSpend(
  spend: SpendTable,
  theme: Theme,
  terminalColumns: number,
  nowMs: number,
): string[] {
  const range = formatRange(spend, nowMs);
  const title = `${theme.strong(titleOf(spend))}  ${theme.faint(`${range}, ${spend.timeZone}`)}`;
  if (spend.total.calls === 0) return [title, "", "No AI calls in this time."];
  const table = renderTable(columnsOf(spend, theme), linesOf(spend), {
    columns: terminalColumns,
    headerMark: theme.faint,
  });
  return [
    title,
    "",
    ...table,
    ...remarks(spend.total, spend.freshness !== undefined).flatMap((remark) => ["", theme.faint(remark)]),
  ];
}

function titleOf({ groupBy, freshness }: SpendTable): string {
  return `${freshness === undefined ? "Spend" : "The team's spend"} by ${groupBy.join(" and ")}`;
}

/** What a reader of a sum must know, one sentence each. */
export function remarks(total: SpendTotals, isTeams = false): string[] {
  const sentences: string[] = [];
  if (total.unpricedCalls > 0) {
    const which = isTeams ? "." : ": taximeter calls --cost-status unpriced";
    sentences.push(
      `${counted(total.unpricedCalls, "call has", "calls have")} no known price and ${total.unpricedCalls === 1 ? "is" : "are"} not in the sum${which}`,
    );
  }
  if (total.incompleteCalls > 0) {
    sentences.push(
      `${counted(total.incompleteCalls, "call has a part", "calls have parts")} without a price: the sum is a lower bound.`,
    );
  }
  if (Number(total.retryCostUsd) > 0) {
    sentences.push(`${formatUsd(total.retryCostUsd)} went into failed attempts and retries.`);
  }
  return sentences;
}

/** The rows as CSV, without the total: a spreadsheet sums by itself. A row that is "none" has an empty key. */
export function spendCsv(spend: SpendTable): string {
  const line = (row: SpendTable["rows"][number]) =>
    csvLine([...row.keys, ...totalColumns.map((name) => row[name])]);
  return csvLine([...spend.groupBy, ...totalColumns]) + spend.rows.map(line).join("");
}

export function spendMarkdown(spend: SpendTable, nowMs: number): string[] {
  const columns = [
    ...spend.groupBy.map((dimension) => ({ header: dimension, align: "left" as const })),
    ...["calls", "errors", "input", "output", "cost"].map((header) => ({ header, align: "right" as const })),
  ];
  const rows = linesOf(spend).map(({ keys, totals, cost }) => [
    ...keys,
    formatCount(totals.calls),
    formatCount(totals.errors),
    formatCount(totals.inputTokens),
    formatCount(totals.outputTokens),
    [cost.trim(), costNote(totals)].filter(Boolean).join(", "),
  ]);
  return [
    `**${titleOf(spend)}**, ${formatRange(spend, nowMs)} (${spend.timeZone})`,
    "",
    ...markdownTable(columns, rows),
    ...remarks(spend.total, spend.freshness !== undefined).flatMap((remark) => ["", remark]),
  ];
}

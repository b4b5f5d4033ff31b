import type { Dimension } from "../../shared/dimensions.ts";
import type { SpendRow } from "../../shared/spend.ts";
import { t } from "../localisation/t.ts";
import { callsInWords, costPerCallUsd, spendWords } from "./costWords.ts";
import { dimensionWords, keyWords, sourceKindWords } from "./dimensionWords.ts";
import { BAD_ERROR_RATIO, errorRatio } from "./facts.ts";
import { type Formats, UNKNOWN } from "./formats.ts";

export const breakdownColumns = ["key", "spend", "calls", "perCall", "tokens", "p95", "errors"] as const;
export type BreakdownColumn = (typeof breakdownColumns)[number];

export interface Sort {
  column: BreakdownColumn;
  descending: boolean;
}

export interface BreakdownRow {
  /** Unique among the rows. */
  id: string;
  key: string | null;
  /** One value a dimension. */
  keys: (string | null)[];
  label: string;
  /** The value of the second dimension, where there is one. */
  within: string | null;
  /** The whole of the value, where `label` shortens it. */
  title: string;
  /** route, job, …; empty where there is none to tell. */
  kind: string;
  spend: string;
  spendNote: string;
  /** Whether `spend` is an amount. */
  priced: boolean;
  calls: string;
  perCall: string;
  tokens: string;
  p95: string;
  errors: string;
  failing: boolean;
  /** The same figures in one line, for a page that is too narrow for their columns. */
  inLine: string;
  /** Of the largest spend, 0 to 1. */
  share: number;
}

export function columnName(column: BreakdownColumn, dimension: Dimension): string {
  switch (column) {
    case "key":
      return dimensionWords(dimension).name;
    case "spend":
      return t("Spend");
    case "calls":
      return t("Calls");
    case "perCall":
      return t("Per call");
    case "tokens":
      return t("Tokens");
    case "p95":
      return t("p95");
    case "errors":
      return t("Errors");
    default:
      return column satisfies never;
  }
}

/** Figures start with the largest, names with A. */
export function firstSort(column: BreakdownColumn): Sort {
  return { column, descending: column !== "key" };
}

/** The table: what `search` finds (in any case), in the order of `sort`. */
export function breakdownRows(
  rows: readonly SpendRow[],
  by: readonly Dimension[],
  sort: Sort,
  search: string,
  formats: Formats,
): BreakdownRow[] {
  const largest = Math.max(0, ...rows.map((row) => Number(row.costUsd)));
  const wanted = search.trim().toLocaleLowerCase();
  return rows
    .filter((row) => wanted === "" || searchable(row, by).includes(wanted))
    .toSorted((a, b) => (sort.descending ? -1 : 1) * byColumn(a, b, sort.column, by))
    .map((row) => viewOf(row, by, largest, formats));
}

function searchable(row: SpendRow, by: readonly Dimension[]): string {
  return `${row.keys.join(" ")} ${namesOf(row, by).join(" ")} ${row.sourceKind ?? ""}`.toLocaleLowerCase();
}

/** The row's values as they are shown, one a dimension. */
function namesOf(row: SpendRow, by: readonly Dimension[]): string[] {
  return by.map((dimension, index) => keyWords(dimension, row.keys[index] ?? null));
}

function byColumn(a: SpendRow, b: SpendRow, column: BreakdownColumn, by: readonly Dimension[]): number {
  if (column === "key") return namesOf(a, by).join("\n").localeCompare(namesOf(b, by).join("\n"));
  return figureOf(a, column) - figureOf(b, column) || a.calls - b.calls;
}

function figureOf(row: SpendRow, column: Exclude<BreakdownColumn, "key">): number {
  switch (column) {
    case "spend":
      return Number(row.costUsd);
    case "calls":
      return row.calls;
    case "perCall":
      return Number(costPerCallUsd(row) ?? -1);
    case "tokens":
      return row.inputTokens + row.outputTokens;
    case "p95":
      return row.durationP95Ms ?? -1;
    case "errors":
      return errorRatio(row);
    default:
      return column satisfies never;
  }
}

function viewOf(row: SpendRow, by: readonly Dimension[], largest: number, formats: Formats): BreakdownRow {
  const spend = spendWords(row, formats);
  const perCall = costPerCallUsd(row);
  const ratio = errorRatio(row);
  const names = namesOf(row, by);
  const errors = row.errors === 0 ? "0" : formats.percent(ratio);
  const failing = ratio >= BAD_ERROR_RATIO;
  const tokens = formats.compact(row.inputTokens + row.outputTokens);
  const each = perCall === null ? null : formats.usd(perCall);
  const p95 = formats.duration(row.durationP95Ms);
  const inLine = [
    callsInWords(row.calls, formats),
    each !== null && row.calls > 1 ? t("{0} each", each) : null,
    t("{0} tokens", tokens),
    row.durationP95Ms === null ? null : `p95 ${p95}`,
    failing ? t("{0} errors", errors) : null,
  ];
  return {
    id: JSON.stringify(row.keys),
    key: row.key,
    keys: row.keys,
    label: names[0] ?? "",
    within: names[1] ?? null,
    title: names.map((name, index) => row.keys[index] ?? name).join("\n"),
    kind: by.length === 1 && by[0] === "source" && row.sourceKind ? sourceKindWords[row.sourceKind] : "",
    spend: spend.text,
    spendNote: spend.note,
    priced: spend.known,
    calls: formats.count(row.calls),
    perCall: each ?? UNKNOWN,
    tokens,
    p95,
    errors,
    failing,
    inLine: inLine.filter((fact) => fact !== null).join(" · "),
    share: largest === 0 ? 0 : Number(row.costUsd) / largest,
  };
}

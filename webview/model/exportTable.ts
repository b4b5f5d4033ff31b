import { type Call, callSiteName } from "../../shared/call.ts";
import type { Conversation } from "../../shared/conversations.ts";
import { type CsvValue, csvLine } from "../../shared/csv.ts";
import type { Dimension } from "../../shared/dimensions.ts";
import { callColumns, totalColumns } from "../../shared/exportColumns.ts";
import type { PerformanceRow } from "../../shared/performance.ts";
import { type KnownOverride, priceFields, type UnpricedModel } from "../../shared/prices.ts";
import type { CircuitState } from "../../shared/protection.ts";
import type { SpendRow } from "../../shared/spend.ts";
import { usageUnits } from "../../shared/usage.ts";

/**
 * What a view exports as CSV: the figures as the daemon gave them, under the API's own names, in every language. Amounts
 * are decimal dollars, times milliseconds; what is not known is empty.
 */
export interface ExportTable {
  columns: string[];
  rows: CsvValue[][];
}

/** With a mark of its encoding, without which spreadsheets take it for another. */
export function csvOf({ columns, rows }: ExportTable): string {
  return `\ufeff${[columns, ...rows].map(csvLine).join("")}`;
}

export function spendTable(
  rows: readonly Omit<SpendRow, "sourceKind">[],
  by: readonly string[],
): ExportTable {
  return {
    columns: [...by, ...totalColumns],
    rows: rows.map((row) => [
      ...by.map((_, index) => row.keys[index] ?? null),
      ...totalColumns.map((name) => row[name]),
    ]),
  };
}

const performanceColumns = [
  "calls",
  "errors",
  "aborted",
  "retries",
  "durationP50Ms",
  "durationP95Ms",
  "durationP99Ms",
  "firstTokenP50Ms",
  "firstTokenP95Ms",
  "firstTokenCalls",
] as const satisfies (keyof PerformanceRow)[];

export function performanceTable(rows: readonly PerformanceRow[], by: Dimension): ExportTable {
  return {
    columns: [by, ...performanceColumns],
    rows: rows.map((row) => [row.key, ...performanceColumns.map((name) => row[name])]),
  };
}

export function conversationTable(conversations: readonly Conversation[]): ExportTable {
  return {
    columns: ["conversationId", "firstStartedAt", "lastStartedAt", "models", ...totalColumns],
    rows: conversations.map((each) => [
      each.conversationId,
      each.firstStartedAt,
      each.lastStartedAt,
      each.models.map(({ model }) => model ?? "").join(" "),
      ...totalColumns.map((name) => each[name]),
    ]),
  };
}

/** Labels have a column each, as `label:<name>`. */
export function callTable(calls: readonly Call[]): ExportTable {
  const labels = [...new Set(calls.flatMap(({ attributes }) => Object.keys(attributes)))].toSorted();
  return {
    columns: [...callColumns, "callSite", ...usageUnits, ...labels.map((name) => `label:${name}`)],
    rows: calls.map((call) => [
      ...callColumns.map((name) => call[name]),
      call.callSite === null ? null : callSiteName(call.callSite),
      ...usageUnits.map((unit) => call.usage[unit]),
      ...labels.map((name) => (Object.hasOwn(call.attributes, name) ? call.attributes[name] : null)),
    ]),
  };
}

/** The user's own prices, then what has none. */
export function priceTable(
  overrides: readonly KnownOverride[],
  unpriced: readonly UnpricedModel[],
): ExportTable {
  return {
    columns: ["provider", "model", "workspace", ...priceFields, "unpricedCalls", "lastSeenAt"],
    rows: [
      ...overrides.map((each) => [
        each.provider,
        each.model,
        each.workspace,
        ...priceFields.map((field) => each[field]),
        null,
        null,
      ]),
      ...unpriced.map((each) => [
        each.provider,
        each.model,
        null,
        ...priceFields.map(() => null),
        each.calls,
        each.lastSeenAt,
      ]),
    ],
  };
}

export function circuitTable(circuits: readonly CircuitState[]): ExportTable {
  return {
    columns: ["provider", "model", "state", "calls", "failures", "until"],
    rows: circuits.map(({ provider, model, state, calls, failures, until }) => [
      provider,
      model,
      state,
      calls,
      failures,
      until,
    ]),
  };
}

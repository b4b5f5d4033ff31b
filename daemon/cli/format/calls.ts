import { type Call, callSiteName, modelOf } from "../../../shared/call.ts";
import { csvLine } from "../../../shared/csv.ts";
import { callColumns } from "../../../shared/exportColumns.ts";
import { UNATTRIBUTED } from "../../../shared/sources.ts";
import { usageUnits } from "../../../shared/usage.ts";
import { alignAmounts, formatCost } from "./amounts.ts";
import { formatCount, formatDuration } from "./numbers.ts";
import { type Column, renderTable } from "./table.ts";
import { plainText } from "./text.ts";
import type { Theme } from "./theme.ts";
import { formatClock, formatDate, formatInstant } from "./time.ts";

/** How a call ended, where it did not end well. */
export function statusText({ status, httpStatus, errorType }: Call): string {
  switch (status) {
    case "ok":
      return "";
    case "pending":
      return "running";
    case "aborted":
      return "aborted";
    case "error":
      return plainText([httpStatus, errorType ?? "error"].filter((part) => part !== null).join(" "));
    default:
      return status satisfies never;
  }
}

/** Tokens in and out; nothing where the provider told none. */
export function tokensText({ usage: { inputTokens, outputTokens } }: Call): string {
  if (outputTokens === undefined) return inputTokens === undefined ? "" : `${formatCount(inputTokens)} in`;
  return `${inputTokens === undefined ? "?" : formatCount(inputTokens)} → ${formatCount(outputTokens)}`;
}

/** What the cost's amount does not say. */
export function costStatusText({ costStatus }: Call): string {
  switch (costStatus) {
    case "computed":
    case "declared":
    case "unpriced":
      return "";
    case "estimated":
      return "estimated";
    case "free":
      return "free";
    case "incomplete":
      return "at least";
    default:
      return costStatus satisfies never;
  }
}

export function sourceText({ source }: Call): string {
  return source === null ? UNATTRIBUTED : plainText(source);
}

export function modelText(call: Call): string {
  return plainText(`${call.provider} ${modelOf(call) ?? "?"}`);
}

/** `today` is the date for which the time of day says enough. */
export function renderCalls(
  calls: readonly Call[],
  { theme, columns: terminalColumns, today }: { theme: Theme; columns: number; today: string },
): string[] {
  const allToday = calls.every(({ startedAt }) => formatDate(startedAt) === today);
  const started = allToday ? formatClock : formatInstant;
  const costs = alignAmounts(calls.map(({ costUsd }) => costUsd));
  const rows = calls.map((call, index) => ({ call, cost: costs[index] ?? formatCost(call.costUsd) }));
  type Row = (typeof rows)[number];
  const columns: Column<Row>[] = [
    { header: "source", align: "left", cell: ({ call }) => sourceText(call) },
    {
      header: "started",
      align: "left",
      cell: ({ call }) => started(call.startedAt),
      mark: theme.faint,
    },
    { header: "model", align: "left", cell: ({ call }) => modelText(call) },
    { header: "took", align: "right", cell: ({ call }) => formatDuration(call.durationMs) },
    { header: "tokens", align: "right", cell: ({ call }) => tokensText(call) },
    { header: "cost", align: "right", cell: ({ cost }) => cost },
  ];
  if (calls.some((call) => costStatusText(call) !== "")) {
    columns.push({
      header: "",
      align: "left",
      cell: ({ call }) => costStatusText(call),
      mark: theme.warning,
    });
  }
  if (calls.some((call) => statusText(call) !== "")) {
    columns.push({
      header: "",
      align: "left",
      cell: ({ call }) => statusText(call),
      mark: (text, { call }) => (call.status === "error" ? theme.bad(text) : theme.warning(text)),
    });
  }
  return renderTable(columns, rows, { columns: terminalColumns, headerMark: theme.faint });
}

export function callsCsvHeader(): string {
  return csvLine([...callColumns, "callSite", "attributes", ...usageUnits]);
}

/** A usage that was not reported is an empty cell, not a 0. */
export function callCsv(call: Call): string {
  const { callSite, attributes, usage } = call;
  return csvLine([
    ...callColumns.map((name) => call[name]),
    callSite === null ? null : callSiteName(callSite),
    Object.keys(attributes).length === 0 ? null : JSON.stringify(attributes),
    ...usageUnits.map((unit) => usage[unit]),
  ]);
}

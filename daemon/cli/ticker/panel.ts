import type { Call } from "../../../shared/call.ts";
import { formatUsd } from "../../../shared/money.ts";
import { alignAmounts } from "../format/amounts.ts";
import { budgetLine, budgetMark } from "../format/budgets.ts";
import { costStatusText, modelText, sourceText, statusText, tokensText } from "../format/calls.ts";
import { counted, formatCompact, formatCount, formatDuration } from "../format/numbers.ts";
import { keyLabel } from "../format/spend.ts";
import { renderTable } from "../format/table.ts";
import { displayWidth, plainText, shorten } from "../format/text.ts";
import type { Theme } from "../format/theme.ts";
import { formatClock } from "../format/time.ts";
import type { TickerState } from "./state.ts";

export interface PanelOptions {
  theme: Theme;
  columns: number;
  rows: number;
  /** What the watched period is called: `today`, `month`, … */
  period: string;
}

const BAR_COLUMNS = 16;

/** The ticker as lines of a terminal, never more than it has rows. */
export function renderPanel(state: TickerState, options: PanelOptions): string[] {
  const { theme, rows } = options;
  const columns = Math.min(options.columns, 110);
  const head = [titleLine(state, options, columns), sumLine(state, theme)];
  if (state.spend === null)
    return [titleLine(state, options, columns), theme.faint("waiting for the daemon …")];
  const budgets = state.budgets.map((budget) => budgetMark(budget, theme)(budgetLine(budget)));
  const sources = sourceLines(state, theme, columns);
  const rest = [
    ...section(sources),
    ...section(budgets),
    ...section(state.warnings.map((text) => theme.warning(plainText(text)))),
  ];
  const room = rows - 1 - head.length - rest.length - 1;
  const calls = callLines(state.calls.slice(-Math.max(0, Math.min(8, room - 1))).reverse(), theme, columns);
  return [...head, ...rest, ...(room > 2 ? section(calls) : [])].slice(0, Math.max(1, rows - 1));
}

/** The ticker on one line: the sum, and what came last. */
export function renderTickerLine(state: TickerState, { theme, columns, period }: PanelOptions): string {
  const { spend, calls } = state;
  if (spend === null) return `${connectionDot(state, theme)} ${theme.faint("waiting for the daemon …")}`;
  const last = calls.at(-1);
  const sum = `${formatUsd(spend.total.costUsd)} ${period}`;
  const rest = [
    counted(spend.total.calls, "call"),
    ...(last === undefined
      ? []
      : [`last ${sourceText(last)} ${last.costUsd === null ? costOfLast(last) : formatUsd(last.costUsd)}`]),
  ].join("  ");
  const room = Math.max(0, columns - displayWidth(sum) - 6);
  return `${connectionDot(state, theme)} ${theme.strong(sum)}  ${theme.faint(shorten(rest, room))}`;
}

function costOfLast(call: Call): string {
  return call.status === "pending" ? "running" : "no price";
}

function section(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}

function connectionDot({ connection }: TickerState, theme: Theme): string {
  switch (connection) {
    case "live":
      return theme.good("●");
    case "connecting":
      return theme.faint("○");
    case "lost":
      return theme.bad("○");
    default:
      return connection satisfies never;
  }
}

function titleLine(state: TickerState, { theme, period }: PanelOptions, columns: number): string {
  const word = state.connection === "lost" ? `lost: ${plainText(state.detail ?? "")}` : state.connection;
  const title = `Taximeter  ${period}`;
  const status = shorten(word, Math.max(4, columns - displayWidth(title) - 4));
  const gap = " ".repeat(Math.max(2, columns - displayWidth(title) - displayWidth(status) - 2));
  return `${theme.strong("Taximeter")}  ${theme.faint(period)}${gap}${connectionDot(state, theme)} ${theme.faint(status)}`;
}

function sumLine({ spend }: TickerState, theme: Theme): string {
  if (spend === null) return "";
  const { total } = spend;
  const facts = [
    counted(total.calls, "call"),
    `${formatCompact(total.inputTokens)} in`,
    `${formatCompact(total.outputTokens)} out`,
    ...(total.errors === 0 ? [] : [theme.bad(counted(total.errors, "error"))]),
    ...(total.unpricedCalls === 0
      ? []
      : [theme.warning(`${formatCount(total.unpricedCalls)} without a price`)]),
    ...(total.incompleteCalls === 0 ? [] : [theme.warning("at least")]),
  ];
  return [theme.strong(formatUsd(total.costUsd)), ...facts].join("   ");
}

function sourceLines({ spend }: TickerState, theme: Theme, columns: number): string[] {
  const rows = spend?.topSources ?? [];
  if (rows.length === 0) return [];
  const most = Math.max(...rows.map(({ costUsd }) => Number(costUsd)));
  const costs = alignAmounts(
    rows.map((row) => (row.calls > 0 && row.unpricedCalls === row.calls ? null : row.costUsd)),
  );
  const cells = rows.map((row, index) => ({ row, cost: costs[index] ?? "" }));
  return renderTable(
    [
      { header: "where it went", align: "left", cell: ({ row }) => keyLabel(row.key, "source") },
      { header: "calls", align: "right", cell: ({ row }) => formatCount(row.calls) },
      { header: "cost", align: "right", cell: ({ cost }) => cost },
      {
        header: "",
        align: "left",
        cell: ({ row }) =>
          most === 0 ? "" : "▇".repeat(Math.round((Number(row.costUsd) / most) * BAR_COLUMNS)),
        mark: theme.faint,
      },
    ],
    cells,
    { columns, headerMark: theme.faint },
  );
}

function callLines(calls: readonly Call[], theme: Theme, columns: number): string[] {
  if (calls.length === 0) return [];
  const costs = alignAmounts(calls.map(({ costUsd }) => costUsd));
  const rows = calls.map((call, index) => ({
    call,
    cost: call.status === "pending" ? "" : (costs[index] ?? ""),
  }));
  return renderTable(
    [
      { header: "latest calls", align: "left", cell: ({ call }) => sourceText(call) },
      { header: "", align: "left", cell: ({ call }) => formatClock(call.startedAt), mark: theme.faint },
      { header: "", align: "left", cell: ({ call }) => modelText(call) },
      { header: "", align: "right", cell: ({ call }) => formatDuration(call.durationMs) },
      { header: "", align: "right", cell: ({ call }) => tokensText(call) },
      { header: "", align: "right", cell: ({ cost }) => cost },
      {
        header: "",
        align: "left",
        cell: ({ call }) => [statusText(call), costStatusText(call)].filter(Boolean).join(", "),
        mark: (text, { call }) => (call.status === "error" ? theme.bad(text) : theme.warning(text)),
      },
    ],
    rows,
    { columns, headerMark: theme.faint },
  );
}

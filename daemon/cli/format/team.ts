import { formatUsd } from "../../../shared/money.ts";
import type {
  SharedCall,
  SharedDimensions,
  SharedRollup,
  TeamPreview,
  TeamShare,
  TeamStatus,
} from "../../../shared/team.ts";
import type { CommandContext } from "../context.ts";
import { counted, formatCompact, formatCount } from "./numbers.ts";
import { type Column, renderTable } from "./table.ts";
import { plainText } from "./text.ts";
import { formatInstant } from "./time.ts";

/** `sums of quarter hours, with branch`. */
export function shareText({ kind, details }: TeamShare): string {
  const what = kind === "calls" ? "sums of quarter hours and single calls" : "sums of quarter hours";
  return details.length === 0 ? what : `${what}, with ${details.join(", ")}`;
}

const places = {
  memory: "held in memory until the daemon ends",
  keychain: "in the keychain",
  environment: "from the environment",
} as const;

export function renderTeam(team: TeamStatus, { theme }: Pick<CommandContext, "theme">): string[] {
  if (team.url === null) return ["No team was joined. Join one by: taximeter team join libsql://…"];
  const facts: [string, string][] = [
    ["team", team.url],
    ["as", `${plainText(team.developer)}, machine ${team.machine}`],
    ["shares", shareText(team.share)],
    ["days of", team.timeZone ?? ""],
    ["token", tokenText(team.token)],
    ["last push", team.lastPushedAt === null ? "never" : formatInstant(team.lastPushedAt)],
    ["to push", counted(team.outstanding, "row")],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    ...facts.map(([name, fact]) => `${theme.faint(name.padEnd(width))}  ${fact}`),
    ...team.warnings.map((warning) => theme.warning(warning)),
  ];
}

function tokenText(token: TeamStatus["token"]): string {
  if (token === null) return "none";
  if (!token.held) return "not given yet";
  const expires = token.expiresAt === null ? "" : `, expires ${formatInstant(token.expiresAt)}`;
  return `${places[token.place]}${expires}`;
}

type Context = Pick<CommandContext, "theme" | "out">;

export function renderPreview(preview: TeamPreview, context: Context): string[] {
  const { share, outstanding, rollups, calls } = preview;
  if (rollups.length === 0 && calls.length === 0) return ["Nothing leaves: nothing was spent yet."];
  const heading =
    outstanding === 0
      ? `What leaves looks like this (${shareText(share)}):`
      : `To be pushed: ${counted(outstanding, "row")} (${shareText(share)}). The latest:`;
  return [
    heading,
    "",
    ...renderRollups(rollups, context),
    context.theme.faint(
      "Each row also holds: operation, kind of source, errors, aborted, retries and their cost, cache and reasoning tokens, calls whose cost is unknown, partial or estimated.",
    ),
    ...(calls.length === 0
      ? []
      : [
          "",
          ...renderCalls(calls, context),
          context.theme.faint(
            "Each call also holds: its id, operation, kind of source, feature, HTTP status, error type, attempt, duration, status of its cost.",
          ),
        ]),
    context.theme.faint("--json shows every column. Nothing else leaves."),
  ];
}

const named = [
  "developer",
  "project",
  "source",
  "feature",
  "provider",
  "model",
  "branch",
  "callSite",
  "workspace",
] as const;

/** Columns that any of the rows has something in. */
function dimensionColumns<Row extends SharedDimensions>(rows: readonly Row[]): Column<Row>[] {
  return named
    .filter((name) => rows.some((row) => row[name] !== null))
    .map((name) => ({
      header: name,
      align: "left" as const,
      cell: (row: Row) => plainText(row[name] ?? ""),
    }));
}

function renderRollups(rows: readonly SharedRollup[], { theme, out }: Context): string[] {
  return renderTable<SharedRollup>(
    [
      { header: "from", align: "left", cell: ({ from }) => formatInstant(from).slice(0, 16) },
      ...dimensionColumns(rows),
      { header: "calls", align: "right", cell: ({ calls }) => formatCount(calls) },
      { header: "in", align: "right", cell: ({ inputTokens }) => formatCompact(inputTokens) },
      { header: "out", align: "right", cell: ({ outputTokens }) => formatCompact(outputTokens) },
      { header: "cost", align: "right", cell: ({ costUsd }) => formatUsd(costUsd) },
    ],
    rows,
    { columns: out.size().columns, headerMark: theme.faint },
  );
}

function renderCalls(rows: readonly SharedCall[], { theme, out }: Context): string[] {
  const labelsOf = ({ labels }: SharedCall) =>
    Object.entries(labels ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join(" ");
  const ofCalls: Column<SharedCall>[] = [
    { header: "conversation", align: "left", cell: ({ conversation }) => plainText(conversation ?? "") },
    { header: "labels", align: "left", cell: (row) => plainText(labelsOf(row)) },
  ];
  return renderTable<SharedCall>(
    [
      { header: "started", align: "left", cell: ({ startedAt }) => formatInstant(startedAt) },
      ...dimensionColumns(rows),
      ...ofCalls.filter(({ cell }) => rows.some((row) => cell(row) !== "")),
      { header: "status", align: "left", cell: ({ status }) => status },
      { header: "in", align: "right", cell: ({ inputTokens }) => formatCompact(inputTokens ?? 0) },
      { header: "out", align: "right", cell: ({ outputTokens }) => formatCompact(outputTokens ?? 0) },
      { header: "cost", align: "right", cell: ({ costUsd }) => (costUsd === null ? "" : formatUsd(costUsd)) },
    ],
    rows,
    { columns: out.size().columns, headerMark: theme.faint },
  );
}

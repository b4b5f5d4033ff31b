import type { Series } from "../../shared/spend.ts";
import type {
  TeamDimensionName,
  TeamFilters,
  TeamFreshness,
  TeamMember,
  TeamSeries,
  TeamSpendRow,
} from "../../shared/teamSpend.ts";
import { t } from "../localisation/t.ts";
import { spendWords } from "./costWords.ts";
import { dimensionWords, keyWords } from "./dimensionWords.ts";
import type { FiguresColumn, FiguresRow } from "./figuresTable.ts";
import type { Formats } from "./formats.ts";
import { type Trend, trendOf } from "./trend.ts";
import { shiftDays } from "./zonedTime.ts";

/** What a team's spend is most asked by; the rest stand in the menu behind them. */
export const teamTabs = ["developer", "project", "source", "model", "provider"] as const;
export const teamMenu = ["feature", "operation", "branch", "callSite", "workspace", "day"] as const;

/** What is asked next within a value of the dimension. */
export function dimensionWithin(dimension: TeamDimensionName, filters: TeamFilters): TeamDimensionName {
  return (
    teamTabs.find((name) => name !== dimension && filters[name] === undefined && name !== "provider") ?? "day"
  );
}

export function teamColumns(dimension: TeamDimensionName): FiguresColumn[] {
  return [
    { name: "key", label: dimensionWords(dimension).name },
    { name: "spend", label: t("Spend") },
    { name: "share", label: t("Share") },
    { name: "calls", label: t("Calls") },
    { name: "errors", label: t("Errors"), least: true },
    { name: "input", label: t("Input"), least: true },
    { name: "output", label: t("Output"), least: true },
  ];
}

/** `totalUsd`: of all rows. */
export function teamRow(
  row: TeamSpendRow,
  dimension: TeamDimensionName,
  totalUsd: string,
  formats: Formats,
): FiguresRow {
  const total = Number(totalUsd);
  const share = total > 0 ? Number(row.costUsd) / total : 0;
  const cost = spendWords(row, formats);
  return {
    id: row.key,
    label: keyWords(dimension, row.key),
    title: row.key ?? keyWords(dimension, null),
    cells: {
      spend: { text: cost.text, title: cost.note, order: Number(row.costUsd), money: true },
      share: { text: formats.percent(share), order: share },
      calls: { text: formats.count(row.calls), order: row.calls },
      errors: { text: formats.count(row.errors), order: row.errors, bad: row.errors > 0 },
      input: { text: formats.compact(row.inputTokens), order: row.inputTokens },
      output: { text: formats.compact(row.outputTokens), order: row.outputTokens },
    },
  };
}

/** Days as bars, of the team's zone. */
export function teamTrend(
  series: TeamSeries,
  dimension: TeamDimensionName,
  formats: Formats,
  slotsBefore: ReadonlyMap<string | null, number>,
): Trend {
  const { from, to, timeZone, days } = series;
  const first = new Date(from);
  const byDay: Series = {
    from,
    to,
    timeZone,
    interval: "day",
    groupBy: null,
    buckets: days.map((_, index) => shiftDays(first, index, timeZone).toISOString()),
    series: series.series,
  };
  return trendOf(byDay, dimension, null, formats, slotsBefore);
}

/** As of when the figures are; `null` where they are of now. */
export function freshnessWords(
  { asOf, problem, unknownDays }: TeamFreshness,
  formats: Formats,
): { concern: string | null; asOf: string } {
  const when = asOf === null ? "" : t("As of {0}", formats.dayAndClock(asOf));
  const last =
    asOf === null
      ? t("Nothing of it is known here yet.")
      : t("These are the last known figures, of {0}.", formats.dayAndClock(asOf));
  const missing =
    unknownDays === 0 || problem === null
      ? ""
      : unknownDays === 1
        ? t("One of these days was never read.")
        : t("{0} of these days were never read.", formats.count(unknownDays));
  return {
    concern: problem === null ? null : [problem.message, last, missing].filter(Boolean).join(" "),
    asOf: when,
  };
}

export interface MemberView {
  developer: string;
  /** "2 minutes ago" */
  pushed: string;
  /** The instant in full. */
  title: string;
  /** "2 machines"; empty where it is one. */
  machines: string;
  /** Nothing came for so long that figures of theirs may be missing. */
  isLate: boolean;
}

const LATE_MS = 3 * 24 * 60 * 60_000;

export function memberView(member: TeamMember, nowMs: number, formats: Formats): MemberView {
  const last = member.machines[0]?.lastPushedAt ?? new Date(0).toISOString();
  const count = member.machines.length;
  return {
    developer: member.developer,
    pushed: formats.ago(Math.max(0, nowMs - Date.parse(last))),
    title: member.machines
      .map(({ machine, lastPushedAt, version }) =>
        t(
          "Machine {0}: pushed {1}, Taximeter {2}",
          machine.slice(0, 8),
          formats.dayAndClock(lastPushedAt),
          version,
        ),
      )
      .join("\n"),
    machines: count === 1 ? "" : t("{0} machines", formats.count(count)),
    isLate: nowMs - Date.parse(last) > LATE_MS,
  };
}

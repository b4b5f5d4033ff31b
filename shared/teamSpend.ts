import type { ResolvedRange } from "./range.ts";
import type { SpendTotals } from "./spend.ts";
import type { TeamProblem } from "./team.ts";

/**
 * What a team's spend is grouped and filtered by. `project` is the name of a workspace's folder, `day` a day of the team's
 * zone (`2026-11-21`). `branch`, `callSite` and `workspace` are known of those who chose to share them.
 */
export const teamDimensionNames = [
  "developer",
  "project",
  "source",
  "sourceKind",
  "feature",
  "model",
  "provider",
  "operation",
  "branch",
  "callSite",
  "workspace",
  "day",
] as const;
export type TeamDimensionName = (typeof teamDimensionNames)[number];

export function isTeamDimension(text: string): text is TeamDimensionName {
  return (teamDimensionNames as readonly string[]).includes(text);
}

/** Values that a dimension must have, any of them; the empty string stands for "none". */
export type TeamFilters = { [Name in TeamDimensionName]?: string[] };

/**
 * Ends of a range are worded as everywhere, and taken as days of the team's zone: a range that begins or ends within a day
 * has all of it.
 */
export interface TeamSpendQuery {
  from?: string;
  to?: string;
  groupBy?: TeamDimensionName[];
  filters?: TeamFilters;
  /** Default 1,000. */
  limit?: number;
}

/** `top` series are kept apart (default 5), the rest is summed as `other`. */
export interface TeamSeriesQuery {
  from?: string;
  to?: string;
  groupBy?: TeamDimensionName;
  filters?: TeamFilters;
  top?: number;
}

/** How long durations are, teams are not told: `durationP50Ms` and `durationP95Ms` are `null`. */
export interface TeamSpendRow extends SpendTotals {
  /** Value of the first dimension of `groupBy`; `null` is "none". */
  key: string | null;
  keys: (string | null)[];
}

/** How old figures are that were read from the team's database. */
export interface TeamFreshness {
  /** When the database was last asked for these days, ISO 8601; `null`: never. */
  asOf: string | null;
  /** Why it was not asked just now: the figures are those of `asOf`. */
  problem: TeamProblem | null;
  /** Days of the range that were never read: what was spent on them is not in the figures. */
  unknownDays: number;
}

/** `from` and `to` are bounds of days in `timeZone`, the team's. */
export interface TeamSpend extends ResolvedRange {
  groupBy: TeamDimensionName[];
  rows: TeamSpendRow[];
  total: SpendTotals;
  freshness: TeamFreshness;
}

/** One bucket for each day of the range. */
export interface TeamSeries extends ResolvedRange {
  groupBy: TeamDimensionName | null;
  /** Days of the team's zone: `2026-11-21`. */
  days: string[];
  series: { key: string | null; other: boolean; costUsd: string[]; calls: number[] }[];
  freshness: TeamFreshness;
}

/** A developer of the team, with the machines that report for them; the one that pushed last comes first. */
export interface TeamMember {
  developer: string;
  machines: { machine: string; version: string; lastPushedAt: string }[];
}

export interface TeamMembers {
  members: TeamMember[];
  freshness: TeamFreshness;
}

import { nanoUsdToDecimal } from "../../shared/money.ts";
import type { Range, ResolvedRange } from "../../shared/range.ts";
import type {
  TeamFreshness,
  TeamMember,
  TeamMembers,
  TeamSeries,
  TeamSeriesQuery,
  TeamSpend,
  TeamSpendQuery,
} from "../../shared/teamSpend.ts";
import { noSums, type SumColumn, type Sums, sumColumns } from "../store/rollupSums.ts";
import { totalsOf } from "../store/spend.ts";
import type { Store, TimeRange } from "../store/store.ts";
import type { MirrorDays, TeamFacts } from "../store/teamMirror.ts";
import type { TeamMembership } from "../store/teamRecords.ts";
import { budgetPeriodBounds } from "../time/range.ts";
import { dayOf, daysBetween } from "./teamDays.ts";
import type { TeamRefresh } from "./teamRefresh.ts";

export interface TeamViewSurroundings {
  store: Pick<Store, "team" | "teamFacts" | "teamContributors">;
  refresh: TeamRefresh;
  /** A range in a zone; throws where it is none. */
  resolve(range: Range): { range: TimeRange; resolved: ResolvedRange };
  nowMs(): number;
}

/** What the whole team spends, as far as it is known here. All answer `null` where no team was joined. */
export interface TeamView {
  spend(query: TeamSpendQuery): Promise<TeamSpend | null>;
  series(query: TeamSeriesQuery): Promise<TeamSeries | null>;
  members(): Promise<TeamMembers | null>;
}

const DEFAULT_LIMIT = 1_000;
const DEFAULT_TOP = 5;
/** Three years: `all` has no beginning. */
const MOST_DAYS = 1_096;
const DAY_MS = 24 * 60 * 60_000;

type TeamSums = Record<SumColumn, number>;

export function createTeamView({ store, refresh, resolve, nowMs }: TeamViewSurroundings): TeamView {
  function daysOf(range: Range, timeZone: string): { days: MirrorDays; resolved: ResolvedRange } {
    const asked = resolve({ ...range, timeZone }).range;
    const toMs = Math.max(asked.fromMs, asked.toMs - 1);
    const fromMs = Math.max(asked.fromMs, toMs - MOST_DAYS * DAY_MS);
    const day = dayOf(timeZone);
    const instant = (ms: number) => new Date(ms).toISOString();
    return {
      days: { from: day(fromMs), to: day(toMs) },
      resolved: {
        from: instant(budgetPeriodBounds("day", fromMs, timeZone).fromMs),
        to: instant(budgetPeriodBounds("day", toMs, timeZone).toMs),
        timeZone,
      },
    };
  }

  async function lookAt(team: TeamMembership, days: MirrorDays) {
    const problem = await refresh.lookAt(team, days);
    return ({ readAtMs, knownDays }: TeamFacts): TeamFreshness => ({
      asOf: readAtMs === null ? null : new Date(readAtMs).toISOString(),
      problem,
      unknownDays: daysBetween(days.from, days.to).length - knownDays,
    });
  }

  return {
    async spend({ groupBy = [], filters = {}, limit = DEFAULT_LIMIT, ...range }) {
      const team = await store.team();
      if (team === null) return null;
      const { days, resolved } = daysOf(range, team.timeZone);
      const freshness = await lookAt(team, days);
      const facts = await store.teamFacts({ ...days, groupBy, filters });
      const total = sumOf(facts.rows.map(({ sums }) => sums));
      const rows = groupBy.length === 0 ? [] : facts.rows.slice(0, limit);
      return {
        ...resolved,
        groupBy,
        rows: rows.map(({ keys, sums }) => ({ key: keys[0] ?? null, keys, ...totalsOf(sumOf([sums])) })),
        total: totalsOf(total),
        freshness: freshness(facts),
      };
    },

    async series({ groupBy = null, filters = {}, top = DEFAULT_TOP, ...range }) {
      const team = await store.team();
      if (team === null) return null;
      const { days, resolved } = daysOf(range, team.timeZone);
      const freshness = await lookAt(team, days);
      const keys = groupBy === null || groupBy === "day" ? [] : [groupBy];
      const facts = await store.teamFacts({ ...days, groupBy: ["day", ...keys], filters });
      const names = daysBetween(days.from, days.to);
      return {
        ...resolved,
        groupBy: keys[0] ?? null,
        days: names,
        series: keys.length === 0 ? [lineOf(null, false, facts.rows, names)] : linesOf(facts, names, top),
        freshness: freshness(facts),
      };
    },

    async members() {
      const team = await store.team();
      if (team === null) return null;
      const today = dayOf(team.timeZone)(nowMs());
      const days = { from: today, to: today };
      const freshness = await lookAt(team, days);
      const facts = await store.teamFacts({ ...days, groupBy: [], filters: {} });
      const members = new Map<string, TeamMember>();
      for (const [, developer, machine, version, pushedAtMs] of await store.teamContributors()) {
        const member = members.get(developer) ?? { developer, machines: [] };
        member.machines.push({ machine, version, lastPushedAt: new Date(pushedAtMs).toISOString() });
        members.set(developer, member);
      }
      return { members: [...members.values()], freshness: freshness(facts) };
    },
  };
}

type Row = TeamFacts["rows"][number];

/** The `top` values by cost over all days, and one line of all others. */
function linesOf({ rows }: TeamFacts, days: readonly string[], top: number): TeamSeries["series"] {
  const byKey = rowsBy(rows, 1);
  const ranked = [...byKey]
    .map(([key, ofKey]) => ({ key, ofKey, cost: sumOf(ofKey.map(({ sums }) => sums)).cost_nano_usd }))
    .sort((a, b) => b.cost - a.cost || ((a.key ?? "") < (b.key ?? "") ? -1 : 1));
  const others = ranked.slice(top).flatMap(({ ofKey }) => ofKey);
  return [
    ...ranked.slice(0, top).map(({ key, ofKey }) => lineOf(key, false, ofKey, days)),
    ...(others.length > 0 ? [lineOf(null, true, others, days)] : []),
  ];
}

function lineOf(key: string | null, other: boolean, rows: readonly Row[], days: readonly string[]) {
  const byDay = rowsBy(rows, 0);
  const sums = days.map((day) => sumOf((byDay.get(day) ?? []).map((row) => row.sums)));
  return {
    key,
    other,
    costUsd: sums.map(({ cost_nano_usd }) => nanoUsdToDecimal(cost_nano_usd)),
    calls: sums.map(({ calls }) => calls),
  };
}

function rowsBy(rows: readonly Row[], place: number): Map<string | null, Row[]> {
  const groups = new Map<string | null, Row[]>();
  for (const row of rows) {
    const key = row.keys[place] ?? null;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

function sumOf(all: readonly TeamSums[]): Sums {
  const total = noSums();
  for (const sums of all) for (const column of sumColumns) total[column] += sums[column];
  return total;
}

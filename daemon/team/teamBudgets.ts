import {
  type BudgetInput,
  type BudgetPeriod,
  type BudgetScope,
  type BudgetState,
  budgetId,
  budgetPeriods,
  DEFAULT_THRESHOLDS,
  TEAM_BUDGET,
} from "../../shared/budgets.ts";
import { decimalToNanoUsd, nanoUsdToDecimal } from "../../shared/money.ts";
import { crossing } from "../budgets/budgetKeeper.ts";
import { projectedNanoUsd } from "../budgets/projection.ts";
import type { BudgetCrossing } from "../live/hub.ts";
import type { Store } from "../store/store.ts";
import type { MirrorBudget, MirrorDays } from "../store/teamMirror.ts";
import type { TeamMembership } from "../store/teamRecords.ts";
import { budgetPeriodBounds, dayPosition } from "../time/range.ts";
import { SERVER_NOW_MS } from "./schema.ts";
import type { TeamDatabase } from "./teamDatabase.ts";
import { dayOf } from "./teamDays.ts";
import { sentences, TeamFailure } from "./teamFailure.ts";
import type { TeamRefresh } from "./teamRefresh.ts";
import { teamScopes } from "./teamScopes.ts";

export interface TeamBudgetSurroundings {
  store: Pick<
    Store,
    "team" | "teamFacts" | "teamMirrorBudgets" | "mutedTeamBudgets" | "muteTeamBudget" | "forgetBudgetNotices"
  >;
  refresh: TeamRefresh;
  /** `null` where its token is not known. */
  database(): TeamDatabase | null;
  developer: string;
  nowMs(): number;
  sleep(ms: number): Promise<unknown>;
  /** Where the team's budgets stand has changed, or one crossed a threshold just now. */
  onChanged(crossed: BudgetCrossing | null): void;
}

/** What the team has spent today, by the days of its zone, as of when its database was last read. */
export interface TeamToday {
  costUsd: string;
  asOf: string;
}

/** Limits that the team has set itself. They stand in its database; where they stand is reckoned here. */
export interface TeamBudgets {
  /** As they were last known: asks nobody. */
  known(): BudgetState[];
  today(): TeamToday | null;
  /** Asks the team's database, and tells who crossed what. */
  look(): Promise<BudgetState[]>;
  /** What `look` says, or where that takes long, what was known. */
  states(): Promise<BudgetState[]>;
  /** Rejects with `TeamFailure` where the team cannot be told. */
  set(input: BudgetInput): Promise<BudgetState>;
  remove(id: string): Promise<boolean>;
}

/** One's own budgets are asked for together with these, and wait for no server. */
const PATIENCE_MS = 2_500;

const PUT = `INSERT INTO taximeter_budgets
    (id, period, scope_dimension, scope_value, limit_nano_usd, thresholds, set_by, set_at_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ${SERVER_NOW_MS})
  ON CONFLICT (id) DO UPDATE SET limit_nano_usd = excluded.limit_nano_usd, thresholds = excluded.thresholds,
    set_by = excluded.set_by, set_at_ms = excluded.set_at_ms`;

export function createTeamBudgets(surroundings: TeamBudgetSurroundings): TeamBudgets {
  const { store, refresh, database, developer, nowMs, sleep, onChanged } = surroundings;
  let states: BudgetState[] = [];
  let today: TeamToday | null = null;
  /** One reading at a time: two that cross would see the same threshold crossed twice. */
  let queue: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work);
    queue = turn.catch(() => {});
    return turn;
  }

  async function stateOf(
    budget: MirrorBudget,
    { timeZone }: TeamMembership,
    muted: readonly string[],
  ): Promise<BudgetState | null> {
    const period = budgetPeriods.find((known) => known === budget.period);
    const scope = scopeOf(budget);
    // A newer Taximeter may have budgets of other kinds.
    if (period === undefined || scope === undefined || budget.limitNanoUsd <= 0) return null;
    const bounds = budgetPeriodBounds(period, nowMs(), timeZone);
    const { rows } = await store.teamFacts({
      ...daysOf(bounds.fromMs, nowMs(), timeZone),
      groupBy: [],
      filters: scope === null ? {} : { [teamScopes[scope.dimension] ?? "project"]: [scope.value] },
    });
    const sums = rows[0]?.sums;
    const spent = sums?.cost_nano_usd ?? 0;
    const percent = (spent / budget.limitNanoUsd) * 100;
    const thresholds = budget.thresholds.length > 0 ? budget.thresholds : [...DEFAULT_THRESHOLDS];
    const start = dayPosition(bounds.fromMs, timeZone);
    const projected = projectedNanoUsd(period, spent, {
      start,
      end: dayPosition(bounds.toMs, timeZone),
      now: dayPosition(nowMs(), timeZone),
      first: start,
    });
    return {
      id: teamId(period, scope),
      team: true,
      period,
      scope,
      limitUsd: nanoUsdToDecimal(budget.limitNanoUsd),
      thresholds,
      ...(muted.includes(teamId(period, scope)) ? { muted: true } : {}),
      periodStart: new Date(bounds.fromMs).toISOString(),
      periodEnd: new Date(bounds.toMs).toISOString(),
      spentUsd: nanoUsdToDecimal(spent),
      percent,
      reached: thresholds.findLast((threshold) => percent >= threshold) ?? null,
      blindCalls: (sums?.unpriced_calls ?? 0) + (sums?.incomplete_calls ?? 0),
      projectedUsd: projected === null ? null : nanoUsdToDecimal(projected),
    };
  }

  async function reckon(team: TeamMembership): Promise<BudgetState[]> {
    const before = states;
    const [budgets, muted] = await Promise.all([store.teamMirrorBudgets(), store.mutedTeamBudgets()]);
    const now = await Promise.all(budgets.map((budget) => stateOf(budget, team, muted)));
    states = now.filter((state) => state !== null);
    const day = daysOf(nowMs(), nowMs(), team.timeZone);
    const facts = await store.teamFacts({ ...day, groupBy: [], filters: {} });
    today =
      facts.readAtMs === null
        ? null
        : {
            costUsd: nanoUsdToDecimal(facts.rows[0]?.sums.cost_nano_usd ?? 0),
            asOf: new Date(facts.readAtMs).toISOString(),
          };
    const crossed = states.flatMap((state) => {
      const known = before.find(
        ({ id, periodStart }) => id === state.id && periodStart === state.periodStart,
      );
      return crossing(known ?? null, state) ?? [];
    });
    for (const one of crossed) onChanged(one);
    if (crossed.length === 0 && JSON.stringify(before) !== JSON.stringify(states)) onChanged(null);
    return states;
  }

  /** All that budgets are about: the month, and the week that may have begun before it. */
  function currentDays(timeZone: string): MirrorDays {
    const starts = budgetPeriods.map((period) => budgetPeriodBounds(period, nowMs(), timeZone).fromMs);
    return daysOf(Math.min(...starts), nowMs(), timeZone);
  }

  async function joined(): Promise<{ team: TeamMembership; to: TeamDatabase }> {
    const team = await store.team();
    if (team === null) throw new TeamFailure("noToken", "No team was joined.");
    const to = database();
    if (to === null) throw new TeamFailure("noToken", sentences.noToken);
    return { team, to };
  }

  const look = () =>
    inTurn(async () => {
      const team = await store.team();
      if (team === null) {
        today = null;
        const before = states;
        states = [];
        if (before.length > 0) onChanged(null);
        return states;
      }
      await refresh.lookAt(team, currentDays(team.timeZone));
      return await reckon(team);
    });

  async function lookAnew(team: TeamMembership): Promise<BudgetState[]> {
    await refresh.lookAt(team, currentDays(team.timeZone), true);
    return await reckon(team);
  }

  return {
    known: () => states,
    today: () => today,
    look,
    states: () => Promise.race([look(), sleep(PATIENCE_MS).then(() => states)]),
    set: (input) =>
      inTurn(async () => {
        const { team, to } = await joined();
        const { period, limitUsd, scope = null } = input;
        const id = teamId(period, scope);
        const before = states.find((known) => known.id === id);
        if (input.muted !== undefined) await store.muteTeamBudget(id, input.muted);
        const limitNanoUsd = decimalToNanoUsd(limitUsd) ?? 0;
        const thresholds = rising(input.thresholds ?? before?.thresholds ?? DEFAULT_THRESHOLDS);
        const isSame =
          before !== undefined &&
          decimalToNanoUsd(before.limitUsd) === limitNanoUsd &&
          before.thresholds.join() === thresholds.join();
        // To be silenced is nothing that the team must know.
        if (!isSame) {
          const column = scope === null ? null : (teamScopes[scope.dimension] ?? null);
          const value = scope?.value ?? null;
          const args = [
            budgetId(period, scope),
            period,
            column,
            value,
            limitNanoUsd,
            JSON.stringify(thresholds),
          ];
          await to.batch("write", [{ sql: PUT, args: [...args, developer] }]);
        }
        const state = (await lookAnew(team)).find((known) => known.id === id);
        if (state === undefined) throw new TeamFailure("unreachable", sentences.unreachable);
        await store.forgetBudgetNotices(id, state.percent);
        return state;
      }),
    remove: (id) =>
      inTurn(async () => {
        const { team, to } = await joined();
        const known = states.some((state) => state.id === id);
        const own = id.slice(TEAM_BUDGET.length);
        await to.batch("write", [{ sql: "DELETE FROM taximeter_budgets WHERE id = ?", args: [own] }]);
        await lookAnew(team);
        return known;
      }),
  };
}

function teamId(period: BudgetPeriod, scope: BudgetScope | null): string {
  return TEAM_BUDGET + budgetId(period, scope);
}

/** `undefined`: nothing that is known here. */
function scopeOf({ scopeDimension, scopeValue }: MirrorBudget): BudgetScope | null | undefined {
  if (scopeDimension === null || scopeValue === null) return null;
  switch (scopeDimension) {
    case "project":
      return { dimension: "workspace", value: scopeValue };
    case "developer":
    case "source":
    case "feature":
    case "provider":
    case "model":
    case "operation":
      return { dimension: scopeDimension, value: scopeValue };
    default:
      return undefined;
  }
}

function rising(percents: readonly number[]): number[] {
  return [...new Set(percents)].sort((a, b) => a - b);
}

function daysOf(fromMs: number, toMs: number, timeZone: string): MirrorDays {
  const day = dayOf(timeZone);
  return { from: day(fromMs), to: day(toMs) };
}

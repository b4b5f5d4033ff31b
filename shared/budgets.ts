import type { Dimension } from "./dimensions.ts";

export const budgetPeriods = ["day", "week", "month"] as const;
export type BudgetPeriod = (typeof budgetPeriods)[number];

/** What a budget covers: everything, or one value of one dimension. */
export interface BudgetScope {
  dimension: Dimension;
  value: string;
}

/** Percentages at which a budget warns where nobody said otherwise. */
export const DEFAULT_THRESHOLDS: readonly number[] = [50, 80, 100];

export interface Budget {
  /** `day`, `month`, or with a scope `day:workspace:/home/me/shop`: one budget per period and scope. */
  id: string;
  period: BudgetPeriod;
  scope: BudgetScope | null;
  /** Decimal string, above 0. */
  limitUsd: string;
  /** Percentages at which it warns, rising. */
  thresholds: number[];
  /** A call that may go over the limit is stopped before it leaves; see docs/protection.md. Absent: it only warns. */
  hardStop?: true;
  /** It stands in the settings of an editor as well, which hands it over anew where it was removed elsewhere. */
  inSettings?: true;
  /** The user wants no more notices of it; it is shown and stops as before. */
  muted?: true;
  /**
   * The team's own, for what all of it spends: `id` begins with `team:`, its days are those of the team's zone, a scope of
   * `workspace` is the name of a project, and it only warns.
   */
  team?: true;
}

/** How the id of a team's budget begins. */
export const TEAM_BUDGET = "team:";

/** A budget and where it stands in its current period. */
export interface BudgetState extends Budget {
  periodStart: string;
  periodEnd: string;
  spentUsd: string;
  /** `spentUsd` of `limitUsd` in percent, not rounded. */
  percent: number;
  /** The highest threshold reached in this period, or `null`. */
  reached: number | null;
  /** Calls in the period and scope whose cost is unknown or only a lower bound: how far the budget is blind. */
  blindCalls: number;
  /**
   * What the period ends at, at the pace so far: spend over the days gone, times the days of the period; a lower bound
   * where it is blind. `null` while it is too early to say.
   */
  projectedUsd: string | null;
}

/** What is absent stays as it was, or is at first: thresholds of 50, 80 and 100, everything else off. */
export interface BudgetInput
  extends Pick<Budget, "period" | "limitUsd">,
    Partial<Pick<Budget, "scope" | "thresholds">> {
  hardStop?: boolean;
  inSettings?: boolean;
  muted?: boolean;
  team?: boolean;
}

/** What a hard stop cannot go by: it is not known where a call is made, or not before it leaves. */
export const unstoppableDimensions: readonly Dimension[] = ["callSite", "developer"];

export function budgetId(period: BudgetPeriod, scope: BudgetScope | null): string {
  return scope === null ? period : `${period}:${scope.dimension}:${scope.value}`;
}

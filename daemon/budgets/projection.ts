import type { BudgetPeriod } from "../../shared/budgets.ts";

/** How many days must be gone before a pace says anything: a quarter of a day, a day, three days. */
const LEAST_DAYS: Record<BudgetPeriod, number> = { day: 0.25, week: 1, month: 3 };

/** Places on the line of `dayPosition`: days, of which each counts as one. */
export interface Pace {
  start: number;
  end: number;
  now: number;
  /** When the first call of all was metered, or `null` before it: what was spent earlier nobody saw. */
  first: number | null;
}

/**
 * What the period ends at if the days to come are as the days so far, in nano-dollars; `null` while it is too early to
 * say. Days count from when metering began, where that was within the period.
 */
export function projectedNanoUsd(
  period: BudgetPeriod,
  spentNanoUsd: number,
  { start, end, now, first }: Pace,
): number | null {
  const gone = Math.min(now, end) - Math.max(start, first ?? now);
  if (gone < LEAST_DAYS[period]) return null;
  return Math.round(spentNanoUsd + (spentNanoUsd / gone) * Math.max(0, end - now));
}

import { type BudgetInput, budgetId, budgetPeriods } from "../../shared/budgets.ts";
import { nanoUsdToDecimal, usdToNanoUsd } from "../../shared/money.ts";

/** What one budget may be at most, in US dollars: amounts are exact up to there. */
const MAX_LIMIT_USD = 1_000_000;

/** Reads `taximeter.budgets`. An entry that is wrong is left out, with a sentence in `problems`. */
export function parseBudgets(raw: unknown, problems: string[]): BudgetInput[] {
  if (raw === undefined || raw === null) return [];
  if (!Array.isArray(raw)) {
    problems.push('taximeter.budgets must be a list such as [{ "period": "day", "limitUsd": 5 }].');
    return [];
  }
  const budgets = new Map<string, BudgetInput>();
  for (const [index, entry] of raw.entries()) {
    const budget = parseBudget(entry);
    if (typeof budget === "string") problems.push(`taximeter.budgets[${index}]: ${budget}`);
    else budgets.set(budgetId(budget.period, null), budget);
  }
  return [...budgets.values()];
}

function parseBudget(entry: unknown): BudgetInput | string {
  if (typeof entry !== "object" || entry === null) return "must be an object.";
  const { period: rawPeriod, limitUsd, thresholds, hardStop } = entry as Record<string, unknown>;
  const period = budgetPeriods.find((known) => known === rawPeriod);
  if (period === undefined) return `period must be one of ${budgetPeriods.join(", ")}.`;
  if (typeof limitUsd !== "number") return "limitUsd must be a number of US dollars.";
  const limit = limitFromNumber(limitUsd);
  if (limit === null) return `limitUsd must be above 0 and at most ${MAX_LIMIT_USD}.`;
  if (hardStop !== undefined && typeof hardStop !== "boolean") return "hardStop must be true or false.";
  const stop = hardStop === true ? { hardStop } : {};
  if (thresholds === undefined) return { period, limitUsd: limit, ...stop };
  const rising = parseThresholds(thresholds);
  if (rising === null) return "thresholds must be a list of percentages above 0.";
  return { period, limitUsd: limit, thresholds: rising, ...stop };
}

function parseThresholds(raw: unknown): number[] | null {
  if (!Array.isArray(raw) || raw.length === 0) return null;
  const thresholds = new Set<number>();
  for (const threshold of raw) {
    if (typeof threshold !== "number" || !(threshold > 0 && threshold <= 1000)) return null;
    thresholds.add(threshold);
  }
  return [...thresholds].sort((a, b) => a - b);
}

function limitFromNumber(usd: number): string | null {
  if (!(usd > 0 && usd <= MAX_LIMIT_USD)) return null;
  const limit = nanoUsdToDecimal(usdToNanoUsd(usd));
  return limit === "0" ? null : limit;
}

/** A limit as a person types it (`5`, `$5`, `0,50`): a decimal string in US dollars, or `null` where it is none. */
export function parseLimit(text: string): string | null {
  const match = /^\s*\$?\s*(\d{1,7}(?:[.,]\d{1,9})?|[.,]\d{1,9})\s*(?:\$|USD)?\s*$/i.exec(text);
  return match?.[1] === undefined ? null : limitFromNumber(Number(match[1].replace(",", ".")));
}

/** What must be asked of the daemon so that a change of the setting takes hold; what it did not name stays as it is. */
export interface BudgetChanges {
  set: BudgetInput[];
  removeIds: string[];
}

/** `applied` is what the setting held when it was last handed over, `wanted` what it holds now. */
export function budgetChanges(
  applied: readonly BudgetInput[],
  wanted: readonly BudgetInput[],
): BudgetChanges {
  const id = (budget: BudgetInput) => budgetId(budget.period, budget.scope ?? null);
  const before = new Map(applied.map((budget) => [id(budget), JSON.stringify(budget)]));
  const stopped = new Set(applied.filter(({ hardStop }) => hardStop).map(id));
  const after = new Set(wanted.map(id));
  return {
    // To the daemon a budget that says nothing of its stop has it as it was.
    set: wanted
      .filter((budget) => before.get(id(budget)) !== JSON.stringify(budget))
      .map((budget) =>
        stopped.has(id(budget)) && !budget.hardStop ? { ...budget, hardStop: false } : budget,
      ),
    removeIds: [...before.keys()].filter((known) => !after.has(known)),
  };
}

/**
 * The setting after a budget was set (`limitUsd`) or removed (`null`) elsewhere: only where it names that period does it
 * have to follow. `null` where it stays as it is.
 */
export function followedSetting(
  current: readonly BudgetInput[],
  changedId: string,
  limitUsd: string | null,
): { period: string; limitUsd: number; thresholds?: number[]; hardStop?: boolean }[] | null {
  const named = current.some(({ period }) => budgetId(period, null) === changedId);
  if (!named) return null;
  return current.flatMap(({ period, limitUsd: before, thresholds, hardStop }) => {
    const isChanged = budgetId(period, null) === changedId;
    if (isChanged && limitUsd === null) return [];
    const limit = Number(isChanged ? limitUsd : before);
    return [
      {
        period,
        limitUsd: limit,
        ...(thresholds === undefined ? {} : { thresholds }),
        ...(hardStop === undefined ? {} : { hardStop }),
      },
    ];
  });
}

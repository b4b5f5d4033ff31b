import { scopeAsText, scopeFromText } from "../../shared/budgetScopeText.ts";
import {
  type Budget,
  type BudgetInput,
  type BudgetScope,
  budgetId,
  budgetPeriods,
  DEFAULT_THRESHOLDS,
  unstoppableDimensions,
} from "../../shared/budgets.ts";
import { decimalToNanoUsd, nanoUsdToDecimal, usdToNanoUsd } from "../../shared/money.ts";
import { typedUsd } from "../../shared/typedUsd.ts";

/** What one budget may be at most, in US dollars: amounts are exact up to there. */
const MAX_LIMIT_USD = 1_000_000;
const MAX_THRESHOLDS = 10;

/** An entry of `taximeter.budgets`, read: all that the setting decides, said in full. */
export type SettingBudget = Required<
  Pick<BudgetInput, "period" | "scope" | "limitUsd" | "thresholds" | "hardStop">
>;

/** Reads `taximeter.budgets`, by the budgets' ids. An entry that is wrong is left out, with a sentence in `problems`. */
export function parseBudgets(raw: unknown, problems: string[]): SettingBudget[] {
  if (raw === undefined || raw === null) return [];
  if (!Array.isArray(raw)) {
    problems.push('taximeter.budgets must be a list such as [{ "period": "day", "limitUsd": 5 }].');
    return [];
  }
  const budgets = new Map<string, SettingBudget>();
  for (const [index, entry] of raw.entries()) {
    const budget = parseBudget(entry);
    if (typeof budget === "string") problems.push(`taximeter.budgets[${index}]: ${budget}`);
    else budgets.set(budgetId(budget.period, budget.scope), budget);
  }
  return [...budgets.values()];
}

function parseBudget(entry: unknown): SettingBudget | string {
  if (typeof entry !== "object" || entry === null) return "must be an object.";
  const {
    period: rawPeriod,
    scope: rawScope,
    limitUsd,
    thresholds,
    hardStop,
  } = entry as Record<string, unknown>;
  const period = budgetPeriods.find((known) => known === rawPeriod);
  if (period === undefined) return `period must be one of ${budgetPeriods.join(", ")}.`;
  const scope = parseScope(rawScope);
  if (scope === undefined) return 'scope must be like "model=gpt-4o" or "label:tenant=acme".';
  if (typeof limitUsd !== "number") return "limitUsd must be a number of US dollars.";
  const limit = limitFromNumber(limitUsd);
  if (limit === null) return `limitUsd must be above 0 and at most ${MAX_LIMIT_USD}.`;
  if (hardStop !== undefined && typeof hardStop !== "boolean") return "hardStop must be true or false.";
  if (hardStop === true && !canStop(scope))
    return `hardStop cannot go by ${unstoppableDimensions.join(" or ")}.`;
  const rising = thresholds === undefined ? [...DEFAULT_THRESHOLDS] : parseThresholds(thresholds);
  if (rising === null) return `thresholds must be a list of up to ${MAX_THRESHOLDS} percentages above 0.`;
  return { period, scope, limitUsd: limit, thresholds: rising, hardStop: hardStop === true };
}

/** `null`: everything. `undefined`: it is none. */
function parseScope(raw: unknown): BudgetScope | null | undefined {
  if (raw === undefined || raw === null) return null;
  return typeof raw === "string" ? (scopeFromText(raw) ?? undefined) : undefined;
}

/** Whether calls can be stopped by it, before they leave. */
export function canStop(scope: BudgetScope | null): boolean {
  return scope === null || !unstoppableDimensions.includes(scope.dimension);
}

function parseThresholds(raw: unknown): number[] | null {
  if (!Array.isArray(raw) || raw.length === 0 || raw.length > MAX_THRESHOLDS) return null;
  const thresholds = new Set<number>();
  for (const threshold of raw) {
    if (typeof threshold !== "number" || !(threshold > 0 && threshold <= 1000)) return null;
    thresholds.add(threshold);
  }
  return [...thresholds].sort((a, b) => a - b);
}

/** Thresholds as a person types them (`50, 80 %, 100`), or `null` where they are none. */
export function readThresholds(text: string): number[] | null {
  const parts = text.split(/[\s,;%]+/).filter((part) => part !== "");
  return parseThresholds(parts.map(Number));
}

function limitFromNumber(usd: number): string | null {
  if (!(usd > 0 && usd <= MAX_LIMIT_USD)) return null;
  const limit = nanoUsdToDecimal(usdToNanoUsd(usd));
  return limit === "0" ? null : limit;
}

/** A limit as a person types it (`5`, `$5`, `0,50`): a decimal string in US dollars, or `null` where it is none. */
export function parseLimit(text: string): string | null {
  const usd = typedUsd(text);
  return usd === null ? null : limitFromNumber(Number(usd));
}

/** An entry that reads as this budget. */
export function entryOf({ period, scope, limitUsd, thresholds, hardStop }: SettingBudget): object {
  const scopeText = scope === null ? {} : { scope: scopeAsText(scope) };
  return { period, ...scopeText, limitUsd: Number(limitUsd), thresholds, hardStop };
}

/** What the setting would say of a budget as the daemon holds it. */
export function settingOf(budget: Budget): SettingBudget {
  const { period, scope, limitUsd, thresholds, hardStop } = budget;
  return { period, scope, limitUsd, thresholds, hardStop: hardStop === true };
}

/** Two budgets with the same text are the same to the setting, however their limit was written. */
export function budgetKey({ limitUsd, thresholds, hardStop }: SettingBudget): string {
  return JSON.stringify([decimalToNanoUsd(limitUsd), thresholds, hardStop]);
}

/**
 * The setting after a budget, of which it said `before`, changed or was removed (`null`) elsewhere: only its entries change,
 * and of them what has to; whatever else stands there stays, right or wrong. `null` where no entry says `before` any more.
 */
export function followedSetting(
  raw: unknown,
  id: string,
  before: SettingBudget,
  after: SettingBudget | null,
): unknown[] | null {
  const said = byIdOf(raw).get(id);
  if (!Array.isArray(raw) || said === undefined || budgetKey(said) !== budgetKey(before)) return null;
  return raw.flatMap((entry: unknown) => {
    if (!byIdOf([entry]).has(id)) return [entry];
    return after === null ? [] : [followedEntry(entry as Record<string, unknown>, after)];
  });
}

function byIdOf(raw: unknown): Map<string, SettingBudget> {
  return new Map(parseBudgets(raw, []).map((budget) => [budgetId(budget.period, budget.scope), budget]));
}

function followedEntry(entry: Record<string, unknown>, budget: SettingBudget): Record<string, unknown> {
  const { thresholds, hardStop } = budget;
  const asAtFirst = JSON.stringify(thresholds) === JSON.stringify(DEFAULT_THRESHOLDS);
  return {
    ...entry,
    ...(budget.scope === null ? {} : { scope: scopeAsText(budget.scope) }),
    limitUsd: Number(budget.limitUsd),
    ...(asAtFirst && entry["thresholds"] === undefined ? {} : { thresholds }),
    ...(!hardStop && entry["hardStop"] === undefined ? {} : { hardStop }),
  };
}

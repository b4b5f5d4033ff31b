import type { BudgetPeriod, BudgetState } from "../../shared/budgets.ts";
import { decimalToNanoUsd, nanoUsdToDecimal } from "../../shared/money.ts";
import { callsInWords } from "./costWords.ts";
import { dimensionWords, keyWords } from "./dimensionWords.ts";
import type { Formats } from "./formats.ts";

export interface BudgetView {
  id: string;
  title: string;
  /** "$4.82 of $6.00" */
  amount: string;
  /** `warn` from the last threshold below the limit on, `over` from the limit on. */
  tone: "ok" | "warn" | "over";
  /** 0 to 100, for the bar. */
  filled: number;
  /** How much of the period is over, 0 to 100, for the mark on the bar. */
  elapsed: number;
  /** "80 % used, 60 % of the day gone" */
  words: string;
  /** What happens at the limit, where it is more than a warning; else empty. */
  stop: string;
  /** How far the budget is blind; empty where it sees all. */
  blind: string;
}

const periodNames: Record<
  BudgetPeriod,
  { title: (formats: Formats, start: string) => string; gone: string }
> = {
  day: { title: () => "Today", gone: "the day" },
  week: { title: () => "This week", gone: "the week" },
  month: { title: (formats, start) => formats.month(start), gone: "the month" },
};

/** Where a budget stands at `nowMs` (epoch). */
export function budgetView(budget: BudgetState, nowMs: number, formats: Formats): BudgetView {
  const { period, periodStart, periodEnd, percent } = budget;
  const over = percent >= 100;
  const start = Date.parse(periodStart);
  const elapsed = clamp(((nowMs - start) / (Date.parse(periodEnd) - start)) * 100);
  const gone = `${formats.percent(elapsed / 100)} of ${periodNames[period].gone} gone`;
  return {
    id: budget.id,
    title: `${periodNames[period].title(formats, periodStart)}, ${scopeWords(budget)}`,
    amount: `${formats.usd(budget.spentUsd)} of ${formats.usd(budget.limitUsd)}`,
    tone: over ? "over" : percent >= lastWarning(budget) ? "warn" : "ok",
    filled: clamp(percent),
    elapsed,
    words: over
      ? `${overWords(budget, formats)}, ${gone}`
      : `${formats.percent(percent / 100)} used, ${gone}`,
    stop: budget.hardStop ? "Hard stop: calls that may go over it do not leave." : "",
    blind:
      budget.blindCalls > 0
        ? `Does not see the whole cost of ${callsInWords(budget.blindCalls, formats)}: a price is missing.`
        : "",
  };
}

function scopeWords({ scope }: BudgetState): string {
  if (scope === null) return "all";
  const value = keyWords(scope.dimension, scope.value);
  return scope.dimension === "workspace"
    ? value
    : `${dimensionWords(scope.dimension).name.toLowerCase()} ${value}`;
}

/** The highest threshold below the limit: from there on it is a matter of concern. */
function lastWarning({ thresholds }: BudgetState): number {
  return Math.max(0, ...thresholds.filter((threshold) => threshold < 100)) || 100;
}

function overWords(budget: BudgetState, formats: Formats): string {
  const spent = decimalToNanoUsd(budget.spentUsd) ?? 0;
  const limit = decimalToNanoUsd(budget.limitUsd) ?? 0;
  return spent === limit ? "Used up" : `Over by ${formats.usd(nanoUsdToDecimal(spent - limit))}`;
}

function clamp(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}

/** A limit as a user types it, with a point or a comma, as a decimal string above 0; `null` where it is none. */
export function readLimit(text: string): string | null {
  const nanoUsd = decimalToNanoUsd(
    text
      .trim()
      .replace(/^\$\s*/, "")
      .replace(",", "."),
  );
  return nanoUsd === null || nanoUsd <= 0 ? null : nanoUsdToDecimal(nanoUsd);
}

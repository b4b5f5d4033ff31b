import { type BudgetPeriod, type BudgetState, unstoppableDimensions } from "../../shared/budgets.ts";
import { decimalToNanoUsd, nanoUsdToDecimal } from "../../shared/money.ts";
import { typedUsd } from "../../shared/typedUsd.ts";
import { t } from "../localisation/t.ts";
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
  /** "At this pace November ends at $41.00.", or that it is too early to say; empty where nothing is spent. */
  pace: string;
  /** Whether that is over the limit. */
  paceIsOver: boolean;
  /** `null` where its scope is nothing that calls could be stopped by. */
  hardStop: boolean | null;
  /** How far the budget is blind; empty where it sees all. */
  blind: string;
  muted: boolean;
  inSettings: boolean;
}

/** What a hard stop does, for whoever is about to switch it on. */
export const hardStopWords = t(
  "Calls that may go over this budget are then stopped inside your apps, before they leave: your code gets a BudgetExceededError in place of an answer.",
);

interface PeriodWords {
  title: (formats: Formats, start: string) => string;
  inSentence: (formats: Formats, start: string) => string;
  gone: (percent: string) => string;
}

const periodWords: Record<BudgetPeriod, PeriodWords> = {
  day: {
    title: () => t("Today"),
    inSentence: () => t("today"),
    gone: (percent) => t("{0} of the day gone", percent),
  },
  week: {
    title: () => t("This week"),
    inSentence: () => t("this week"),
    gone: (percent) => t("{0} of the week gone", percent),
  },
  month: {
    title: (formats, start) => formats.month(start),
    inSentence: (formats, start) => formats.month(start),
    gone: (percent) => t("{0} of the month gone", percent),
  },
};

/** Where a budget stands at `nowMs` (epoch). */
export function budgetView(budget: BudgetState, nowMs: number, formats: Formats): BudgetView {
  const { period, periodStart, periodEnd, percent } = budget;
  const over = percent >= 100;
  const start = Date.parse(periodStart);
  const elapsed = clamp(((nowMs - start) / (Date.parse(periodEnd) - start)) * 100);
  const gone = periodWords[period].gone(formats.percent(elapsed / 100));
  return {
    id: budget.id,
    title: `${periodWords[period].title(formats, periodStart)}, ${scopeWords(budget)}`,
    amount: t("{0} of {1}", formats.usd(budget.spentUsd), formats.usd(budget.limitUsd)),
    tone: over ? "over" : percent >= lastWarning(budget) ? "warn" : "ok",
    filled: clamp(percent),
    elapsed,
    words: over
      ? `${overWords(budget, formats)}, ${gone}`
      : `${t("{0} used", formats.percent(percent / 100))}, ${gone}`,
    pace: paceWords(budget, formats),
    paceIsOver: budget.projectedUsd !== null && Number(budget.projectedUsd) > Number(budget.limitUsd),
    hardStop: canStop(budget) ? budget.hardStop === true : null,
    blind:
      budget.blindCalls > 0
        ? t("Blind for {0} without a full price.", callsInWords(budget.blindCalls, formats))
        : "",
    muted: budget.muted === true,
    inSettings: budget.inSettings === true,
  };
}

function paceWords(budget: BudgetState, formats: Formats): string {
  const { period, periodStart, spentUsd, projectedUsd, blindCalls } = budget;
  if (Number(spentUsd) === 0) return "";
  const name = periodWords[period].inSentence(formats, periodStart);
  if (projectedUsd === null) return t("Too early to say what {0} ends at.", name);
  const amount = `${blindCalls > 0 ? "≥ " : ""}${formats.usd(projectedUsd)}`;
  return t("At this pace {0} ends at {1}.", name, amount);
}

function canStop({ scope, team }: BudgetState): boolean {
  if (team) return false;
  return scope === null || !unstoppableDimensions.includes(scope.dimension);
}

function scopeWords({ scope }: BudgetState): string {
  if (scope === null) return t("all");
  const value = keyWords(scope.dimension, scope.value);
  return scope.dimension === "workspace" ? value : `${dimensionWords(scope.dimension).name} ${value}`;
}

/** The highest threshold below the limit: from there on it is a matter of concern. */
function lastWarning({ thresholds }: BudgetState): number {
  return Math.max(0, ...thresholds.filter((threshold) => threshold < 100)) || 100;
}

function overWords(budget: BudgetState, formats: Formats): string {
  const spent = decimalToNanoUsd(budget.spentUsd) ?? 0;
  const limit = decimalToNanoUsd(budget.limitUsd) ?? 0;
  return spent === limit ? t("Used up") : t("Over by {0}", formats.usd(nanoUsdToDecimal(spent - limit)));
}

function clamp(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}

/** Percentages as a user types them, rising; `null` where they are none. As the daemon has it: up to ten of up to 1000. */
export function readThresholds(text: string): number[] | null {
  const thresholds = text
    .split(/[\s,;%]+/)
    .filter((part) => part !== "")
    .map(Number);
  if (thresholds.length === 0 || thresholds.length > 10) return null;
  if (!thresholds.every((threshold) => threshold > 0 && threshold <= 1_000)) return null;
  return [...new Set(thresholds)].toSorted((a, b) => a - b);
}

/** A limit as a user types it, with a point or a comma, as a decimal string above 0; `null` where it is none. */
export function readLimit(text: string): string | null {
  const usd = typedUsd(text);
  const nanoUsd = usd === null ? null : decimalToNanoUsd(usd);
  return nanoUsd === null || nanoUsd <= 0 ? null : nanoUsdToDecimal(nanoUsd);
}

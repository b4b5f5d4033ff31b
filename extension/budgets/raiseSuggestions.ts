import type { BudgetState } from "../../shared/budgets.ts";
import { decimalToNanoUsd, nanoUsdToDecimal } from "../../shared/money.ts";

export interface RaiseSuggestion {
  limitUsd: string;
  why: "a little more" | "twice as much" | "enough at this pace";
}

/** Amounts that people set limits at, from 1 to 10. */
const round = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** Higher limits worth offering, rising: each above what is spent by now. */
export function raiseSuggestions(budget: BudgetState): RaiseSuggestion[] {
  const limit = decimalToNanoUsd(budget.limitUsd) ?? 0;
  const base = Math.max(limit, decimalToNanoUsd(budget.spentUsd) ?? 0);
  const projected = budget.projectedUsd === null ? 0 : (decimalToNanoUsd(budget.projectedUsd) ?? 0);
  const wanted: { nanoUsd: number; why: RaiseSuggestion["why"] }[] = [
    { nanoUsd: projected, why: "enough at this pace" },
    { nanoUsd: base * 1.25, why: "a little more" },
    { nanoUsd: base * 2, why: "twice as much" },
  ];
  const byLimit = new Map<string, RaiseSuggestion>();
  for (const { nanoUsd, why } of wanted.filter((one) => one.nanoUsd > base)) {
    const limitUsd = nanoUsdToDecimal(roundUp(nanoUsd));
    if (!byLimit.has(limitUsd)) byLimit.set(limitUsd, { limitUsd, why });
  }
  return [...byLimit.values()].sort((a, b) => Number(a.limitUsd) - Number(b.limitUsd));
}

/** The next amount in round figures. In nano-dollars, above 0. */
function roundUp(nanoUsd: number): number {
  const unit = 10 ** Math.floor(Math.log10(nanoUsd));
  const factor = round.find((figure) => figure * unit >= nanoUsd - 0.5) ?? 10;
  return Math.round(factor * unit);
}

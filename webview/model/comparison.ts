import type { ResolvedRange } from "../../shared/range.ts";
import type { Spend, SpendTotals } from "../../shared/spend.ts";
import { t } from "../localisation/t.ts";
import type { Formats } from "./formats.ts";
import type { Period } from "./period.ts";

export interface Comparison {
  direction: "up" | "down" | "same";
  /** "38%", or empty where there is nothing to compare with. */
  change: string;
  /** The rest of the sentence. */
  text: string;
}

/** Below this, two sums read as the same. */
const SAME_RATIO = 0.005;

/** Today's sum beside that of the period before at the same point. `null` where there is no period before. */
export function compare(
  period: Period,
  total: SpendTotals,
  before: Spend | null,
  formats: Formats,
): Comparison | null {
  if (before === null) return null;
  const then = Number(before.total.costUsd);
  const now = Number(total.costUsd);
  const whenWords = beforeWords(period, before, formats);
  if (before.total.calls === 0) {
    return { direction: "same", change: "", text: noCallsWords(period, before, formats) };
  }
  const amount = `(${formats.usd(before.total.costUsd)})`;
  if (then === 0) {
    const direction = now > 0 ? "up" : "same";
    return { direction, change: "", text: nothingWords(period, whenWords) };
  }
  const ratio = now / then - 1;
  if (Math.abs(ratio) < SAME_RATIO) {
    return { direction: "same", change: "", text: t("As much as {0} {1}", whenWords, amount) };
  }
  return {
    direction: ratio > 0 ? "up" : "down",
    // Beyond tenfold a percentage says less than the factor.
    change: ratio >= 9 ? `${formats.count(Math.round(ratio + 1))}×` : formats.percent(Math.abs(ratio)),
    text: ratio >= 9 ? t("that of {0} {1}", whenWords, amount) : t("against {0} {1}", whenWords, amount),
  };
}

function nothingWords(period: Period, whenWords: string): string {
  return period === "today"
    ? t("Nothing was spent yesterday by this hour")
    : t("Nothing was spent in {0}", whenWords);
}

function noCallsWords(period: Period, before: ResolvedRange, formats: Formats): string {
  switch (period) {
    case "today":
      return t("No calls yesterday by this hour");
    case "week":
    case "month":
    case "7d":
    case "30d":
    case "session":
      return t("No calls in {0}", beforeWords(period, before, formats));
    default:
      return period satisfies never;
  }
}

function beforeWords(period: Period, before: ResolvedRange, formats: Formats): string {
  switch (period) {
    case "today":
      return t("yesterday at this hour");
    case "week":
      return t("the week before up to the same day");
    case "7d":
      return t("the 7 days before");
    case "30d":
      return t("the 30 days before");
    case "month":
      return t("{0} up to the same day", formats.month(before.from));
    case "session":
      return t("before");
    default:
      return period satisfies never;
  }
}

import type { SpendTotals } from "../../shared/spend.ts";
import { amount, type Language } from "../language.ts";
import type { Period, Scope } from "../settings.ts";

/** What this window shows of the meter. */
export interface StatusBarView {
  period: Period;
  scope: Scope;
  workspaceFolders: readonly string[];
  /** `false`: the window is in Restricted Mode. */
  isTrusted: boolean;
  /** For the age of what is dated. */
  now: Date;
}

/** What was spent; where no call has a price that is not known, and nothing is not what it was. */
export function spentFigure({ costUsd, calls, unpricedCalls }: SpendTotals, language: Language): string {
  return amount(language, calls > 0 && unpricedCalls === calls ? null : costUsd);
}

/** An amount and the period it was spent in, in words. */
export function spentInPeriod(spent: string, period: Period, { l10n }: Language): string {
  switch (period) {
    case "session":
      return l10n.t("{0} this session", spent);
    case "today":
      return l10n.t("{0} today", spent);
    case "week":
      return l10n.t("{0} this week", spent);
    case "month":
      return l10n.t("{0} this month", spent);
    default:
      return period satisfies never;
  }
}

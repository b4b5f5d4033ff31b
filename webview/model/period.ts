import type { Range, ResolvedRange } from "../../shared/range.ts";
import type { Interval } from "../../shared/spend.ts";
import { t } from "../localisation/t.ts";
import { shiftDays, shiftMonths } from "./zonedTime.ts";

export const periods = ["session", "today", "week", "month", "7d", "30d"] as const;
export type Period = (typeof periods)[number];

interface PeriodWords {
  /** On its button. */
  name: string;
  /** Within a sentence: "no calls …". */
  inSentence: string;
}

export const periodWords: Record<Period, PeriodWords> = {
  session: { name: t("Session"), inSentence: t("in this session") },
  today: { name: t("Today"), inSentence: t("today") },
  week: { name: t("Week"), inSentence: t("this week") },
  month: { name: t("Month"), inSentence: t("this month") },
  "7d": { name: t("7 days"), inSentence: t("in the last 7 days") },
  "30d": { name: t("30 days"), inSentence: t("in the last 30 days") },
};

/** The range to ask the daemon for. A session starts at an ISO instant that the host knows. */
export function rangeOf(period: Period, sessionStart: string | null): Range {
  switch (period) {
    case "session":
      return { from: sessionStart ?? "today" };
    case "today":
    case "week":
    case "month":
    case "7d":
    case "30d":
      return { from: period };
    default:
      return period satisfies never;
  }
}

/** Width of a bar in the trend; `undefined` leaves it to the daemon. */
export function intervalOf(period: Period): Interval | undefined {
  switch (period) {
    case "session":
      return undefined;
    case "today":
      return "hour";
    case "week":
    case "month":
    case "7d":
    case "30d":
      return "day";
    default:
      return period satisfies never;
  }
}

/** Where the period will end, so that the trend keeps its width while the period fills; `null` where that is now. */
export function periodEnd(period: Period, range: ResolvedRange): Date | null {
  const from = new Date(range.from);
  switch (period) {
    case "today":
      return shiftDays(from, 1, range.timeZone);
    case "week":
      return shiftDays(from, 7, range.timeZone);
    case "month":
      return shiftMonths(from, 1, range.timeZone);
    case "session":
    case "7d":
    case "30d":
      return null;
    default:
      return period satisfies never;
  }
}

/**
 * The period before, up to the same point: yesterday until this time of day, the month before until this day and time.
 * Cut to the minute, so that asking again within the same minute is the same question. `null` for a session.
 */
export function rangeBefore(period: Period, range: ResolvedRange, now: Date): ResolvedRange | null {
  const { timeZone } = range;
  const from = new Date(range.from);
  const minute = 60_000;
  const until = new Date(Math.floor(Math.min(Date.parse(range.to), now.getTime()) / minute) * minute);
  const shift = shiftOf(period);
  if (shift === null || until <= from) return null;
  const before = shift(from, timeZone);
  const to = new Date(Math.min(shift(until, timeZone).getTime(), from.getTime()));
  return { from: before.toISOString(), to: to.toISOString(), timeZone };
}

function shiftOf(period: Period): ((instant: Date, timeZone: string) => Date) | null {
  switch (period) {
    case "session":
      return null;
    case "today":
      return (instant, timeZone) => shiftDays(instant, -1, timeZone);
    case "week":
    case "7d":
      return (instant, timeZone) => shiftDays(instant, -7, timeZone);
    case "30d":
      return (instant, timeZone) => shiftDays(instant, -30, timeZone);
    case "month":
      return (instant, timeZone) => shiftMonths(instant, -1, timeZone);
    default:
      return period satisfies never;
  }
}

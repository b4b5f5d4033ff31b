import { Temporal } from "temporal-polyfill";
import type { BudgetPeriod } from "../../shared/budgets.ts";
import type { Range, ResolvedRange } from "../../shared/range.ts";
import type { Interval } from "../../shared/spend.ts";
import type { TimeRange } from "../store/store.ts";

/** What was asked for makes no sense: `field` names the culprit, `message` goes on from its name. */
export interface RangeProblem {
  ok: false;
  field: string;
  message: string;
}

type Zoned = Temporal.ZonedDateTime;

const QUARTER_HOUR_MS = 15 * 60_000;
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const MAX_DAYS = 36_525;
const MAX_BUCKETS = 10_000;

/**
 * A range as `shared/range.ts` words it, as instants. "Until now" is the end of the current quarter hour, so that it is
 * answered from rollups alone, and a call whose clock runs a little ahead is not left out. `now` in milliseconds.
 */
export function resolveRange(
  range: Range,
  now: number,
  defaultTimeZone: string,
): { ok: true; range: TimeRange; resolved: ResolvedRange } | RangeProblem {
  const timeZone = range.timeZone ?? defaultTimeZone;
  const nowInZone = inTimeZone(now, timeZone);
  if (nowInZone === null) {
    return problem("timeZone", `must be an IANA time zone such as Europe/Berlin, not "${timeZone}"`);
  }
  const untilNowMs = Math.floor(now / QUARTER_HOUR_MS) * QUARTER_HOUR_MS + QUARTER_HOUR_MS;
  const fromText = range.from ?? "today";
  const from = periodOf(fromText, nowInZone, untilNowMs);
  if (from === null) return problem("from", `${EXPECTED}, not "${fromText}"`);
  const to = range.to === undefined ? null : periodOf(range.to, nowInZone, untilNowMs);
  if (range.to !== undefined && to === null) return problem("to", `${EXPECTED}, not "${range.to}"`);

  const { fromMs } = from;
  const toMs = to?.toMs ?? (fromText === "yesterday" ? from.toMs : untilNowMs);
  // A day before the other ends where that one begins: an instant may be both ends, a day that is over may not be one.
  if (to !== null && to.toMs <= fromMs && to.fromMs < fromMs)
    return problem("to", "must not be before the beginning");
  if (toMs < fromMs) return problem("from", "must not be in the future");
  return {
    ok: true,
    range: { fromMs, toMs },
    resolved: { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), timeZone },
  };
}

const EXPECTED =
  "must be today, yesterday, week, month, a number of days such as 7d, all, a date YYYY-MM-DD or an ISO 8601 instant";

function problem(field: string, message: string): RangeProblem {
  return { ok: false, field, message };
}

/** The period that an end of a range names; an instant is a period of no length. `null` where it names none. */
function periodOf(text: string, now: Zoned, untilNowMs: number): TimeRange | null {
  const today = now.startOfDay();
  switch (text) {
    case "today":
      return between(today, today.add({ days: 1 }));
    case "yesterday":
      return between(today.subtract({ days: 1 }), today);
    case "week":
    case "month":
      return calendarPeriod(text, now);
    case "all":
      return { fromMs: 0, toMs: untilNowMs };
    default:
  }
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  if (days !== undefined) {
    const count = Number(days);
    if (count < 1 || count > MAX_DAYS) return null;
    return between(today.subtract({ days: count - 1 }), today.add({ days: 1 }));
  }
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
      const date = Temporal.PlainDate.from(text);
      const { timeZoneId } = now;
      return between(date.toZonedDateTime(timeZoneId), date.add({ days: 1 }).toZonedDateTime(timeZoneId));
    }
    const instantMs = Temporal.Instant.from(text).epochMilliseconds;
    return { fromMs: instantMs, toMs: instantMs };
  } catch {
    return null;
  }
}

function between(from: Zoned, to: Zoned): TimeRange {
  return { fromMs: from.epochMilliseconds, toMs: to.epochMilliseconds };
}

/** The day, the week from Monday, or the month in which `now` lies. */
function calendarPeriod(period: BudgetPeriod, now: Zoned): TimeRange {
  const day = now.startOfDay();
  switch (period) {
    case "day":
      return between(day, day.add({ days: 1 }));
    case "week": {
      const monday = day.subtract({ days: day.dayOfWeek - 1 }).startOfDay();
      return between(monday, monday.add({ weeks: 1 }));
    }
    case "month": {
      const first = day.with({ day: 1 }).startOfDay();
      return between(first, first.add({ months: 1 }));
    }
    default:
      return period satisfies never;
  }
}

/** The current period of a budget. Throws where `timeZone` is none: a setting is checked when it is read. */
export function budgetPeriodBounds(period: BudgetPeriod, now: number, timeZone: string): TimeRange {
  return calendarPeriod(period, Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone));
}

/**
 * An instant as a count of days since 1970 in the zone, with what is gone of its own day as a fraction: a day counts as one,
 * whether it has 23, 24 or 25 hours. Throws as `budgetPeriodBounds` does.
 */
export function dayPosition(instantMs: number, timeZone: string): number {
  const instant = Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(timeZone);
  const { fromMs, toMs } = calendarPeriod("day", instant);
  const days = Temporal.PlainDate.from("1970-01-01").until(instant.toPlainDate(), {
    largestUnit: "day",
  }).days;
  return days + (instantMs - fromMs) / (toMs - fromMs);
}

/** Whether it is an IANA time zone, or an offset such as +05:45. */
export function isTimeZone(timeZone: string): boolean {
  return inTimeZone(0, timeZone) !== null;
}

function inTimeZone(instantMs: number, timeZone: string): Zoned | null {
  try {
    return Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(timeZone);
  } catch {
    return null;
  }
}

/** An interval that gives a range some dozens of buckets. */
export function defaultInterval({ fromMs, toMs }: TimeRange): Interval {
  const length = toMs - fromMs;
  if (length <= 6 * HOUR_MS) return "15m";
  if (length <= 3 * DAY_MS) return "hour";
  if (length <= 100 * DAY_MS) return "day";
  return "month";
}

/**
 * Bounds of the buckets of a series, rising, one more than there are buckets: the range's own ends, and between them
 * every start of an interval in the time zone. Days are as long as they are there (23 or 25 hours where clocks change).
 */
export function seriesBounds(
  { fromMs, toMs }: TimeRange,
  interval: Interval,
  timeZone: string,
): { ok: true; boundsMs: number[] } | RangeProblem {
  const start = inTimeZone(fromMs, timeZone);
  if (start === null) return problem("timeZone", `must be an IANA time zone, not "${timeZone}"`);
  const boundsMs = [fromMs];
  let bound = startOfInterval(start, interval);
  for (;;) {
    bound = nextStart(bound, interval);
    if (bound.epochMilliseconds >= toMs) break;
    if (bound.epochMilliseconds > fromMs) boundsMs.push(bound.epochMilliseconds);
    if (boundsMs.length > MAX_BUCKETS) {
      return problem("interval", `is too short for this range: more than ${MAX_BUCKETS} buckets`);
    }
  }
  boundsMs.push(toMs);
  return { ok: true, boundsMs };
}

function startOfInterval(instant: Zoned, interval: Interval): Zoned {
  switch (interval) {
    case "15m":
      return instant.round({ smallestUnit: "minute", roundingIncrement: 15, roundingMode: "floor" });
    case "hour":
      return instant.round({ smallestUnit: "hour", roundingMode: "floor" });
    case "day":
      return instant.startOfDay();
    case "month":
      return instant.with({ day: 1 }).startOfDay();
    default:
      return interval satisfies never;
  }
}

function nextStart(start: Zoned, interval: Interval): Zoned {
  switch (interval) {
    case "15m":
      return start.add({ minutes: 15 });
    case "hour": {
      // Where clocks change by half an hour (Lord Howe), the hour after is not an hour later.
      const later = start.add({ hours: 1 });
      const whole = startOfInterval(later, "hour");
      return Temporal.ZonedDateTime.compare(whole, start) > 0 ? whole : later;
    }
    case "day":
      return start.add({ days: 1 }).startOfDay();
    case "month":
      return start.add({ months: 1 }).startOfDay();
    default:
      return interval satisfies never;
  }
}

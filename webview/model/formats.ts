import { formatUsd } from "../../shared/money.ts";
import type { Interval } from "../../shared/spend.ts";
import { t } from "../localisation/t.ts";
import type { LineUnit } from "./lineChart.ts";

/** What stands where a figure is not known. */
export const UNKNOWN = "–";

/** Numbers, money and times as the reader is used to them; times are those of the daemon's time zone. */
export interface Formats {
  usd(decimalUsd: string): string;
  count(value: number): string;
  /** 3,100,000 → "3.1M". */
  compact(value: number): string;
  /** 0.38 → "38%", with one place below 10 %. */
  percent(ratio: number): string;
  duration(milliseconds: number | null): string;
  /** A value of a chart over time. */
  measure(value: number, unit: LineUnit): string;
  /** 14:02:11 */
  clock(instant: string): string;
  /** 14:02 */
  clockMinutes(instant: string): string;
  /** Nov 21, 14:02:11 */
  dayAndClock(instant: string): string;
  /** "2 min ago" */
  ago(milliseconds: number): string;
  /** Nov 21 */
  day(instant: string): string;
  /** November 21, 2026 */
  fullDay(instant: string): string;
  /** November */
  month(instant: string): string;
  /** A tick under the trend. */
  bucket(instant: string, interval: Interval): string;
  /** What a bar of the trend stands for. */
  bucketInFull(instant: string, interval: Interval): string;
}

export function createFormats(locale: string, timeZone: string): Formats {
  const plain = new Intl.NumberFormat(locale);
  const oneDigit = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  const finePercent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone, hourCycle: "h23", ...options });
    return (instant: string) => format.format(new Date(instant));
  };
  const clock = dates({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const clockMinutes = dates({ hour: "2-digit", minute: "2-digit" });
  const day = dates({ day: "numeric", month: "short" });
  const fullDay = dates({ day: "numeric", month: "long", year: "numeric" });
  const weekday = dates({ weekday: "long", day: "numeric", month: "long" });
  const dayAndClock = dates({
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const ago = new Intl.RelativeTimeFormat(locale, { style: "short" });
  const month = dates({ month: "long" });
  const monthAndYear = dates({ month: "long", year: "numeric" });

  const duration = (milliseconds: number | null) => {
    if (milliseconds === null) return UNKNOWN;
    if (milliseconds < 1_000) return `${plain.format(Math.round(milliseconds))} ms`;
    if (milliseconds < 60_000) return `${oneDigit.format(milliseconds / 1_000)} s`;
    const seconds = Math.round(milliseconds / 1_000);
    return `${plain.format(Math.floor(seconds / 60))} min ${seconds % 60} s`;
  };
  const share = (ratio: number) => (Math.abs(ratio) < 0.1 ? finePercent : percent).format(ratio);

  return {
    usd: (decimalUsd) => formatUsd(decimalUsd, locale),
    count: (value) => plain.format(value),
    compact: (value) => compact.format(value),
    percent: share,
    duration,
    measure: (value, unit) => (unit === "share" ? share(value) : duration(value)),
    clock,
    clockMinutes,
    dayAndClock,
    ago: (milliseconds) => {
      const minutes = milliseconds / 60_000;
      if (minutes < 1) return t("just now");
      if (minutes < 60) return ago.format(-Math.floor(minutes), "minute");
      if (minutes < 48 * 60) return ago.format(-Math.floor(minutes / 60), "hour");
      return ago.format(-Math.floor(minutes / (24 * 60)), "day");
    },
    day,
    fullDay,
    month,
    bucket: (instant, interval) => {
      switch (interval) {
        case "15m":
        case "hour":
          return clockMinutes(instant);
        case "day":
          return day(instant);
        case "month":
          return month(instant);
        default:
          return interval satisfies never;
      }
    },
    bucketInFull: (instant, interval) => {
      switch (interval) {
        case "15m":
        case "hour":
          return t("{0}, from {1}", day(instant), clockMinutes(instant));
        case "day":
          return weekday(instant);
        case "month":
          return monthAndYear(instant);
        default:
          return interval satisfies never;
      }
    },
  };
}

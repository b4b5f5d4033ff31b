import { decimalToNanoUsd, nanoUsdToDecimal } from "../../shared/money.ts";
import type { Interval, Series } from "../../shared/spend.ts";
import { t } from "../localisation/t.ts";
import { assignSlots } from "./colourSlots.ts";
import { dimensionWords, keyWords, type ShownDimension } from "./dimensionWords.ts";
import type { Formats } from "./formats.ts";
import { shiftDays, shiftMonths } from "./zonedTime.ts";

export interface TrendBar {
  /** Under the bar. */
  tick: string;
  /** In full, for the tooltip and the table. */
  name: string;
  totalUsd: string;
  calls: number;
}

export interface TrendSeries {
  key: string | null;
  label: string;
  /** Colour; `null` for what is summed as "other". */
  slot: number | null;
  /** One a bar, USD: to draw; sums are made of whole nano-dollars before. */
  usd: number[];
}

export interface Trend {
  bars: TrendBar[];
  series: TrendSeries[];
  /** The chart in one or two sentences, for whoever can't see it. */
  summary: string;
  slots: Map<string | null, number>;
}

/**
 * The trend as stacked bars. Bars that are still to come, until `end`, are there and empty, so that the chart keeps
 * its width while the period fills.
 */
export function trendOf(
  series: Series,
  dimension: ShownDimension,
  end: Date | null,
  formats: Formats,
  slotsBefore: ReadonlyMap<string | null, number>,
): Trend {
  const starts = [...series.buckets, ...bucketsUntil(series, end)];
  const bars = starts.map((start, index): TrendBar => {
    const nanoUsd = sum(series.series.map((line) => decimalToNanoUsd(line.costUsd[index] ?? "0") ?? 0));
    return {
      tick: formats.bucket(start, series.interval),
      name: formats.bucketInFull(start, series.interval),
      totalUsd: nanoUsdToDecimal(nanoUsd),
      calls: sum(series.series.map((line) => line.calls[index] ?? 0)),
    };
  });
  const kept = series.series.filter((line) => !line.other);
  const slots = assignSlots(
    kept.map((line) => line.key),
    slotsBefore,
  );
  return {
    bars,
    series: series.series.map((line) => ({
      key: line.key,
      label: line.other ? t("other") : keyWords(dimension, line.key),
      slot: line.other ? null : (slots.get(line.key) ?? null),
      usd: starts.map((_, index) => Number(line.costUsd[index] ?? 0)),
    })),
    summary: summaryOf(bars, series.interval, dimension, formats),
    slots,
  };
}

const MOST_BARS = 400;

function bucketsUntil(series: Series, end: Date | null): string[] {
  const last = series.buckets.at(-1);
  if (last === undefined || end === null) return [];
  const added: string[] = [];
  let next = nextBucket(new Date(last), series.interval, series.timeZone);
  while (next < end && added.length < MOST_BARS) {
    added.push(next.toISOString());
    next = nextBucket(next, series.interval, series.timeZone);
  }
  return added;
}

function nextBucket(start: Date, interval: Interval, timeZone: string): Date {
  switch (interval) {
    case "15m":
      return new Date(start.getTime() + 15 * 60_000);
    case "hour":
      return new Date(start.getTime() + 60 * 60_000);
    case "day":
      return shiftDays(start, 1, timeZone);
    case "month":
      return shiftMonths(start, 1, timeZone);
    default:
      return interval satisfies never;
  }
}

const byInterval: Record<Interval, string> = {
  "15m": t("Spend by quarter of an hour"),
  hour: t("Spend by hour"),
  day: t("Spend by day"),
  month: t("Spend by month"),
};

function summaryOf(
  bars: TrendBar[],
  interval: Interval,
  dimension: ShownDimension,
  formats: Formats,
): string {
  const what = t("{0}, stacked by {1}.", byInterval[interval], dimensionWords(dimension).name);
  const [first] = bars;
  if (first === undefined) return what;
  const highest = bars.reduce(
    (most, bar) => (Number(bar.totalUsd) > Number(most.totalUsd) ? bar : most),
    first,
  );
  return Number(highest.totalUsd) === 0
    ? `${what} ${t("Nothing was spent.")}`
    : `${what} ${t("Highest: {0} on {1}.", formats.usd(highest.totalUsd), highest.name)}`;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

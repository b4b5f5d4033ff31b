import type { Dimension } from "../../shared/dimensions.ts";
import type { Performance, PerformanceFigures, PerformanceRow } from "../../shared/performance.ts";
import { t } from "../localisation/t.ts";
import { dimensionWords, keyWords } from "./dimensionWords.ts";
import { BAD_ERROR_RATIO, errorRatio } from "./facts.ts";
import type { FiguresColumn, FiguresRow } from "./figuresTable.ts";
import { type Formats, UNKNOWN } from "./formats.ts";
import type { LineChart } from "./lineChart.ts";

/** What the chart over time shows. */
export const performanceMeasures = ["duration", "firstToken", "failures"] as const;
export type PerformanceMeasure = (typeof performanceMeasures)[number];

export const measureWords: Record<PerformanceMeasure, string> = {
  duration: t("Duration"),
  firstToken: t("First token"),
  failures: t("Errors and retries"),
};

/** What performance is most asked by; the breakdown's other dimensions stand in the menu behind them. */
export const performanceDimensions = ["provider", "model", "source"] as const satisfies Dimension[];

export interface PerformanceFact {
  name: string;
  label: string;
  value: string;
  hint: string;
  bad: boolean;
}

/** The figures over the chart. */
export function performanceFacts(total: PerformanceFigures, formats: Formats): PerformanceFact[] {
  const fact = (name: string, label: string, value: string, hint: string, bad = false): PerformanceFact => ({
    name,
    label,
    value,
    hint,
    bad,
  });
  const { duration, percent, count } = formats;
  return [
    fact("p50", t("p50"), duration(total.durationP50Ms), t("Half of the calls took no longer than this")),
    fact("p95", t("p95"), duration(total.durationP95Ms), t("95 % of the calls took no longer than this")),
    fact("p99", t("p99"), duration(total.durationP99Ms), t("99 % of the calls took no longer than this")),
    fact(
      "first-token",
      t("First token p50 / p95"),
      `${duration(total.firstTokenP50Ms)} / ${duration(total.firstTokenP95Ms)}`,
      t("Until the first token of a stream came; seen of {0} calls", count(total.firstTokenCalls)),
    ),
    fact(
      "errors",
      t("Errors"),
      total.errors === 0 ? t("none") : percent(errorRatio(total)),
      t("{0} of {1} calls failed", count(total.errors), count(total.calls)),
      errorRatio(total) >= BAD_ERROR_RATIO,
    ),
    fact(
      "retries",
      t("Retries"),
      total.retries === 0 ? t("none") : percent(ratio(total.retries, total.calls)),
      t("{0} of {1} calls were attempts after the first", count(total.retries), count(total.calls)),
    ),
  ];
}

export function performanceColumns(dimension: Dimension): FiguresColumn[] {
  return [
    { name: "key", label: dimensionWords(dimension).name },
    { name: "calls", label: t("Calls") },
    { name: "p50", label: t("p50") },
    { name: "p95", label: t("p95") },
    { name: "p99", label: t("p99"), least: true },
    { name: "first50", label: t("1st token p50"), least: true },
    { name: "first95", label: t("1st token p95"), least: true },
    { name: "errors", label: t("Errors") },
    { name: "retries", label: t("Retries"), least: true },
  ];
}

export function performanceRow(row: PerformanceRow, dimension: Dimension, formats: Formats): FiguresRow {
  const time = (milliseconds: number | null) => ({
    text: formats.duration(milliseconds),
    order: milliseconds ?? -1,
  });
  const share = (part: number) => ({
    text: part === 0 ? "0" : formats.percent(ratio(part, row.calls)),
    order: ratio(part, row.calls),
  });
  return {
    id: row.key,
    label: keyWords(dimension, row.key),
    title: row.key ?? keyWords(dimension, null),
    cells: {
      calls: { text: formats.count(row.calls), order: row.calls },
      p50: time(row.durationP50Ms),
      p95: time(row.durationP95Ms),
      p99: time(row.durationP99Ms),
      first50: time(row.firstTokenP50Ms),
      first95: time(row.firstTokenP95Ms),
      errors: { ...share(row.errors), bad: errorRatio(row) >= BAD_ERROR_RATIO },
      retries: share(row.retries),
    },
  };
}

/** The chart over time of one measure. */
export function performanceLines(
  { buckets, interval, overTime }: Performance,
  measure: PerformanceMeasure,
  formats: Formats,
): LineChart {
  const line = (label: string, value: (figures: PerformanceFigures) => number | null) => ({
    label,
    values: overTime.map((figures) => (figures.calls === 0 ? null : value(figures))),
  });
  const points = buckets.map((start) => ({
    tick: formats.bucket(start, interval),
    name: formats.bucketInFull(start, interval),
  }));
  switch (measure) {
    case "duration":
      return {
        points,
        unit: "milliseconds",
        lines: [
          line(t("p50"), (figures) => figures.durationP50Ms),
          line(t("p95"), (figures) => figures.durationP95Ms),
          line(t("p99"), (figures) => figures.durationP99Ms),
        ],
      };
    case "firstToken":
      return {
        points,
        unit: "milliseconds",
        lines: [
          line(t("p50"), (figures) => figures.firstTokenP50Ms),
          line(t("p95"), (figures) => figures.firstTokenP95Ms),
        ],
      };
    case "failures":
      return {
        points,
        unit: "share",
        lines: [
          line(t("Errors"), errorRatio),
          line(t("Retries"), (figures) => ratio(figures.retries, figures.calls)),
        ],
      };
    default:
      return measure satisfies never;
  }
}

/** The chart in a sentence, for whoever can't see it. */
export function performanceSummary(chart: LineChart, measure: PerformanceMeasure, formats: Formats): string {
  const what = t("{0} over time.", measureWords[measure]);
  const highest = chart.lines.map(({ label, values }) => {
    const most = values.reduce<number>((max, value) => Math.max(max, value ?? -1), -1);
    return `${label}: ${most < 0 ? UNKNOWN : formats.measure(most, chart.unit)}`;
  });
  return `${what} ${t("Highest: {0}.", highest.join(", "))}`;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

import { nanoUsdToDecimal } from "../../shared/money.ts";
import type { SpendSums } from "../../shared/spend.ts";
import {
  addEncoded,
  addHistogram,
  addToStep,
  encodeHistogram,
  type Histogram,
  latencyStep,
} from "./histogram.ts";
import type { StoredCall } from "./store.ts";

export const QUARTER_HOUR_MS = 15 * 60 * 1000;

/** What is summed, by its column in `rollups`, in the order of the columns. Amounts in nano-dollars. */
export const sumColumns = [
  "calls",
  "errors",
  "aborted",
  "retries",
  "input_tokens",
  "output_tokens",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
  "reasoning_output_tokens",
  "cost_nano_usd",
  "retry_cost_nano_usd",
  "unpriced_calls",
  "incomplete_calls",
  "estimated_calls",
] as const;
export type SumColumn = (typeof sumColumns)[number];

/** What is counted by how long it took, by its column in `rollups`. */
export const histogramColumns = ["latency", "first_token"] as const;
export type HistogramColumn = (typeof histogramColumns)[number];

export type Sums = Record<SumColumn, number> & Record<HistogramColumn, Histogram>;
/** As `rollups` and the queries over it give them; a histogram that was not asked for is not there. */
export type SumsRow = Record<SumColumn, number> & { [Column in HistogramColumn]?: string | null };

/** As clients see them. */
export function publicSums(sums: Record<SumColumn, number>): SpendSums {
  return {
    calls: sums.calls,
    errors: sums.errors,
    aborted: sums.aborted,
    retries: sums.retries,
    inputTokens: sums.input_tokens,
    outputTokens: sums.output_tokens,
    cacheReadInputTokens: sums.cache_read_input_tokens,
    cacheCreationInputTokens: sums.cache_creation_input_tokens,
    reasoningOutputTokens: sums.reasoning_output_tokens,
    costUsd: nanoUsdToDecimal(sums.cost_nano_usd),
    retryCostUsd: nanoUsdToDecimal(sums.retry_cost_nano_usd),
    unpricedCalls: sums.unpriced_calls,
    incompleteCalls: sums.incomplete_calls,
    estimatedCalls: sums.estimated_calls,
  };
}

export function noSums(): Sums {
  return { ...noNumbers(), latency: new Map(), first_token: new Map() };
}

/** Without the histograms. */
export function noNumbers(): Record<SumColumn, number> {
  return {
    calls: 0,
    errors: 0,
    aborted: 0,
    retries: 0,
    input_tokens: 0,
    output_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    reasoning_output_tokens: 0,
    cost_nano_usd: 0,
    retry_cost_nano_usd: 0,
    unpriced_calls: 0,
    incomplete_calls: 0,
    estimated_calls: 0,
  };
}

/**
 * What one call adds to the sums. A pending call counts as a call and no more: neither its outcome nor its price is
 * known. A retry is an attempt after the first; a report of a whole operation (attempt 1) may count its retries itself.
 * `callSums` in facts.ts says the same in SQL.
 */
export function sumsOfCall(call: StoredCall): Sums {
  const cost = call.costNanoUsd ?? 0;
  const ended = call.status !== "pending";
  const latency: Histogram = new Map();
  const first_token: Histogram = new Map();
  if (ended && call.durationMs !== null) addToStep(latency, latencyStep(call.durationMs), 1);
  if (ended && call.timeToFirstTokenMs !== null) {
    addToStep(first_token, latencyStep(call.timeToFirstTokenMs), 1);
  }
  return {
    calls: 1,
    errors: Number(call.status === "error"),
    aborted: Number(call.status === "aborted"),
    retries: call.attempt > 1 ? 1 : call.retryCount,
    input_tokens: call.usage.inputTokens ?? 0,
    output_tokens: call.usage.outputTokens ?? 0,
    cache_read_input_tokens: call.usage.cacheReadInputTokens ?? 0,
    cache_creation_input_tokens: call.usage.cacheCreationInputTokens ?? 0,
    reasoning_output_tokens: call.usage.reasoningOutputTokens ?? 0,
    cost_nano_usd: cost,
    retry_cost_nano_usd: call.attempt > 1 || call.status === "error" ? cost : 0,
    unpriced_calls: Number(ended && call.costStatus === "unpriced"),
    incomplete_calls: Number(ended && call.costStatus === "incomplete"),
    estimated_calls: Number(ended && call.costStatus === "estimated"),
    latency,
    first_token,
  };
}

/** Adds `other` to `sums`, or with −1 takes it away. */
export function addSums(sums: Sums, other: Sums, sign: 1 | -1 = 1): void {
  for (const column of sumColumns) sums[column] += sign * other[column];
  for (const column of histogramColumns) {
    if (sign === 1) addHistogram(sums[column], other[column]);
    else for (const [step, calls] of other[column]) addToStep(sums[column], step, -calls);
  }
}

export function addSumsRow(sums: Sums, row: SumsRow): void {
  for (const column of sumColumns) sums[column] += row[column];
  for (const column of histogramColumns) {
    const encoded = row[column];
    if (encoded !== undefined && encoded !== null) addEncoded(sums[column], encoded);
  }
}

/** Values of `sumColumns` and `histogramColumns`, in that order. */
export function sumsToValues(sums: Sums): (number | string)[] {
  return [
    ...sumColumns.map((column) => sums[column]),
    ...histogramColumns.map((column) => encodeHistogram(sums[column])),
  ];
}

/** Start of the quarter hour (UTC) in which an instant lies. */
export function bucketOf(instantMs: number): number {
  return Math.floor(instantMs / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
}

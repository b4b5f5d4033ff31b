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

export type Sums = Record<SumColumn, number> & { latency: Histogram };
/** As `rollups` and the queries over it give them. */
export type SumsRow = Record<SumColumn, number> & { latency: string | null };

export function noSums(): Sums {
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
    latency: new Map(),
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
  if (ended && call.durationMs !== null) addToStep(latency, latencyStep(call.durationMs), 1);
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
  };
}

/** Adds `other` to `sums`, or with −1 takes it away. */
export function addSums(sums: Sums, other: Sums, sign: 1 | -1 = 1): void {
  for (const column of sumColumns) sums[column] += sign * other[column];
  if (sign === 1) addHistogram(sums.latency, other.latency);
  else for (const [step, calls] of other.latency) addToStep(sums.latency, step, -calls);
}

export function addSumsRow(sums: Sums, row: SumsRow): void {
  for (const column of sumColumns) sums[column] += row[column];
  if (row.latency !== null) addEncoded(sums.latency, row.latency);
}

/** Values of `sumColumns` and `latency`, in that order. */
export function sumsToValues(sums: Sums): (number | string)[] {
  return [...sumColumns.map((column) => sums[column]), encodeHistogram(sums.latency)];
}

/** Start of the quarter hour (UTC) in which an instant lies. */
export function bucketOf(instantMs: number): number {
  return Math.floor(instantMs / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
}

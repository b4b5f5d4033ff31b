import type { SourceKind } from "./call.ts";
import type { Dimension, Filters } from "./dimensions.ts";
import type { Range, ResolvedRange } from "./range.ts";

/** Sums over calls. `costUsd` leaves out what is unpriced and counts lower bounds of what is incomplete. */
export interface SpendSums {
  calls: number;
  errors: number;
  aborted: number;
  retries: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheCreationInputTokens: number;
  reasoningOutputTokens: number;
  costUsd: string;
  /** Cost of failed attempts and of attempts after the first. */
  retryCostUsd: string;
  unpricedCalls: number;
  incompleteCalls: number;
  estimatedCalls: number;
}

export interface SpendTotals extends SpendSums {
  /** From a histogram: within 6.25 % of the true value; `null` where no call ended. */
  durationP50Ms: number | null;
  durationP95Ms: number | null;
}

export interface SpendRow extends SpendTotals {
  /** Value of the first dimension of `groupBy`; `null` is "none". */
  key: string | null;
  /** Values of all dimensions of `groupBy`, in its order. */
  keys: (string | null)[];
  /** Kind of the source, where grouped by source. */
  sourceKind?: SourceKind | null;
}

/** `groupBy` is one or two dimensions. Rows come by falling cost, then calls; `limit` cuts them (default 1,000). */
export interface SpendQuery extends Range {
  groupBy?: Dimension[];
  filters?: Filters;
  limit?: number;
}

export interface Spend extends ResolvedRange {
  groupBy: Dimension[];
  rows: SpendRow[];
  total: SpendTotals;
}

/** A model's part of something. */
export interface ModelShare {
  model: string | null;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: string;
  unpricedCalls: number;
}

export const intervals = ["15m", "hour", "day", "month"] as const;
export type Interval = (typeof intervals)[number];

/** `interval` by default fits the range. `top` series are kept apart (default 5), the rest is summed as `other`. */
export interface SeriesQuery extends Range {
  groupBy?: Dimension;
  filters?: Filters;
  interval?: Interval;
  top?: number;
}

export interface Series extends ResolvedRange {
  interval: Interval;
  groupBy: Dimension | null;
  /** Start of each bucket, ISO 8601 UTC; every bucket of the range is there, empty ones too. */
  buckets: string[];
  series: { key: string | null; other: boolean; costUsd: string[]; calls: number[] }[];
}

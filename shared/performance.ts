import type { Dimension, Filters } from "./dimensions.ts";
import type { Range, ResolvedRange } from "./range.ts";
import type { Interval } from "./spend.ts";

/**
 * How well calls went. Times are read off histograms, within 6.25 % of the true value; `null` where nothing was measured.
 * Calls that are still running count as calls and have no times.
 */
export interface PerformanceFigures {
  calls: number;
  errors: number;
  aborted: number;
  /** Attempts after the first. */
  retries: number;
  durationP50Ms: number | null;
  durationP95Ms: number | null;
  durationP99Ms: number | null;
  /** Time to the first token, of the `firstTokenCalls` calls that it was seen of: streams. */
  firstTokenP50Ms: number | null;
  firstTokenP95Ms: number | null;
  firstTokenCalls: number;
}

export interface PerformanceRow extends PerformanceFigures {
  /** Value of `groupBy`; `null` is "none". */
  key: string | null;
}

/** `groupBy` by default `provider`. `limit` cuts the rows (default 100), not the total. `interval` by default fits the range. */
export interface PerformanceQuery extends Range {
  groupBy?: Dimension;
  filters?: Filters;
  interval?: Interval;
  limit?: number;
}

export interface Performance extends ResolvedRange {
  groupBy: Dimension;
  /** By falling number of calls. */
  rows: PerformanceRow[];
  total: PerformanceFigures;
  interval: Interval;
  /** Start of each bucket, ISO 8601 UTC; every bucket of the range is there, empty ones too. */
  buckets: string[];
  /** Of all calls together, one for each bucket. */
  overTime: PerformanceFigures[];
}

import type { PerformanceFigures } from "../../shared/performance.ts";
import type { Database } from "./database.ts";
import { type Facts, sumFacts } from "./facts.ts";
import { percentile } from "./histogram.ts";
import { addSums, noSums, type Sums } from "./rollupSums.ts";
import type { PerformanceRequest, PerformanceSums } from "./store.ts";

/** How well calls went, by one dimension and over time, of one reading of the rollups. */
export function readPerformance(database: Database, request: PerformanceRequest): PerformanceSums {
  const { intervals, groupBy, filters, limit } = request;
  const facts = sumFacts(database, {
    intervals,
    groupBy: [groupBy],
    filters,
    histograms: ["latency", "first_token"],
  });
  const total = noSums();
  const overTime = intervals.map(noSums);
  const byKey = new Map<string | null, Sums>();
  for (const fact of facts) {
    const key = fact.keys[0] ?? null;
    const ofKey = byKey.get(key) ?? noSums();
    byKey.set(key, ofKey);
    for (const sums of [total, ofKey, bucketOfFact(overTime, fact)]) addSums(sums, fact.sums);
  }
  const rows = [...byKey].sort(
    ([one, a], [other, b]) => b.calls - a.calls || ((one ?? "") < (other ?? "") ? -1 : 1),
  );
  return {
    rows: rows.slice(0, limit).map(([key, sums]) => ({ key, ...figuresOf(sums) })),
    total: figuresOf(total),
    overTime: overTime.map(figuresOf),
  };
}

function bucketOfFact(overTime: readonly Sums[], { interval }: Facts): Sums {
  return overTime[interval] ?? noSums();
}

function figuresOf(sums: Sums): PerformanceFigures {
  const { calls, errors, aborted, retries, latency, first_token } = sums;
  let firstTokenCalls = 0;
  for (const ofStep of first_token.values()) firstTokenCalls += ofStep;
  return {
    calls,
    errors,
    aborted,
    retries,
    durationP50Ms: percentile(latency, 0.5),
    durationP95Ms: percentile(latency, 0.95),
    durationP99Ms: percentile(latency, 0.99),
    firstTokenP50Ms: percentile(first_token, 0.5),
    firstTokenP95Ms: percentile(first_token, 0.95),
    firstTokenCalls,
  };
}

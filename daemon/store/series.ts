import type { Database } from "./database.ts";
import { type Facts, sumFacts } from "./facts.ts";
import type { SeriesRequest, SeriesSums, TimeRange } from "./store.ts";

/** One series per key, the `top` ones by cost, and one of all others where there are more. */
export function readSeries(database: Database, request: SeriesRequest): SeriesSums[] {
  const intervals: TimeRange[] = [];
  for (const [index, toMs] of request.boundsMs.entries()) {
    const fromMs = request.boundsMs[index - 1];
    if (fromMs !== undefined) intervals.push({ fromMs, toMs });
  }
  const groupBy = request.groupBy === null ? [] : [request.groupBy];
  const facts = sumFacts(database, { intervals, groupBy, filters: request.filters });
  if (request.groupBy === null) return [seriesOf(null, false, facts, intervals.length)];

  const byKey = new Map<string | null, Facts[]>();
  for (const fact of facts) {
    const key = fact.keys[0] ?? null;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [fact]);
    else known.push(fact);
  }
  const ranked = [...byKey]
    .map(([key, ofKey]) => ({ key, ofKey, cost: sum(ofKey, "cost_nano_usd"), calls: sum(ofKey, "calls") }))
    .sort((a, b) => b.cost - a.cost || b.calls - a.calls || ((a.key ?? "") < (b.key ?? "") ? -1 : 1));
  const others = ranked.slice(request.top).flatMap(({ ofKey }) => ofKey);
  return [
    ...ranked.slice(0, request.top).map(({ key, ofKey }) => seriesOf(key, false, ofKey, intervals.length)),
    ...(others.length > 0 ? [seriesOf(null, true, others, intervals.length)] : []),
  ];
}

function sum(facts: readonly Facts[], column: "cost_nano_usd" | "calls"): number {
  return facts.reduce((total, { sums }) => total + sums[column], 0);
}

function seriesOf(
  key: string | null,
  other: boolean,
  facts: readonly Facts[],
  intervalCount: number,
): SeriesSums {
  const costNanoUsd = new Array<number>(intervalCount).fill(0);
  const calls = new Array<number>(intervalCount).fill(0);
  for (const { interval, sums } of facts) {
    costNanoUsd[interval] = (costNanoUsd[interval] ?? 0) + sums.cost_nano_usd;
    calls[interval] = (calls[interval] ?? 0) + sums.calls;
  }
  return { key, other, costNanoUsd, calls };
}

import type { SourceKind } from "../../shared/call.ts";
import type { Spend, SpendQuery, SpendRow, SpendTotals } from "../../shared/spend.ts";
import type { Database } from "./database.ts";
import { type Facts, sumFacts } from "./facts.ts";
import { percentile } from "./histogram.ts";
import { addSums, noSums, publicSums, type Sums } from "./rollupSums.ts";
import type { Resolved } from "./store.ts";

const DEFAULT_LIMIT = 1_000;

export function readSpend(database: Database, query: Resolved<SpendQuery>): Spend {
  const groupBy = query.groupBy ?? [];
  const facts = sumFacts(database, { intervals: [query.range], groupBy, filters: query.filters ?? {} });
  const total = noSums();
  for (const { sums } of facts) addSums(total, sums);
  const bySource = groupBy.includes("source");
  const rows = groupBy.length === 0 ? [] : facts.sort(byCost).slice(0, query.limit ?? DEFAULT_LIMIT);
  return {
    ...query.resolved,
    groupBy,
    rows: rows.map((fact) => rowOf(fact, bySource)),
    total: totalsOf(total),
  };
}

/** By falling cost, then calls, then key, so that the order is the same each time. */
function byCost(a: Facts, b: Facts): number {
  return (
    b.sums.cost_nano_usd - a.sums.cost_nano_usd ||
    b.sums.calls - a.sums.calls ||
    (JSON.stringify(a.keys) < JSON.stringify(b.keys) ? -1 : 1)
  );
}

function rowOf({ keys, sourceKind, sums }: Facts, bySource: boolean): SpendRow {
  return {
    key: keys[0] ?? null,
    keys,
    // The store's own words: only kinds of sources were written there.
    ...(bySource ? { sourceKind: sourceKind as SourceKind | null } : {}),
    ...totalsOf(sums),
  };
}

/** As clients see them. */
export function totalsOf(sums: Sums): SpendTotals {
  return {
    ...publicSums(sums),
    durationP50Ms: percentile(sums.latency, 0.5),
    durationP95Ms: percentile(sums.latency, 0.95),
  };
}

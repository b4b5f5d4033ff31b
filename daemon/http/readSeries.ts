import { nanoUsdToDecimal } from "../../shared/money.ts";
import type { Series, SeriesQuery } from "../../shared/spend.ts";
import type { Store } from "../store/store.ts";
import { type RangeSurroundings, rangeBuckets } from "./rangeBuckets.ts";

const DEFAULT_TOP = 5;

export interface SeriesSurroundings extends RangeSurroundings {
  store: Pick<Store, "series" | "statistics">;
}

/** Spend over time. */
export async function readSeries(query: SeriesQuery, surroundings: SeriesSurroundings): Promise<Series> {
  const { groupBy = null, filters = {}, interval: chosen, top = DEFAULT_TOP, ...range } = query;
  const { resolved, interval, boundsMs, buckets } = await rangeBuckets(range, chosen, surroundings);
  const sums = await surroundings.store.series({ boundsMs, groupBy, filters, top });
  return {
    ...resolved,
    interval,
    groupBy,
    buckets,
    series: sums.map(({ key, other, costNanoUsd, calls }) => ({
      key,
      other,
      costUsd: costNanoUsd.map(nanoUsdToDecimal),
      calls,
    })),
  };
}

import { nanoUsdToDecimal } from "../../shared/money.ts";
import type { Range, ResolvedRange } from "../../shared/range.ts";
import type { Series, SeriesQuery } from "../../shared/spend.ts";
import type { Store, TimeRange } from "../store/store.ts";
import { defaultInterval, seriesBounds } from "../time/range.ts";
import { Problem } from "./problem.ts";

const DEFAULT_TOP = 5;

export interface SeriesSurroundings {
  store: Pick<Store, "series" | "statistics">;
  resolve(range: Range): { range: TimeRange; resolved: ResolvedRange };
}

/** Spend over time. A series of everything begins with the first call, not in 1970. */
export async function readSeries(query: SeriesQuery, surroundings: SeriesSurroundings): Promise<Series> {
  const { store, resolve } = surroundings;
  const { groupBy = null, filters = {}, interval: chosen, top = DEFAULT_TOP, ...range } = query;
  const { range: whole, resolved } = resolve(range);
  const period = query.from === "all" ? await sinceFirstCall(whole, store) : whole;
  const interval = chosen ?? defaultInterval(period);
  const bounds = seriesBounds(period, interval, resolved.timeZone);
  if (!bounds.ok) throw new Problem(400, `${bounds.field} ${bounds.message}.`, bounds.field);
  const { boundsMs } = bounds;
  const sums = await store.series({ boundsMs, groupBy, filters, top });
  return {
    ...resolved,
    from: new Date(period.fromMs).toISOString(),
    interval,
    groupBy,
    buckets: boundsMs.slice(0, -1).map((startMs) => new Date(startMs).toISOString()),
    series: sums.map(({ key, other, costNanoUsd, calls }) => ({
      key,
      other,
      costUsd: costNanoUsd.map(nanoUsdToDecimal),
      calls,
    })),
  };
}

async function sinceFirstCall(
  { fromMs, toMs }: TimeRange,
  store: Pick<Store, "statistics">,
): Promise<TimeRange> {
  const { firstStartedAtMs } = await store.statistics();
  const startMs = firstStartedAtMs ?? toMs - 1;
  return { fromMs: Math.max(fromMs, Math.min(startMs, toMs - 1)), toMs };
}

import type { Range, ResolvedRange } from "../../shared/range.ts";
import type { Interval } from "../../shared/spend.ts";
import type { Store, TimeRange } from "../store/store.ts";
import { defaultInterval, seriesBounds } from "../time/range.ts";
import { Problem } from "./problem.ts";

export interface RangeSurroundings {
  store: Pick<Store, "statistics">;
  resolve(range: Range): { range: TimeRange; resolved: ResolvedRange };
}

export interface RangeBuckets {
  resolved: ResolvedRange;
  interval: Interval;
  /** Rising; one more than there are buckets. */
  boundsMs: number[];
  /** Start of each bucket, ISO 8601 UTC. */
  buckets: string[];
}

/** A range cut into buckets, by default of a width that fits it. One of everything begins with the first call, not in 1970. */
export async function rangeBuckets(
  range: Range,
  chosen: Interval | undefined,
  { store, resolve }: RangeSurroundings,
): Promise<RangeBuckets> {
  const { range: whole, resolved } = resolve(range);
  const period = range.from === "all" ? await sinceFirstCall(whole, store) : whole;
  const interval = chosen ?? defaultInterval(period);
  const bounds = seriesBounds(period, interval, resolved.timeZone);
  if (!bounds.ok) throw new Problem(400, `${bounds.field} ${bounds.message}.`, bounds.field);
  const { boundsMs } = bounds;
  return {
    resolved: { ...resolved, from: new Date(period.fromMs).toISOString() },
    interval,
    boundsMs,
    buckets: boundsMs.slice(0, -1).map((startMs) => new Date(startMs).toISOString()),
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

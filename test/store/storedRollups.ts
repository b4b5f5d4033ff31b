import { type CallRow, callOfRow, SELECT_CALLS } from "../../daemon/store/callRows.ts";
import type { Database } from "../../daemon/store/database.ts";
import { encodeHistogram } from "../../daemon/store/histogram.ts";
import { addSums, bucketOf, noSums, type Sums, sumsOfCall } from "../../daemon/store/rollupSums.ts";

type Rollup = Record<string, unknown>;

export function storedRollups(database: Database): Rollup[] {
  return database.all<Rollup>("SELECT * FROM rollups ORDER BY bucket_ms, dimension_id");
}

/** What the rollups must be, computed anew from the calls. */
export function recomputedRollups(database: Database): Rollup[] {
  const rollups = new Map<string, { bucket_ms: number; dimension_id: number; sums: Sums }>();
  for (const row of database.all<CallRow>(SELECT_CALLS)) {
    const bucket_ms = bucketOf(row.started_at_ms);
    const key = `${bucket_ms} ${row.dimension_id}`;
    const rollup = rollups.get(key) ?? { bucket_ms, dimension_id: row.dimension_id, sums: noSums() };
    addSums(rollup.sums, sumsOfCall(callOfRow(row)));
    rollups.set(key, rollup);
  }
  return [...rollups.values()]
    .sort((a, b) => a.bucket_ms - b.bucket_ms || a.dimension_id - b.dimension_id)
    .map(({ sums: { latency, first_token, ...sums }, ...key }) => ({
      ...key,
      ...sums,
      latency: encodeHistogram(latency),
      first_token: encodeHistogram(first_token),
    }));
}

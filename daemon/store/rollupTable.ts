import type { Database } from "./database.ts";
import {
  addSums,
  addSumsRow,
  histogramColumns,
  noSums,
  type Sums,
  type SumsRow,
  sumColumns,
  sumsToValues,
} from "./rollupSums.ts";

const columns = [...sumColumns, ...histogramColumns];
const COLUMNS = columns.join(", ");
const KEY = "bucket_ms = ? AND dimension_id = ?";
const SELECT = `SELECT ${COLUMNS} FROM rollups WHERE ${KEY}`;
const DELETE = `DELETE FROM rollups WHERE ${KEY}`;
const REPLACE = `INSERT OR REPLACE INTO rollups (bucket_ms, dimension_id, ${COLUMNS})
  VALUES (?, ?, ${columns.map(() => "?").join(", ")})`;

/** Changes to rollups, gathered over a batch so that each row is read and written once. */
export interface RollupChanges {
  add(bucketMs: number, dimensionId: number, sums: Sums, sign: 1 | -1): void;
  /** To be called within the transaction that changes the calls. */
  write(database: Database): void;
  /** By quarter hour and dimensions. */
  keys(): [bucketMs: number, dimensionId: number][];
}

export function createRollupChanges(): RollupChanges {
  const changes = new Map<string, { bucketMs: number; dimensionId: number; sums: Sums }>();
  return {
    keys: () => [...changes.values()].map(({ bucketMs, dimensionId }) => [bucketMs, dimensionId]),
    add: (bucketMs, dimensionId, sums, sign) => {
      const key = `${bucketMs}:${dimensionId}`;
      let change = changes.get(key);
      if (change === undefined) {
        change = { bucketMs, dimensionId, sums: noSums() };
        changes.set(key, change);
      }
      addSums(change.sums, sums, sign);
    },
    write: (database) => {
      for (const { bucketMs, dimensionId, sums } of changes.values()) {
        const stored = database.first<SumsRow>(SELECT, [bucketMs, dimensionId]);
        if (stored !== undefined) addSumsRow(sums, stored);
        if (sums.calls === 0) database.run(DELETE, [bucketMs, dimensionId]);
        else database.run(REPLACE, [bucketMs, dimensionId, ...sumsToValues(sums)]);
      }
    },
  };
}

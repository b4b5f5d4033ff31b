import { dimensionColumns, dimensionsOf } from "./callDimensions.ts";
import type { Database } from "./database.ts";
import type { StoredCall } from "./store.ts";

const columns = [...dimensionColumns, "machine"];

const INSERT = `INSERT OR IGNORE INTO dimensions (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
const SELECT = `SELECT id FROM dimensions WHERE ${columns.map((column) => `${column} = ?`).join(" AND ")}`;

const MAX_REMEMBERED = 20_000;

function tupleOf(call: StoredCall, machine: number): (string | number)[] {
  const dimensions = dimensionsOf(call);
  return [...dimensionColumns.map((column) => dimensions[column]), machine];
}

/** Interns tuples: each has one id. */
export interface DimensionTuples {
  /** `machine`: as which of this store's machines the team knows the call; see teamTable.ts. */
  idOf(call: StoredCall, machine: number): number;
  machineOf(id: number): number;
  /** Must be called when a transaction that interned was rolled back. */
  forget(): void;
}

export function createDimensionTuples(database: Database): DimensionTuples {
  const remembered = new Map<string, number>();
  return {
    idOf: (call, machine) => {
      const tuple = tupleOf(call, machine);
      const key = JSON.stringify(tuple);
      const known = remembered.get(key);
      if (known !== undefined) return known;
      const find = () => database.first<{ id: number }>(SELECT, tuple)?.id;
      let id = find();
      if (id === undefined) {
        database.run(INSERT, tuple);
        id = find();
      }
      if (id === undefined) throw new Error("dimensions were not stored");
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(key, id);
      return id;
    },
    machineOf: (id) =>
      database.first<{ machine: number }>("SELECT machine FROM dimensions WHERE id = ?", [id])?.machine ?? 0,
    forget: () => remembered.clear(),
  };
}

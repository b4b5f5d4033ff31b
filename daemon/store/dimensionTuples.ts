import type { Database } from "./database.ts";
import type { StoredCall } from "./store.ts";

const columns = [
  "provider",
  "operation",
  "model",
  "source",
  "source_kind",
  "feature",
  "developer",
  "workspace",
  "git_branch",
  "call_site",
  "machine",
] as const;

const INSERT = `INSERT OR IGNORE INTO dimensions (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
const SELECT = `SELECT id FROM dimensions WHERE ${columns.map((column) => `${column} = ?`).join(" AND ")}`;

const MAX_REMEMBERED = 20_000;

/**
 * What spend can be grouped by, of one call, in the order of the columns; the empty string is "none". The model is the
 * one the code asked for, which is what its developer knows it by; where that is not known, the one that answered.
 */
function tupleOf(call: StoredCall, machine: number): (string | number)[] {
  return [
    call.provider,
    call.operation,
    call.requestModel ?? call.responseModel ?? "",
    call.source ?? "",
    call.sourceKind ?? "",
    call.feature ?? "",
    call.developer,
    call.workspace ?? "",
    call.gitBranch ?? "",
    call.callSite === null ? "" : `${call.callSite.file}:${call.callSite.line}`,
    machine,
  ];
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

import { NEW_VERSION } from "./schema.ts";
import type { TeamDatabase } from "./teamDatabase.ts";

/** Few enough for a transaction of well under a second. */
const ROWS_AT_ONCE = 500;

const OWN = `(SELECT c.id FROM taximeter_contributors c JOIN taximeter_machines m ON m.id = c.machine_id
  WHERE m.machine = ?)`;
const NEXT_ROLLUPS = `SELECT bucket_ms, contributor_id, dimension_id FROM taximeter_rollups
  WHERE bucket_ms >= ? AND contributor_id IN ${OWN} ORDER BY bucket_ms LIMIT ${ROWS_AT_ONCE}`;
const DELETE_ROLLUPS = `DELETE FROM taximeter_rollups WHERE (bucket_ms, contributor_id, dimension_id) IN (
  SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))`;
const CHANGE_DAYS = `UPDATE taximeter_day_versions SET version = ${NEW_VERSION} WHERE day IN (
  SELECT day FROM taximeter_rollups WHERE (bucket_ms, contributor_id, dimension_id) IN (
    SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)))`;
const NEXT_CALLS = `SELECT call_id FROM taximeter_calls
  WHERE call_id >= ? AND contributor_id IN ${OWN} ORDER BY call_id LIMIT ${ROWS_AT_ONCE}`;
const DELETE_CALLS = "DELETE FROM taximeter_calls WHERE call_id IN (SELECT value FROM json_each(?))";
/** Names of sources, branches and files that nobody's rows bear any more. */
const DELETE_DIMENSIONS = `DELETE FROM taximeter_dimensions
  WHERE id NOT IN (SELECT dimension_id FROM taximeter_days) AND id NOT IN (SELECT dimension_id FROM taximeter_calls)`;

/**
 * Takes back all that a machine has told the team, a piece at a time: what was cut off is begun again and goes on. The
 * machine stays known, with its claim. Rejects with `TeamFailure`.
 */
export async function takeBack(database: TeamDatabase, machine: string): Promise<void> {
  for (let from = 0; ; ) {
    const [rows = []] = await database.batch("read", [{ sql: NEXT_ROLLUPS, args: [from, machine] }]);
    const last = rows.at(-1);
    if (last === undefined) break;
    const keys = rows.map((row) => [row["bucket_ms"], row["contributor_id"], row["dimension_id"]]);
    await database.batch("write", [
      { sql: CHANGE_DAYS, args: [JSON.stringify(keys)] },
      { sql: DELETE_ROLLUPS, args: [JSON.stringify(keys)] },
    ]);
    from = Number(last["bucket_ms"]);
  }
  for (let from = ""; ; ) {
    const [rows = []] = await database.batch("read", [{ sql: NEXT_CALLS, args: [from, machine] }]);
    const last = rows.at(-1);
    if (last === undefined) break;
    const ids = rows.map((row) => row["call_id"]);
    await database.batch("write", [{ sql: DELETE_CALLS, args: [JSON.stringify(ids)] }]);
    from = String(last["call_id"]);
  }
  await database.batch("write", [{ sql: DELETE_DIMENSIONS, args: [] }]);
}

/** Takes back all, and the machine with it: the team knows it no more. */
export async function forgetMachine(database: TeamDatabase, machine: string): Promise<void> {
  await takeBack(database, machine);
  await database.batch("write", [
    {
      sql: `DELETE FROM taximeter_contributors
        WHERE machine_id IN (SELECT id FROM taximeter_machines WHERE machine = ?)`,
      args: [machine],
    },
    { sql: "DELETE FROM taximeter_machines WHERE machine = ?", args: [machine] },
  ]);
}

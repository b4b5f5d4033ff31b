import { type CallRow, callOfRow, SELECT_CALLS } from "./callRows.ts";
import type { Database } from "./database.ts";
import type { CallWithAttempts } from "./store.ts";

/** How far apart the attempts of one operation can be: an SDK gives up long before. */
const OPERATION_LASTS_MS = 60 * 60_000;
const MAX_ATTEMPTS = 100;

/**
 * A call by its id, also by one that proved to be another call seen twice. Its attempts are looked for in its own process
 * run, which has an index, else around its own time.
 */
export function readCallWithAttempts(database: Database, callId: string): CallWithAttempts | null {
  const row = database.first<CallRow>(
    `${SELECT_CALLS} WHERE c.call_id = ? OR c.id = (SELECT m.call FROM merged_calls m WHERE m.call_id = ?)`,
    [callId, callId],
  );
  if (row === undefined) return null;
  const call = callOfRow(row);
  if (row.operation_id === null) return { call, attempts: [call] };
  const ofRun = row.run_id === null ? "" : "AND c.run_id = ?";
  const attempts = database.all<CallRow>(
    `${SELECT_CALLS} WHERE c.started_at_ms >= ? AND c.started_at_ms < ? ${ofRun} AND c.operation_id = ?
      ORDER BY c.started_at_ms, c.attempt, c.id LIMIT ${MAX_ATTEMPTS}`,
    [
      row.started_at_ms - OPERATION_LASTS_MS,
      row.started_at_ms + OPERATION_LASTS_MS,
      ...(row.run_id === null ? [] : [row.run_id]),
      row.operation_id,
    ],
  );
  return { call, attempts: attempts.map(callOfRow) };
}

import { type CallRow, callOfRow, SELECT_CALLS } from "./callRows.ts";
import type { Database, SqlValue } from "./database.ts";
import { type RepricePiece, type RepriceQuery, StoreInputError } from "./store.ts";

/** Few enough that whoever else asks the store need not wait for long. */
const CALLS_OF_A_PIECE = 250;

/** By start, and where two started at once, by arrival: the index over starts finds the next ones, whatever is asked for. */
const NEXT = `SELECT id, started_at_ms FROM calls
  WHERE (started_at_ms, id) > (?, ?) AND started_at_ms < ? AND id <= ?
  ORDER BY started_at_ms, id LIMIT ${CALLS_OF_A_PIECE}`;

interface Position {
  startedAtMs: number;
  id: number;
  /** The last call that was stored when the first piece was read: later ones have the newest prices. */
  lastId: number;
}

/** See `Store.callsToReprice`. */
export function readCallsToReprice(
  database: Database,
  { range, provider, model, cursor }: RepriceQuery,
): RepricePiece {
  const { startedAtMs, id, lastId } =
    cursor === undefined ? firstPosition(database, range.fromMs) : parseCursor(cursor);
  const next = database.all<{ id: number; started_at_ms: number }>(NEXT, [
    startedAtMs,
    id,
    range.toMs,
    lastId,
  ]);
  const conditions: string[] = [];
  const values: SqlValue[] = [JSON.stringify(next.map((row) => row.id))];
  if (provider !== undefined) {
    conditions.push("AND c.provider = ?");
    values.push(provider);
  }
  if (model !== undefined) {
    conditions.push("AND (lower(c.request_model) = lower(?) OR lower(c.response_model) = lower(?))");
    values.push(model, model);
  }
  const rows = database.all<CallRow>(
    `${SELECT_CALLS} WHERE c.id IN (SELECT value FROM json_each(?)) ${conditions.join(" ")}`,
    values,
  );
  const last = next.at(-1);
  const more = last !== undefined && next.length === CALLS_OF_A_PIECE;
  return {
    calls: rows.map(callOfRow),
    scanned: next.length,
    nextCursor: more ? `${last.started_at_ms}.${last.id}.${lastId}` : null,
  };
}

function firstPosition(database: Database, fromMs: number): Position {
  const lastId = database.first<{ id: number | null }>("SELECT max(id) AS id FROM calls")?.id ?? 0;
  return { startedAtMs: fromMs, id: -1, lastId };
}

function parseCursor(cursor: string): Position {
  const match = /^(-?\d{1,16})\.(\d{1,15})\.(\d{1,15})$/.exec(cursor);
  if (match === null) throw new StoreInputError("cursor", "is not a cursor that an earlier answer gave");
  return { startedAtMs: Number(match[1]), id: Number(match[2]), lastId: Number(match[3]) };
}

import type { CallStatus, CostStatus } from "../../shared/call.ts";
import type { CallsPage, CallsQuery } from "../../shared/callPages.ts";
import type { Dimension } from "../../shared/dimensions.ts";
import type { UnpricedModel } from "../../shared/prices.ts";
import { type CallRow, callOfRow, HAS_USAGE, SELECT_CALLS } from "./callRows.ts";
import type { Database, SqlValue } from "./database.ts";
import { filtersSql, isOfCallsOnly } from "./dimensionSql.ts";
import { publicCall } from "./publicCall.ts";
import { bucketOf, QUARTER_HOUR_MS } from "./rollupSums.ts";
import { type Resolved, StoreInputError, type TimeRange } from "./store.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** As constants, so that the indexes over such calls alone apply. */
const statusSql: Record<CallStatus, string> = {
  ok: "AND c.status = 'ok'",
  error: "AND c.status = 'error'",
  aborted: "AND c.status = 'aborted'",
  pending: "AND c.status = 'pending'",
};
const costStatusSql: Record<CostStatus, string> = {
  declared: "AND c.cost_status = 'declared'",
  computed: "AND c.cost_status = 'computed'",
  estimated: "AND c.cost_status = 'estimated'",
  free: "AND c.cost_status = 'free'",
  unpriced: "AND c.cost_status = 'unpriced'",
  incomplete: "AND c.cost_status = 'incomplete'",
};

/** Calls by start, and where two started at once, by arrival. A page goes on where the last one ended, whatever came since. */
export function readCalls(database: Database, query: Resolved<CallsQuery>): CallsPage {
  const limit = Math.min(MAX_LIMIT, Math.max(1, Math.trunc(query.limit ?? DEFAULT_LIMIT)));
  const ascending = query.order === "asc";
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  let range = query.range;
  if (query.status !== undefined) conditions.push(statusSql[query.status]);
  if (query.costStatus !== undefined) conditions.push(costStatusSql[query.costStatus]);
  if (query.runId !== undefined) {
    conditions.push("AND c.run_id = ?");
    values.push(query.runId);
  }
  if (query.cursor !== undefined) {
    const { startedAtMs, id } = parseCursor(query.cursor);
    range = ascending
      ? { ...range, fromMs: Math.max(range.fromMs, startedAtMs) }
      : { ...range, toMs: Math.min(range.toMs, startedAtMs + 1) };
    const beyond = ascending ? ">" : "<";
    conditions.push(`AND (c.started_at_ms ${beyond} ? OR c.id ${beyond} ?)`);
    values.push(startedAtMs, id);
  }
  const filters = filtersSql(query.filters ?? {});
  const direction = ascending ? "ASC" : "DESC";
  const sql = `${SELECT_CALLS} WHERE c.started_at_ms >= ? AND c.started_at_ms < ? ${conditions.join(" ")} ${filters.text}
    ORDER BY c.started_at_ms ${direction}, c.id ${direction} LIMIT ?`;
  const rows: CallRow[] = [];
  for (const { fromMs, toMs } of intervalsToRead(database, query, range, limit + 1)) {
    const missing = limit + 1 - rows.length;
    rows.push(...database.all<CallRow>(sql, [fromMs, toMs, ...values, ...filters.values, missing]));
    if (rows.length > limit) break;
  }
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    calls: page.map((row) => publicCall(callOfRow(row))),
    nextCursor: rows.length > limit && last !== undefined ? `${last.started_at_ms}.${last.id}` : null,
  };
}

/** Columns of rollups that tell whether there are such calls. */
const rollupSql: { [Status in CallStatus]?: string } = {
  error: "AND f.errors > 0",
  aborted: "AND f.aborted > 0",
};

/**
 * Where in a range the calls that are asked for can be, in the order that they are read in. Rollups tell in which quarter
 * hours such calls are, so that rare ones are found without reading all that lies between them. `first` is how many
 * quarter hours to look for at first: usually there are enough calls in them.
 */
function* intervalsToRead(
  database: Database,
  { filters = {}, status, runId, order }: Resolved<CallsQuery>,
  range: TimeRange,
  first: number,
): Generator<TimeRange> {
  const dimensions = Object.keys(filters) as Dimension[];
  const ofStatus = status === undefined ? undefined : rollupSql[status];
  const rollupsHelp = (dimensions.length > 0 || ofStatus !== undefined) && !dimensions.some(isOfCallsOnly);
  // What has an index of its own is found by it.
  if (!rollupsHelp || runId !== undefined) return yield range;
  const ascending = order === "asc";
  const conditions = filtersSql(filters);
  const sql = `
    SELECT DISTINCT f.bucket_ms FROM rollups f WHERE f.bucket_ms >= ? AND f.bucket_ms < ? ${ofStatus ?? ""}
      AND f.dimension_id IN (SELECT d.id FROM dimensions d WHERE true ${conditions.text})
    ORDER BY f.bucket_ms ${ascending ? "ASC" : "DESC"} LIMIT ?`;
  let rest = { fromMs: bucketOf(range.fromMs), toMs: range.toMs };
  for (let limit = first; ; limit *= 8) {
    const buckets = database
      .all<{ bucket_ms: number }>(sql, [rest.fromMs, rest.toMs, ...conditions.values, limit])
      .map((row) => row.bucket_ms);
    for (const { fromMs, toMs } of joined(buckets)) {
      yield { fromMs: Math.max(range.fromMs, fromMs), toMs: Math.min(range.toMs, toMs) };
    }
    const last = buckets.at(-1);
    if (last === undefined || buckets.length < limit) return;
    rest = ascending ? { ...rest, fromMs: last + QUARTER_HOUR_MS } : { ...rest, toMs: last };
  }
}

/** Intervals of quarter hours, given by their starts, rising or falling; those that touch become one. */
function joined(buckets: readonly number[]): TimeRange[] {
  const intervals: TimeRange[] = [];
  for (const fromMs of buckets) {
    const toMs = fromMs + QUARTER_HOUR_MS;
    const last = intervals.at(-1);
    if (last?.toMs === fromMs) last.toMs = toMs;
    else if (last?.fromMs === toMs) last.fromMs = fromMs;
    else intervals.push({ fromMs, toMs });
  }
  return intervals;
}

function parseCursor(cursor: string): { startedAtMs: number; id: number } {
  const match = /^(-?\d{1,16})\.(\d{1,15})$/.exec(cursor);
  if (match === null) throw new StoreInputError("cursor", "is not a cursor that a page of calls gave");
  return { startedAtMs: Number(match[1]), id: Number(match[2]) };
}

/**
 * Models that used something and have no price. Calls without usage are not among them: no price would help them.
 */
export function readUnpricedModels(database: Database, range: TimeRange): UnpricedModel[] {
  const rows = database.all<{
    provider: string;
    model: string;
    calls: number;
    input_tokens: number;
    output_tokens: number;
    first_ms: number;
    last_ms: number;
  }>(
    `SELECT d.provider, d.model, count(*) AS calls,
       sum(coalesce(c.input_tokens, 0)) AS input_tokens, sum(coalesce(c.output_tokens, 0)) AS output_tokens,
       min(c.started_at_ms) AS first_ms, max(c.started_at_ms) AS last_ms
     FROM calls c JOIN dimensions d ON d.id = c.dimension_id
     WHERE c.cost_status = 'unpriced' AND c.status <> 'pending' AND c.started_at_ms >= ? AND c.started_at_ms < ?
       AND ${HAS_USAGE}
     GROUP BY d.provider, d.model ORDER BY calls DESC, d.provider, d.model`,
    [range.fromMs, range.toMs],
  );
  return rows.map((row) => ({
    provider: row.provider,
    model: row.model || null,
    calls: row.calls,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    firstSeenAt: new Date(row.first_ms).toISOString(),
    lastSeenAt: new Date(row.last_ms).toISOString(),
  }));
}

import { rowsAsJson, type SqlValue } from "../store/database.ts";
import type { TeamMachine } from "../store/teamRecords.ts";
import { NEW_VERSION, SERVER_NOW_MS, TEAM_SCHEMA, teamDimensions, teamSums } from "./schema.ts";
import type { CallToShare, PieceToShare, RollupToShare } from "./sharing.ts";
import type { TeamDatabase, TeamStatement } from "./teamDatabase.ts";
import { dayOf } from "./teamDays.ts";

/**
 * One piece, in one transaction. A machine's rows are absolute values, so that a piece may arrive twice; and each piece is
 * pushed under a *claim*, which is written with it and holds only where the machine's former claim is one that this store
 * knows. So a piece that is late changes nothing, and a second store with the same machine's id (a copied home, a cloned
 * disk) is found out before it writes a row. A claim is drawn for each attempt and kept before it is sent: a copy knows those alone
 * that were tried before it was made.
 */
export interface PushRequest {
  piece: PieceToShare;
  machine: TeamMachine;
  /** A machine that this store was before it was copied: what is left of it is pushed without a claim. */
  former: boolean;
  revision: number;
  /** Of this piece alone; without meaning for a former machine. */
  claim: string;
  developer: string;
  version: string;
  timeZone: string;
}

export type PushOutcome =
  /** `wasKnown`: whether the team knew the machine before. */
  | { outcome: "taken"; wasKnown: boolean }
  /** The machine's claim in the team's database is none of ours. */
  | { outcome: "claimed"; claim: string }
  | { outcome: "schemaTooNew" };

const DIMENSIONS = teamDimensions.join(", ");
const SUMS = teamSums.join(", ");

/** Where the values of a row stand in its JSON: bucket, day, developer, dimensions, sums. */
const FIRST_DIMENSION = 3;
const FIRST_SUM = FIRST_DIMENSION + teamDimensions.length;
const valueAt = (place: number) => `j.value ->> ${place}`;
const dimensionsAt = (first: number) => teamDimensions.map((_, place) => valueAt(first + place)).join(", ");
const sameDimensions = (first: number) =>
  teamDimensions.map((column, place) => `d.${column} = ${valueAt(first + place)}`).join(" AND ");

/** The machine, only while the claim is ours; `?` are its id and its claim, `NULL` for a former one. */
const OURS = `taximeter_machines m ON m.machine = ? AND m.claim = coalesce(?, m.claim)
  AND (SELECT version FROM taximeter_schema WHERE id = 1) = ${TEAM_SCHEMA}`;

const STATE = `SELECT (SELECT version FROM taximeter_schema WHERE id = 1) AS version,
  (SELECT claim FROM taximeter_machines WHERE machine = ?) AS claim`;

const CLAIM = `INSERT INTO taximeter_machines (machine, developer, claim, version, joined_at_ms, pushed_at_ms)
  SELECT ?, ?, ?, ?, ${SERVER_NOW_MS}, ${SERVER_NOW_MS}
  WHERE (SELECT version FROM taximeter_schema WHERE id = 1) = ${TEAM_SCHEMA}
  ON CONFLICT (machine) DO UPDATE SET claim = excluded.claim, developer = excluded.developer,
    version = excluded.version, pushed_at_ms = excluded.pushed_at_ms
  WHERE taximeter_machines.claim = '' OR taximeter_machines.claim IN (SELECT value FROM json_each(?))`;
/** Of a former machine that the team has never heard of. Without a claim, anybody's is good. */
const INTRODUCE = `INSERT OR IGNORE INTO taximeter_machines (machine, developer, claim, version, joined_at_ms, pushed_at_ms)
  SELECT ?, ?, '', ?, ${SERVER_NOW_MS}, ${SERVER_NOW_MS}
  WHERE (SELECT version FROM taximeter_schema WHERE id = 1) = ${TEAM_SCHEMA}`;

const contributorsAt = (
  developer: number,
) => `INSERT OR IGNORE INTO taximeter_contributors (machine_id, developer)
  SELECT DISTINCT m.id, ${valueAt(developer)} FROM json_each(?) j JOIN ${OURS}`;
const dimensionsFrom = (first: number) => `INSERT OR IGNORE INTO taximeter_dimensions (${DIMENSIONS})
  SELECT DISTINCT ${dimensionsAt(first)} FROM json_each(?) j JOIN ${OURS}`;
/** In this order: of each row the contributor, then the dimensions, both found by their index. */
const rowsOf = (developer: number, first: number) => `json_each(?) j CROSS JOIN ${OURS}
  CROSS JOIN taximeter_contributors c ON c.machine_id = m.id AND c.developer = ${valueAt(developer)}
  CROSS JOIN taximeter_dimensions d ON ${sameDimensions(first)}`;

const PUT_ROLLUPS = `INSERT INTO taximeter_rollups (bucket_ms, contributor_id, dimension_id, day, revision, ${SUMS})
  SELECT ${valueAt(0)}, c.id, d.id, ${valueAt(1)}, ?, ${teamSums.map((_, place) => valueAt(FIRST_SUM + place)).join(", ")}
  FROM ${rowsOf(2, FIRST_DIMENSION)} WHERE true
  ON CONFLICT (bucket_ms, contributor_id, dimension_id) DO UPDATE SET revision = excluded.revision,
    ${teamSums.map((column) => `${column} = excluded.${column}`).join(", ")}
  WHERE excluded.revision > taximeter_rollups.revision`;
const REMOVE_ROLLUPS = `DELETE FROM taximeter_rollups WHERE revision < ? AND (bucket_ms, contributor_id, dimension_id) IN (
  SELECT ${valueAt(0)}, c.id, d.id FROM ${rowsOf(2, FIRST_DIMENSION)})`;
/** Of the days that rows are of: readers look at them again. */
const CHANGE_DAYS = `INSERT INTO taximeter_day_versions (day, version)
  SELECT ${valueAt(1)}, ${NEW_VERSION} FROM json_each(?) j JOIN ${OURS} WHERE true GROUP BY 1
  ON CONFLICT (day) DO UPDATE SET version = excluded.version`;

const FIRST_CALL_DIMENSION = 2;
const callColumns = [
  "started_at_ms",
  "status",
  "http_status",
  "error_type",
  "duration_ms",
  "attempt",
  "input_tokens",
  "output_tokens",
  "cost_nano_usd",
  "cost_status",
  "conversation_id",
  "labels",
] as const;
const FIRST_CALL_COLUMN = FIRST_CALL_DIMENSION + teamDimensions.length;
/** Of one's own machine alone, whatever a row says. */
const OWN_CALL = `EXISTS (SELECT 1 FROM taximeter_contributors o JOIN taximeter_machines n ON n.id = o.machine_id
  WHERE o.id = taximeter_calls.contributor_id AND n.machine = ? AND n.claim = coalesce(?, n.claim))`;
const PUT_CALLS = `INSERT INTO taximeter_calls (call_id, contributor_id, dimension_id, revision, ${callColumns.join(", ")})
  SELECT ${valueAt(0)}, c.id, d.id, ?, ${callColumns.map((_, place) => valueAt(FIRST_CALL_COLUMN + place)).join(", ")}
  FROM ${rowsOf(1, FIRST_CALL_DIMENSION)} WHERE true
  ON CONFLICT (call_id) DO UPDATE SET contributor_id = excluded.contributor_id, dimension_id = excluded.dimension_id,
    revision = excluded.revision, ${callColumns.map((column) => `${column} = excluded.${column}`).join(", ")}
  WHERE excluded.revision > taximeter_calls.revision AND ${OWN_CALL}`;
const REMOVE_CALLS = `DELETE FROM taximeter_calls WHERE call_id IN (SELECT value FROM json_each(?)) AND ${OWN_CALL}`;

/** Pushes one piece. Rejects with `TeamFailure`; then it may have arrived or not, and is to be pushed again. */
export async function pushPiece(database: TeamDatabase, request: PushRequest): Promise<PushOutcome> {
  const { machine, former, claim } = request;
  const results = await database.batch("write", statementsOf(request));
  const [before] = results[0] ?? [];
  const [after] = results.at(-1) ?? [];
  if (Number(before?.["version"] ?? 0) !== TEAM_SCHEMA) return { outcome: "schemaTooNew" };
  const found = after?.["claim"];
  if (!former && found !== claim) return { outcome: "claimed", claim: String(found ?? "") };
  const wasKnown = former || !machine.hasPushed || typeof before?.["claim"] === "string";
  return { outcome: "taken", wasKnown };
}

function statementsOf({
  piece,
  machine,
  former,
  revision,
  claim,
  developer,
  version,
  timeZone,
}: PushRequest): TeamStatement[] {
  const id = machine.machine;
  const ours = [id, former ? null : claim];
  const day = dayOf(timeZone);
  const statements: TeamStatement[] = [
    { sql: STATE, args: [id] },
    former
      ? { sql: INTRODUCE, args: [id, developer, version] }
      : { sql: CLAIM, args: [id, developer, claim, version, JSON.stringify(machine.claims.concat(claim))] },
  ];
  const asRows = (rows: readonly RollupToShare[]) =>
    rowsAsJson(rows.map((row) => rollupValues(row, day(row.bucketMs))));
  const kept = asRows(piece.rollups.filter(({ sums }) => sums.calls > 0));
  const gone = asRows(piece.rollups.filter(({ sums }) => sums.calls === 0));
  statements.push(
    { sql: contributorsAt(2), args: [kept, ...ours] },
    { sql: dimensionsFrom(FIRST_DIMENSION), args: [kept, ...ours] },
    { sql: PUT_ROLLUPS, args: [revision, kept, ...ours] },
    { sql: REMOVE_ROLLUPS, args: [revision, gone, ...ours] },
    { sql: CHANGE_DAYS, args: [asRows(piece.rollups), ...ours] },
  );
  if (piece.calls.length > 0) {
    const calls = rowsAsJson(piece.calls.map(callValues));
    statements.push(
      { sql: contributorsAt(1), args: [calls, ...ours] },
      { sql: dimensionsFrom(FIRST_CALL_DIMENSION), args: [calls, ...ours] },
      { sql: PUT_CALLS, args: [revision, calls, ...ours, ...ours] },
    );
  }
  if (piece.goneCalls.length > 0) {
    statements.push({ sql: REMOVE_CALLS, args: [JSON.stringify(piece.goneCalls), ...ours] });
  }
  return [...statements, { sql: STATE, args: [id] }];
}

function rollupValues({ bucketMs, developer, dimensions, sums }: RollupToShare, day: string): SqlValue[] {
  return [
    bucketMs,
    day,
    developer,
    ...teamDimensions.map((column) => dimensions[column]),
    ...teamSums.map((column) => sums[column]),
  ];
}

function callValues({ call, dimensions, conversation, labels }: CallToShare): SqlValue[] {
  const columns: Record<(typeof callColumns)[number], string | number | null> = {
    started_at_ms: Date.parse(call.startedAt),
    status: call.status,
    http_status: call.httpStatus,
    error_type: call.errorType,
    duration_ms: call.durationMs,
    attempt: call.attempt,
    input_tokens: call.usage.inputTokens ?? null,
    output_tokens: call.usage.outputTokens ?? null,
    cost_nano_usd: call.costNanoUsd,
    cost_status: call.costStatus,
    conversation_id: conversation,
    labels: labels === null ? null : JSON.stringify(labels),
  };
  return [
    call.callId,
    call.developer,
    ...teamDimensions.map((column) => dimensions[column]),
    ...callColumns.map((column) => columns[column]),
  ];
}

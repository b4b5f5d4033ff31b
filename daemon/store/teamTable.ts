import { dimensionColumns, type StoredDimensions } from "./callDimensions.ts";
import { type CallRow, callOfRow, SELECT_CALLS } from "./callRows.ts";
import type { Database } from "./database.ts";
import { noNumbers, sumColumns } from "./rollupSums.ts";
import type { StoredCall } from "./store.ts";
import type { TeamOutbox } from "./teamOutbox.ts";
import type {
  OutboxPiece,
  OutboxQuery,
  OutboxReceipt,
  RollupRecord,
  TeamMachine,
  TeamMembership,
} from "./teamRecords.ts";
import { readSetting, removeSetting, writeSetting } from "./teamSettings.ts";

const MEMBERSHIP = "membership";
/** The file that the store was when it was last opened, as `fileIdentity` says it. */
const FILE = "file";
/** `calls.id` up to which all calls were pushed when last nothing was left to push. */
const PUSHED_UP_TO = "pushedUpTo";
const MAX_CLAIMS = 1_000;

const DIMENSIONS = dimensionColumns.map((column) => `d.${column}`).join(", ");
const SUMS = sumColumns.map((column) => `r.${column}`).join(", ");
const ROLLUPS_OF_BUCKETS = `SELECT r.bucket_ms, r.dimension_id, ${DIMENSIONS}, ${SUMS}
  FROM rollups r JOIN dimensions d ON d.id = r.dimension_id
  WHERE r.bucket_ms IN (SELECT value FROM json_each(?)) AND d.machine = ?`;
/** The latest first: what was spent today is asked for before what was spent last week. */
const OUTSTANDING_ROLLUPS = `SELECT o.bucket_ms, o.dimension_id, o.revision, ${DIMENSIONS}
  FROM team_outbox o JOIN dimensions d ON d.id = o.dimension_id
  WHERE d.machine = ? ORDER BY o.bucket_ms DESC LIMIT ?`;
const LATEST_ROLLUPS = `SELECT r.bucket_ms, r.dimension_id, 0 AS revision, ${DIMENSIONS}
  FROM rollups r JOIN dimensions d ON d.id = r.dimension_id
  WHERE d.machine = ? ORDER BY r.bucket_ms DESC LIMIT ?`;
/** One that is no more is the latest machine's to tell. */
const OUTSTANDING_CALLS = `SELECT o.call_id, o.revision
  FROM team_call_outbox o LEFT JOIN calls c ON c.call_id = o.call_id LEFT JOIN dimensions d ON d.id = c.dimension_id
  WHERE coalesce(d.machine, (SELECT max(number) FROM team_machines)) = ? ORDER BY o.call_id DESC LIMIT ?`;
const LATEST_CALLS = `SELECT c.call_id, 0 AS revision FROM calls c JOIN dimensions d ON d.id = c.dimension_id
  WHERE d.machine = ? ORDER BY c.started_at_ms DESC LIMIT ?`;
const CALLS = `${SELECT_CALLS} WHERE d.machine = ? AND c.call_id IN (SELECT value FROM json_each(?))`;

type Changed = StoredDimensions & { bucket_ms: number; dimension_id: number; revision: number };
interface MachineRow {
  number: number;
  machine: string;
  sealed_revision: number | null;
}

export function readMembership(database: Database): TeamMembership | null {
  return readSetting<TeamMembership>(database, MEMBERSHIP) ?? null;
}

export function writeMembership(database: Database, membership: TeamMembership | null): void {
  if (membership === null) removeSetting(database, MEMBERSHIP);
  else writeSetting(database, MEMBERSHIP, membership);
}

/** As which machine calls are stored from now on: 0 until this store was copied, or became a copy. */
export function machineNumber(database: Database): number {
  return (
    database.first<{ number: number | null }>("SELECT max(number) AS number FROM team_machines")?.number ?? 0
  );
}

/** This machine, made with the id where there is none yet. */
export function ensureMachine(database: Database, newMachine: string): TeamMachine {
  database.run("INSERT OR IGNORE INTO team_machines (number, machine, sealed_revision) VALUES (0, ?, NULL)", [
    newMachine,
  ]);
  const row = database.first<MachineRow>("SELECT * FROM team_machines ORDER BY number DESC LIMIT 1");
  return { machine: row?.machine ?? newMachine, ...readClaims(database) };
}

function readClaims(database: Database): Omit<TeamMachine, "machine"> {
  const rows = database.all<{ claim: string; settled: number }>(
    `SELECT claim, settled FROM team_claims
     WHERE id >= coalesce((SELECT max(id) FROM team_claims WHERE settled = 1), 0) ORDER BY id`,
  );
  return { claims: rows.map(({ claim }) => claim), hasPushed: rows[0]?.settled === 1 };
}

/** Whether this machine pushed under the claim once, however long ago. */
export function knowsClaim(database: Database, claim: string): boolean {
  return database.first("SELECT 1 FROM team_claims WHERE claim = ?", [claim]) !== undefined;
}

/**
 * To be kept before it is sent: whoever finds it in the team's database later knows that it is its own. One that was kept
 * before counts as the latest again.
 */
export function rememberClaim(database: Database, claim: string): void {
  database.transaction(() => {
    database.run("INSERT OR REPLACE INTO team_claims (claim, settled) VALUES (?, 0)", [claim]);
    database.run("DELETE FROM team_claims WHERE id <= (SELECT max(id) FROM team_claims) - ?", [MAX_CLAIMS]);
  });
}

/** This store is another machine from now on. What it was until now stays what it was, with what is left to push of it. */
export function becomeMachine(database: Database, machine: string, revision: number): void {
  database.run("UPDATE team_machines SET sealed_revision = ? WHERE sealed_revision IS NULL", [revision]);
  const next = machineNumber(database) + 1;
  database.run("INSERT INTO team_machines (number, machine, sealed_revision) VALUES (?, ?, NULL)", [
    next,
    machine,
  ]);
  database.run("DELETE FROM team_claims");
}

/** Whether the store's file is another than the one it was opened as before, which is then forgotten. */
export function isCopiedFile(database: Database, file: string): boolean {
  const before = readSetting<string>(database, FILE);
  if (before !== file) writeSetting(database, FILE, file);
  return before !== undefined && before !== file;
}

export function readPushedUpTo(database: Database): number {
  return readSetting<number>(database, PUSHED_UP_TO) ?? 0;
}

/** See `Store.teamPiece`. */
export function readPiece(
  database: Database,
  outbox: TeamOutbox,
  { limit, latest = false }: OutboxQuery,
): OutboxPiece | null {
  return database.transaction(() => {
    const machines = database.all<MachineRow>("SELECT * FROM team_machines ORDER BY number");
    const last = machines.at(-1);
    if (last === undefined) return null;
    for (const machine of machines) {
      const former = machine !== last;
      if (former && latest) continue;
      if (machine.sealed_revision !== null) forgetSealed(database, machine.number, machine.sealed_revision);
      const changed = database.all<Changed>(latest ? LATEST_ROLLUPS : OUTSTANDING_ROLLUPS, [
        machine.number,
        limit,
      ]);
      const callIds = database.all<{ call_id: string; revision: number }>(
        latest ? LATEST_CALLS : OUTSTANDING_CALLS,
        [machine.number, limit],
      );
      if (changed.length === 0 && callIds.length === 0) continue;
      const calls = readCalls(
        database,
        machine.number,
        callIds.map(({ call_id }) => call_id),
      );
      const found = new Set(calls.map(({ callId }) => callId));
      return {
        machine: machine.machine,
        ...(former ? { claims: [], hasPushed: true } : readClaims(database)),
        former,
        // A former machine's rows are as they were when it was left: whatever it pushed itself since is newer.
        revision: machine.sealed_revision ?? outbox.nextRevision(),
        rollups: readRollups(database, machine.number, changed),
        calls,
        goneCalls: callIds.map(({ call_id }) => call_id).filter((callId) => !found.has(callId)),
        receipt: {
          rollups: changed.map(({ bucket_ms, dimension_id, revision }) => [
            bucket_ms,
            dimension_id,
            revision,
          ]),
          calls: callIds.map(({ call_id, revision }) => [call_id, revision]),
        },
      };
    }
    return null;
  });
}

/** What changed of a former machine after it was left behind is the copy's to push. */
function forgetSealed(database: Database, number: number, sealedRevision: number): void {
  database.run(
    `DELETE FROM team_outbox WHERE revision > ?
     AND dimension_id IN (SELECT id FROM dimensions WHERE machine = ?)`,
    [sealedRevision, number],
  );
  database.run(
    `DELETE FROM team_call_outbox WHERE revision > ? AND call_id IN (
       SELECT o.call_id FROM team_call_outbox o JOIN calls c ON c.call_id = o.call_id
       JOIN dimensions d ON d.id = c.dimension_id WHERE d.machine = ?)`,
    [sealedRevision, number],
  );
}

/** All rollups of the quarter hours that changed; those that are no more come with nothing in them. */
function readRollups(database: Database, machine: number, changed: readonly Changed[]): RollupRecord[] {
  const keyOf = (row: { bucket_ms: number; dimension_id: number }) => `${row.bucket_ms}:${row.dimension_id}`;
  const missing = new Map(changed.map((row) => [keyOf(row), row]));
  const buckets = [...new Set(changed.map(({ bucket_ms }) => bucket_ms))];
  const rows = database.all<Omit<RollupRecord, "changed"> & { dimension_id: number }>(ROLLUPS_OF_BUCKETS, [
    JSON.stringify(buckets),
    machine,
  ]);
  const records: RollupRecord[] = rows.map(({ dimension_id, ...row }) => ({
    ...row,
    changed: missing.delete(keyOf({ bucket_ms: row.bucket_ms, dimension_id })),
  }));
  for (const { dimension_id: _id, revision: _revision, ...row } of missing.values()) {
    records.push({ ...row, ...noNumbers(), changed: true });
  }
  return records;
}

function readCalls(database: Database, machine: number, callIds: readonly string[]): StoredCall[] {
  if (callIds.length === 0) return [];
  return database.all<CallRow>(CALLS, [machine, JSON.stringify(callIds)]).map(callOfRow);
}

/** The team has taken it in: what has not changed again since is no longer to be pushed. */
export function settlePiece(
  database: Database,
  outbox: TeamOutbox,
  { rollups, calls, claim }: OutboxReceipt & { claim: string | null },
  nowMs: number,
): void {
  database.transaction(() => {
    if (claim !== null) database.run("UPDATE team_claims SET settled = 1 WHERE claim = ?", [claim]);
    for (const row of rollups) {
      database.run("DELETE FROM team_outbox WHERE bucket_ms = ? AND dimension_id = ? AND revision = ?", row);
    }
    for (const row of calls) {
      database.run("DELETE FROM team_call_outbox WHERE call_id = ? AND revision = ?", row);
    }
    const membership = readMembership(database);
    if (membership !== null) writeMembership(database, { ...membership, lastPushedAtMs: nowMs });
    if (outbox.outstanding() > 0) return;
    const last = database.first<{ id: number | null }>("SELECT max(id) AS id FROM calls");
    writeSetting(database, PUSHED_UP_TO, last?.id ?? 0);
  });
}

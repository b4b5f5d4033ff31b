import { isDeepStrictEqual } from "node:util";
import {
  type CallRow,
  callOfRow,
  deleteCall,
  insertCalls,
  SELECT_CALLS,
  updateCall,
  type WrittenCall,
} from "./callRows.ts";
import type { Database } from "./database.ts";
import { createDimensionTuples } from "./dimensionTuples.ts";
import { isResponseIdentity, mergeCalls } from "./mergeCalls.ts";
import { normaliseCall, normaliseUsage } from "./normaliseCall.ts";
import { bucketOf, sumsOfCall } from "./rollupSums.ts";
import { createRollupChanges } from "./rollupTable.ts";
import type { CallCompletion, CallReplacement, LostCalls, PutOutcome, StoredCall } from "./store.ts";
import type { TeamOutbox } from "./teamOutbox.ts";
import { machineNumber } from "./teamTable.ts";

/** The one that changes calls, and with them, in the same transaction, their rollups. */
export interface CallWriter {
  put(calls: readonly StoredCall[]): PutOutcome[];
  complete(completion: CallCompletion): PutOutcome;
  closePending(lost: LostCalls): number;
  /** See `Store.replaceCalls`. */
  replace(replacements: readonly CallReplacement[]): string[];
  /** How many calls are stored. */
  count(): number;
  /** The store is another machine to the team since the call with this `calls.id`: later ones are put down to it. */
  moveToMachine(number: number, sinceId: number): void;
}

/** A call in the course of a batch: what is stored of it, and what is to be stored. */
interface Entry {
  id: number;
  /** `null`: not stored yet. */
  stored: { call: StoredCall; dimensionId: number } | null;
  /** `null`: it proved to be another entry's call. */
  call: StoredCall | null;
}

const BY_CALL_ID = `${SELECT_CALLS} WHERE c.call_id IN (SELECT value FROM json_each(?))`;
const BY_FORMER_CALL_ID = `SELECT call_id, call FROM merged_calls WHERE call_id IN (SELECT value FROM json_each(?))`;
const BY_ID = `${SELECT_CALLS} WHERE c.id IN (SELECT value FROM json_each(?))`;
const BY_RESPONSE = `${SELECT_CALLS} WHERE c.response_is_identity = 1
  AND (c.provider, c.response_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`;
/** An exchange that is under way has no duration yet. */
const LOST = `${SELECT_CALLS} WHERE c.status = 'pending' AND (
    c.started_at_ms < ?
    OR c.duration_ms IS NULL AND (c.started_at_ms < ? OR c.run_id IN (SELECT value FROM json_each(?)))
  ) LIMIT 1000`;
const REMEMBER_MERGED = "INSERT OR REPLACE INTO merged_calls (call_id, call) VALUES (?, ?)";
const REDIRECT_MERGED = "UPDATE merged_calls SET call = ? WHERE call = ?";

type ResponseIdentity = Pick<StoredCall, "provider" | "responseId">;

/** `null` where the response id says nothing. */
function responseKey(call: StoredCall): string | null {
  return isResponseIdentity(call) ? keyOf(call) : null;
}

function keyOf({ provider, responseId }: ResponseIdentity): string {
  return JSON.stringify([provider, responseId]);
}

export function createCallWriter(database: Database, outbox: TeamOutbox): CallWriter {
  const tuples = createDimensionTuples(database);
  let machine = machineNumber(database);
  /** Read once, from the rollups, and kept: it is asked for often, and counting takes as long as history is long. */
  let stored: number | null = null;

  /** Runs `work` over the calls known by these ids and responses, then stores what it changed, all in one transaction. */
  const inBatch = <Result>(
    callIds: readonly string[],
    responses: readonly ResponseIdentity[],
    work: (batch: Batch) => Result,
  ): Result => {
    try {
      return database.transaction(() => {
        const batch = createBatch(database, callIds, responses);
        const result = work(batch);
        write(batch);
        return result;
      });
    } catch (error) {
      tuples.forget();
      stored = null;
      throw error;
    }
  };

  const write = (batch: Batch) => {
    const changed = [...batch.changed];
    const rollups = createRollupChanges();
    // Rows that go, go first: their response id may be another's now.
    for (const { id, stored, call } of changed) {
      if (stored === null) continue;
      const { startedAt } = stored.call;
      rollups.add(bucketOf(Date.parse(startedAt)), stored.dimensionId, sumsOfCall(stored.call), -1);
      if (call === null) deleteCall(database, id);
    }
    const inserted: WrittenCall[] = [];
    for (const { id, stored, call } of changed) {
      if (call === null) continue;
      // What a former machine told the team stays its own.
      const of = stored === null || machine === 0 ? machine : tuples.machineOf(stored.dimensionId);
      const dimensionId = tuples.idOf(call, of);
      rollups.add(bucketOf(Date.parse(call.startedAt)), dimensionId, sumsOfCall(call), 1);
      if (stored === null) inserted.push({ id, call, dimensionId });
      else updateCall(database, { id, call, dimensionId });
    }
    insertCalls(database, inserted);
    rollups.write(database);
    if (outbox.isOn()) outbox.changed(rollups.keys(), changedIds(changed));
    for (const entry of changed) {
      if (stored !== null) stored += Number(entry.call !== null) - Number(entry.stored !== null);
    }
    for (const [from, to] of batch.redirected) database.run(REDIRECT_MERGED, [to, from]);
    for (const [callId, id] of batch.merged) database.run(REMEMBER_MERGED, [callId, id]);
  };

  return {
    count: () => {
      stored ??=
        database.first<{ calls: number | null }>("SELECT sum(calls) AS calls FROM rollups")?.calls ?? 0;
      return stored;
    },
    put: (reports) => {
      const calls = reports.map(normaliseCall);
      return inBatch(
        calls.map((call) => call.callId),
        calls.filter(isResponseIdentity),
        (batch) => calls.map((call) => batch.take(call)),
      );
    },
    complete: (completion) =>
      inBatch([], [completion], (batch) => {
        const stored = batch.findByResponse(completion);
        if (stored === null) return { outcome: "ignored", callId: null };
        return batch.take({ ...stored, ...completion, usage: normaliseUsage(completion.usage) });
      }),
    closePending: ({ ofRuns, startedBefore, unfinishedBefore }) => {
      let closed = 0;
      for (;;) {
        const inOne = inBatch([], [], (batch) => {
          const pending = database
            .all<CallRow>(LOST, [unfinishedBefore, startedBefore, JSON.stringify(ofRuns)])
            .map((row) => batch.load(row));
          for (const call of pending) batch.take({ ...call, status: "aborted" });
          return pending.length;
        });
        if (inOne === 0) return closed;
        closed += inOne;
      }
    },
    replace: (replacements) =>
      inBatch(
        replacements.map(({ before }) => before.callId),
        [],
        (batch) =>
          replacements
            .filter(({ before, after }) => batch.replace(before, normaliseCall(after)))
            .map(({ before }) => before.callId),
      ),
    moveToMachine: (number, sinceId) => {
      machine = number;
      const rollups = createRollupChanges();
      const moved = database.all<CallRow>(`${SELECT_CALLS} WHERE c.id > ?`, [sinceId]);
      for (const row of moved) {
        const call = callOfRow(row);
        const dimensionId = tuples.idOf(call, machine);
        const bucketMs = bucketOf(row.started_at_ms);
        rollups.add(bucketMs, row.dimension_id, sumsOfCall(call), -1);
        rollups.add(bucketMs, dimensionId, sumsOfCall(call), 1);
        updateCall(database, { id: row.id, call, dimensionId });
      }
      rollups.write(database);
      outbox.changed(
        rollups.keys(),
        moved.map(({ call_id }) => call_id),
      );
    },
  };
}

/** Of calls that are to be told, or to be told to be no more. */
function changedIds(entries: readonly Entry[]): Set<string> {
  const ids = new Set<string>();
  for (const { stored, call } of entries) {
    if (stored !== null) ids.add(stored.call.callId);
    if (call !== null) ids.add(call.callId);
  }
  return ids;
}

/** The calls that a batch touches. Nothing is stored until `changed` is written. */
interface Batch {
  take(call: StoredCall): PutOutcome;
  /** Whether the call was still as it is given, and is now another. */
  replace(before: StoredCall, after: StoredCall): boolean;
  findByResponse(response: ResponseIdentity): StoredCall | null;
  load(row: CallRow): StoredCall;
  readonly changed: ReadonlySet<Entry>;
  /** Id of a call that is another one → `calls.id` of that one. */
  readonly merged: ReadonlyMap<string, number>;
  /** `calls.id` of a row that goes → of the one it was merged into. */
  readonly redirected: ReadonlyMap<number, number>;
}

function createBatch(
  database: Database,
  callIds: readonly string[],
  responses: readonly ResponseIdentity[],
): Batch {
  const entries = new Map<number, Entry>();
  const byCallId = new Map<string, Entry>();
  const byResponse = new Map<string, Entry>();
  const lookedUpResponses = new Set<string>();
  const changed = new Set<Entry>();
  const merged = new Map<string, number>();
  const redirected = new Map<number, number>();
  let lastId = database.first<{ id: number | null }>("SELECT max(id) AS id FROM calls")?.id ?? 0;

  const index = (entry: Entry, call: StoredCall) => {
    entries.set(entry.id, entry);
    byCallId.set(call.callId, entry);
    const key = responseKey(call);
    if (key !== null) byResponse.set(key, entry);
  };

  const loadEntry = (row: CallRow): Entry => {
    const known = entries.get(row.id);
    if (known !== undefined) return known;
    const call = callOfRow(row);
    const entry: Entry = { id: row.id, stored: { call, dimensionId: row.dimension_id }, call };
    index(entry, call);
    return entry;
  };

  const lookUpResponses = (keys: readonly string[]) => {
    for (const key of keys) lookedUpResponses.add(key);
    if (keys.length > 0) database.all<CallRow>(BY_RESPONSE, [`[${keys.join(",")}]`]).forEach(loadEntry);
  };

  const entryOfResponse = (key: string): Entry | undefined => {
    if (!lookedUpResponses.has(key)) lookUpResponses([key]);
    return byResponse.get(key);
  };

  const change = (entry: Entry, call: StoredCall) => {
    entry.call = call;
    index(entry, call);
    changed.add(entry);
  };

  const remember = (callId: string, entry: Entry) => {
    if (byCallId.get(callId) === entry) return;
    byCallId.set(callId, entry);
    merged.set(callId, entry.id);
  };

  /** `absorbed` proved to be the same call: its row goes, its ids lead to `survivor`. */
  const absorb = (survivor: Entry, absorbed: Entry) => {
    if (survivor.call === null || absorbed.call === null) return;
    const call = mergeCalls(survivor.call, absorbed.call) ?? survivor.call;
    for (const [callId, entry] of byCallId) {
      if (entry === absorbed) remember(callId, survivor);
    }
    for (const [key, entry] of byResponse) {
      if (entry === absorbed) byResponse.set(key, survivor);
    }
    redirected.set(absorbed.id, survivor.id);
    absorbed.call = null;
    changed.add(absorbed);
    change(survivor, call);
  };

  const take = (report: StoredCall): PutOutcome => {
    const key = responseKey(report);
    const entry = byCallId.get(report.callId) ?? (key === null ? undefined : entryOfResponse(key));
    if (entry === undefined || entry.call === null) {
      lastId += 1;
      change({ id: lastId, stored: null, call: report }, report);
      return { outcome: "accepted", callId: report.callId };
    }
    remember(report.callId, entry);
    const call = mergeCalls(entry.call, report);
    const before = call === null ? null : responseKey(entry.call);
    const after = call === null ? null : responseKey(call);
    // A response id that was not known of this call until now may be that of another row: then both are one call.
    const twin = after === null || after === before ? undefined : entryOfResponse(after);
    if (call !== null) change(entry, call);
    if (twin === undefined || twin === entry) {
      return { outcome: call === null ? "duplicate" : "updated", callId: entry.call.callId };
    }
    absorb(twin, entry);
    return { outcome: "updated", callId: twin.call?.callId ?? null };
  };

  const replace = (before: StoredCall, after: StoredCall): boolean => {
    const entry = byCallId.get(before.callId);
    if (!isDeepStrictEqual(entry?.call, before) || entry === undefined) return false;
    const { callId, provider, responseId, endpoint, startedAt } = before;
    change(entry, { ...after, callId, provider, responseId, endpoint, startedAt });
    return true;
  };

  if (callIds.length > 0) {
    const ids = JSON.stringify(callIds);
    database.all<CallRow>(BY_CALL_ID, [ids]).forEach(loadEntry);
    const former = database.all<{ call_id: string; call: number }>(BY_FORMER_CALL_ID, [ids]);
    if (former.length > 0) {
      database.all<CallRow>(BY_ID, [JSON.stringify(former.map(({ call }) => call))]).forEach(loadEntry);
      for (const { call_id, call } of former) {
        const entry = entries.get(call);
        if (entry !== undefined) byCallId.set(call_id, entry);
      }
    }
  }
  lookUpResponses([...new Set(responses.map(keyOf))]);

  return {
    take,
    replace,
    findByResponse: (response) => entryOfResponse(keyOf(response))?.call ?? null,
    load: (row) => {
      const { call } = loadEntry(row);
      return call ?? callOfRow(row);
    },
    changed,
    merged,
    redirected,
  };
}

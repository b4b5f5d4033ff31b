import { type BatchedCall, type CallBatch, createCallBatch, type ResponseIdentity } from "./callBatch.ts";
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
import { isResponseIdentity } from "./mergeCalls.ts";
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

/** An exchange that is under way has no duration yet. */
const LOST = `${SELECT_CALLS} WHERE c.status = 'pending' AND (
    c.started_at_ms < ?
    OR c.duration_ms IS NULL AND (c.started_at_ms < ? OR c.run_id IN (SELECT value FROM json_each(?)))
  ) LIMIT 1000`;
const REMEMBER_MERGED = "INSERT OR REPLACE INTO merged_calls (call_id, call) VALUES (?, ?)";
const REDIRECT_MERGED = "UPDATE merged_calls SET call = ? WHERE call = ?";

export function createCallWriter(database: Database, outbox: TeamOutbox): CallWriter {
  const tuples = createDimensionTuples(database);
  let machine = machineNumber(database);
  /** Read once, from the rollups, and kept: it is asked for often, and counting takes as long as history is long. */
  let stored: number | null = null;

  /** Runs `work` over the calls known by these ids and responses, then stores what it changed, all in one transaction. */
  const inBatch = <Result>(
    callIds: readonly string[],
    responses: readonly ResponseIdentity[],
    work: (batch: CallBatch) => Result,
  ): Result => {
    try {
      return database.transaction(() => {
        const batch = createCallBatch(database, callIds, responses);
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

  const write = (batch: CallBatch) => {
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
function changedIds(entries: readonly BatchedCall[]): Set<string> {
  const ids = new Set<string>();
  for (const { stored, call } of entries) {
    if (stored !== null) ids.add(stored.call.callId);
    if (call !== null) ids.add(call.callId);
  }
  return ids;
}

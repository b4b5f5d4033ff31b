import { isDeepStrictEqual } from "node:util";
import { type CallRow, callOfRow, SELECT_CALLS } from "./callRows.ts";
import type { Database } from "./database.ts";
import { isResponseIdentity, mergeCalls } from "./mergeCalls.ts";
import type { PutOutcome, StoredCall } from "./store.ts";

/** A call in the course of a batch: what is stored of it, and what is to be stored. */
export interface BatchedCall {
  id: number;
  /** `null`: not stored yet. */
  stored: { call: StoredCall; dimensionId: number } | null;
  /** `null`: it proved to be another entry's call. */
  call: StoredCall | null;
}

/** The calls that a batch touches. Nothing is stored until `changed` is written. */
export interface CallBatch {
  take(call: StoredCall): PutOutcome;
  /** Whether the call was still as it is given, and is now another. */
  replace(before: StoredCall, after: StoredCall): boolean;
  findByResponse(response: ResponseIdentity): StoredCall | null;
  load(row: CallRow): StoredCall;
  readonly changed: ReadonlySet<BatchedCall>;
  /** Id of a call that is another one → `calls.id` of that one. */
  readonly merged: ReadonlyMap<string, number>;
  /** `calls.id` of a row that goes → of the one it was merged into. */
  readonly redirected: ReadonlyMap<number, number>;
}

const BY_CALL_ID = `${SELECT_CALLS} WHERE c.call_id IN (SELECT value FROM json_each(?))`;
const BY_FORMER_CALL_ID = `SELECT call_id, call FROM merged_calls WHERE call_id IN (SELECT value FROM json_each(?))`;
const BY_ID = `${SELECT_CALLS} WHERE c.id IN (SELECT value FROM json_each(?))`;
const BY_RESPONSE = `${SELECT_CALLS} WHERE c.response_is_identity = 1
  AND (c.provider, c.response_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`;

export type ResponseIdentity = Pick<StoredCall, "provider" | "responseId">;

/** `null` where the response id says nothing. */
function responseKey(call: StoredCall): string | null {
  return isResponseIdentity(call) ? keyOf(call) : null;
}

function keyOf({ provider, responseId }: ResponseIdentity): string {
  return JSON.stringify([provider, responseId]);
}

/** Loads what is stored of the calls known by these ids and responses; others are looked up as they are met. */
export function createCallBatch(
  database: Database,
  callIds: readonly string[],
  responses: readonly ResponseIdentity[],
): CallBatch {
  const entries = new Map<number, BatchedCall>();
  const byCallId = new Map<string, BatchedCall>();
  const byResponse = new Map<string, BatchedCall>();
  const lookedUpResponses = new Set<string>();
  const changed = new Set<BatchedCall>();
  const merged = new Map<string, number>();
  const redirected = new Map<number, number>();
  let lastId = database.first<{ id: number | null }>("SELECT max(id) AS id FROM calls")?.id ?? 0;

  const index = (entry: BatchedCall, call: StoredCall) => {
    entries.set(entry.id, entry);
    byCallId.set(call.callId, entry);
    const key = responseKey(call);
    if (key !== null) byResponse.set(key, entry);
  };

  const loadEntry = (row: CallRow): BatchedCall => {
    const known = entries.get(row.id);
    if (known !== undefined) return known;
    const call = callOfRow(row);
    const entry: BatchedCall = { id: row.id, stored: { call, dimensionId: row.dimension_id }, call };
    index(entry, call);
    return entry;
  };

  const lookUpResponses = (keys: readonly string[]) => {
    for (const key of keys) lookedUpResponses.add(key);
    if (keys.length > 0) database.all<CallRow>(BY_RESPONSE, [`[${keys.join(",")}]`]).forEach(loadEntry);
  };

  const entryOfResponse = (key: string): BatchedCall | undefined => {
    if (!lookedUpResponses.has(key)) lookUpResponses([key]);
    return byResponse.get(key);
  };

  const change = (entry: BatchedCall, call: StoredCall) => {
    entry.call = call;
    index(entry, call);
    changed.add(entry);
  };

  const remember = (callId: string, entry: BatchedCall) => {
    if (byCallId.get(callId) === entry) return;
    byCallId.set(callId, entry);
    merged.set(callId, entry.id);
  };

  /** `absorbed` proved to be the same call: its row goes, its ids lead to `survivor`. */
  const absorb = (survivor: BatchedCall, absorbed: BatchedCall) => {
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

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CallRow, callOfRow, SELECT_CALLS } from "../../daemon/store/callRows.ts";
import { connect, type Database } from "../../daemon/store/database.ts";
import { createLocalStore, type LocalStore } from "../../daemon/store/localStore.ts";
import { migrations } from "../../daemon/store/migrations.ts";
import type { RepriceQuery, StoredCall } from "../../daemon/store/store.ts";
import { makeStoredCall } from "../builders.ts";
import { recomputedRollups, storedRollups } from "./storedRollups.ts";
import { makeStore, over } from "./testStore.ts";

function openInMemory(): { database: Database; store: LocalStore } {
  const database = connect(":memory:", 0);
  for (const migration of migrations) migration.apply(database);
  return { database, store: createLocalStore(database, ":memory:") };
}

const everything = over({}).range;
const BASE = Date.parse("2026-11-20T10:00:00.000Z");
const at = (minutes: number) => new Date(BASE + minutes * 60_000).toISOString();

/** All pieces of a query. */
function piecesOf(store: LocalStore, query: Omit<RepriceQuery, "cursor">) {
  const calls: StoredCall[] = [];
  const scans: number[] = [];
  for (let cursor: string | null = null; ; ) {
    const piece = store.callsToReprice({ ...query, ...(cursor === null ? {} : { cursor }) });
    calls.push(...piece.calls);
    scans.push(piece.scanned);
    cursor = piece.nextCursor;
    if (cursor === null) return { calls, scans };
  }
}

const call = fc
  .record({
    minutes: fc.integer({ min: 0, max: 45 }),
    provider: fc.constantFrom("openai", "anthropic"),
    requestModel: fc.constantFrom(null, "gpt-4o", "GPT-4o-mini"),
    responseModel: fc.constantFrom(null, "gpt-4o-mini"),
    attempt: fc.integer({ min: 1, max: 2 }),
    status: fc.constantFrom("ok" as const, "error" as const, "pending" as const),
    tokens: fc.integer({ min: 0, max: 9 }),
    cost: fc.option(fc.integer({ min: 0, max: 9_000 }), { nil: null }),
    attributes: fc.constantFrom({}, { lead: "1" }),
  })
  .map(({ minutes, tokens, cost, ...facts }) =>
    makeStoredCall({
      ...facts,
      startedAt: at(minutes),
      usage: { inputTokens: tokens },
      costNanoUsd: cost,
      costStatus: cost === null ? "unpriced" : "computed",
    }),
  );

/** What a call becomes by a change of its meaning and cost. */
const change = fc.record({
  pick: fc.nat(),
  cost: fc.option(fc.integer({ min: 0, max: 9_000 }), { nil: null }),
  tokens: fc.integer({ min: 0, max: 9 }),
  requestModel: fc.constantFrom("gpt-5", "gpt-4o"),
  operation: fc.constantFrom("chat" as const, "embeddings" as const),
});

describe("calls that are replaced", () => {
  it("leave rollups equal to calls, and a second time changes nothing", () => {
    fc.assert(
      fc.property(
        fc.array(call, { minLength: 1, maxLength: 12 }),
        fc.array(change, { maxLength: 8 }),
        (calls, changes) => {
          const { database, store } = openInMemory();
          store.putCalls(calls);
          const stored = database.all<CallRow>(`${SELECT_CALLS} ORDER BY c.id`).map(callOfRow);
          const replacements = changes.map(({ pick, cost, tokens, requestModel, operation }) => {
            const before = stored[pick % stored.length];
            if (before === undefined) throw new Error("no call was stored");
            const costStatus = cost === null ? ("unpriced" as const) : ("incomplete" as const);
            const usage = { inputTokens: tokens, outputTokens: 1 };
            return {
              before,
              after: { ...before, costNanoUsd: cost, costStatus, usage, requestModel, operation },
            };
          });
          const done = new Set(store.replaceCalls(replacements));
          // Of several changes to one call the first finds it as it was read.
          expect(done).toEqual(new Set(replacements.map(({ before }) => before.callId)));
          expect(storedRollups(database)).toEqual(recomputedRollups(database));
          const expected = stored.map(
            (one) => replacements.find(({ before }) => before.callId === one.callId)?.after ?? one,
          );
          const now = database.all<CallRow>(`${SELECT_CALLS} ORDER BY c.id`).map(callOfRow);
          expect(now).toEqual(expected);

          const changed = replacements.filter(
            ({ before }) => !now.some((one) => JSON.stringify(one) === JSON.stringify(before)),
          );
          expect(store.replaceCalls(changed)).toEqual([]);
          expect(store.statistics().calls).toBe(stored.length);
          database.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it("keep what a report has changed since they were read", async () => {
    const store = await makeStore();
    const before = makeStoredCall({
      status: "pending",
      usage: {},
      costNanoUsd: null,
      costStatus: "unpriced",
    });
    await store.putCalls([before]);
    const [read] = (await store.callsToReprice({ range: everything })).calls;
    if (read === undefined) throw new Error("the call was not read");
    await store.putCalls([{ ...before, status: "ok", usage: { inputTokens: 10 }, costNanoUsd: 5 }]);
    expect(await store.replaceCalls([{ before: read, after: { ...read, costNanoUsd: 99 } }])).toEqual([]);
    const { calls } = await store.calls(over({}));
    expect(calls).toMatchObject([{ status: "ok", costUsd: "0.000000005" }]);
  });

  it("keep ids, times and provider, whatever is asked", async () => {
    const store = await makeStore();
    const before = makeStoredCall({ responseId: "chatcmpl-0123456789" });
    await store.putCalls([before]);
    const after = { ...before, provider: "acme", responseId: "x", startedAt: at(0), costNanoUsd: 7 };
    expect(await store.replaceCalls([{ before, after }])).toEqual([before.callId]);
    const { calls } = await store.calls(over({}));
    expect(calls).toMatchObject([
      { provider: "openai", responseId: "chatcmpl-0123456789", startedAt: before.startedAt },
    ]);
  });
});

describe("calls to be priced again", () => {
  it("come in pieces, each once, many at the same instant as well", () => {
    const { store } = openInMemory();
    const calls = Array.from({ length: 595 }, (_, index) =>
      makeStoredCall({ startedAt: at(index % 3), attributes: index % 7 === 0 ? { lead: "1" } : {} }),
    );
    store.putCalls(calls);
    const { calls: read, scans } = piecesOf(store, { range: everything });
    expect(scans).toEqual([250, 250, 95]);
    expect(new Set(read.map(({ callId }) => callId))).toEqual(new Set(calls.map(({ callId }) => callId)));
    expect(read).toHaveLength(595);
    expect(store.replaceCalls(read.slice(0, 1).map((before) => ({ before, after: before })))).toHaveLength(1);
  });

  it("are those of a range, a provider and a model, whatever its case", () => {
    const { store } = openInMemory();
    store.putCalls([
      makeStoredCall({ callId: "a", startedAt: at(0), requestModel: "My-Model", responseModel: null }),
      makeStoredCall({ callId: "b", startedAt: at(1), requestModel: null, responseModel: "my-model" }),
      makeStoredCall({ callId: "c", startedAt: at(2), requestModel: "my-model", provider: "acme" }),
      makeStoredCall({ callId: "d", startedAt: at(3), requestModel: "my-model-2", responseModel: null }),
    ]);
    const ids = (query: Omit<RepriceQuery, "cursor">) =>
      piecesOf(store, query)
        .calls.map(({ callId }) => callId)
        .sort();
    expect(ids({ range: everything })).toEqual(["a", "b", "c", "d"]);
    expect(ids({ range: { fromMs: BASE + 60_000, toMs: BASE + 180_000 } })).toEqual(["b", "c"]);
    expect(ids({ range: everything, provider: "openai", model: "MY-MODEL" })).toEqual(["a", "b"]);
    expect(ids({ range: everything, provider: "nobody" })).toEqual([]);
  });

  it("are not those that came after the first piece", () => {
    const { store } = openInMemory();
    store.putCalls(Array.from({ length: 250 }, () => makeStoredCall({ startedAt: at(0) })));
    const { nextCursor } = store.callsToReprice({ range: everything });
    store.putCalls([makeStoredCall({ startedAt: at(1) })]);
    expect(nextCursor).not.toBeNull();
    const second = store.callsToReprice({ range: everything, cursor: nextCursor ?? "" });
    expect(second).toEqual({ calls: [], scanned: 0, nextCursor: null });
  });

  it("refuse a cursor of somebody's own making", async () => {
    const store = await makeStore();
    await expect(store.callsToReprice({ range: everything, cursor: "1.2" })).rejects.toThrow(
      /no|not a cursor/,
    );
  });
});

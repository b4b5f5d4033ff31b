import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CallRow, callOfRow, SELECT_CALLS } from "../../daemon/store/callRows.ts";
import { connect, type Database } from "../../daemon/store/database.ts";
import { createLocalStore, type LocalStore } from "../../daemon/store/localStore.ts";
import { migrations } from "../../daemon/store/migrations.ts";
import type { StoredCall } from "../../daemon/store/store.ts";
import type { Dimension, Filters } from "../../shared/dimensions.ts";
import { decimalToNanoUsd } from "../../shared/money.ts";
import { makeStoredCall } from "../builders.ts";
import { recomputedRollups, storedRollups } from "./storedRollups.ts";
import { over } from "./testStore.ts";

function openInMemory(): { database: Database; store: LocalStore } {
  const database = connect(":memory:", 0);
  for (const migration of migrations) migration.apply(database);
  return { database, store: createLocalStore(database, ":memory:") };
}

const MINUTE = 60_000;
const BASE = Date.parse("2026-11-20T10:00:00.000Z");

/** Reports that collide in every way: few ids, few responses, all states, in three quarters of an hour. */
const report: fc.Arbitrary<StoredCall> = fc
  .record({
    callId: fc.constantFrom("a", "b", "c", "d", "e", "f"),
    provider: fc.constantFrom("openai", "azure"),
    responseId: fc.constantFrom(null, null, "response-0123456789", "response-9876543210", "short"),
    endpoint: fc.constantFrom(null, { host: "api.openai.com", path: "/v1/responses", method: "POST" }),
    status: fc.constantFrom("ok" as const, "error" as const, "aborted" as const, "pending" as const),
    startedAt: fc
      .integer({ min: 0, max: 45 * MINUTE - 1 })
      .map((offset) => new Date(BASE + offset).toISOString()),
    durationMs: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: null }),
    timeToFirstTokenMs: fc.option(fc.integer({ min: 0, max: 30_000 }), { nil: null }),
    attempt: fc.integer({ min: 1, max: 3 }),
    retryCount: fc.integer({ min: 0, max: 2 }),
    source: fc.constantFrom(null, "/api/chat", "/api/search"),
    requestModel: fc.constantFrom(null, "gpt-4o-mini", "gpt-4o"),
    responseModel: fc.constantFrom(null, "gpt-4o-2024-08-06"),
    conversationId: fc.constantFrom(null, "conversation-1", "conversation-2"),
    attributes: fc.constantFrom({}, { lead: "1" }, { lead: "2", tenant: "x" }),
    tokens: fc.option(fc.integer({ min: 0, max: 5 }), { nil: null }),
    costStatus: fc.constantFrom(
      "computed" as const,
      "declared" as const,
      "unpriced" as const,
      "estimated" as const,
    ),
  })
  .map(({ tokens, ...facts }) =>
    makeStoredCall({
      ...facts,
      sourceKind: facts.source === null ? null : "route",
      usage: tokens === null ? {} : { inputTokens: tokens * 100, outputTokens: tokens },
      costNanoUsd: facts.costStatus === "unpriced" ? null : (tokens ?? 1) * 1_000,
    }),
  );

const batches = fc.array(fc.array(report, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });

function storedCalls(database: Database): StoredCall[] {
  return database.all<CallRow>(SELECT_CALLS).map(callOfRow);
}

describe("after any sequence of reports", () => {
  it("rollups equal calls, each call is there once, and no report told twice changes anything", () => {
    fc.assert(
      fc.property(batches, (sequence) => {
        const { database, store } = openInMemory();
        expect(store.statistics().calls).toBe(0);
        for (const batch of sequence) store.putCalls(batch);
        store.closePendingCalls({ ofRuns: [], startedBefore: BASE + 20 * MINUTE, unfinishedBefore: BASE });
        const before = storedRollups(database);
        expect(before).toEqual(recomputedRollups(database));

        const calls = storedCalls(database);
        expect(store.statistics().calls).toBe(calls.length);
        const known = new Map(calls.map((call) => [call.callId, call]));
        const merged = database.all<{ call_id: string; target: string | null }>(
          "SELECT m.call_id, c.call_id AS target FROM merged_calls m LEFT JOIN calls c ON c.id = m.call",
        );
        expect(merged.filter(({ call_id, target }) => known.has(call_id) || target === null)).toEqual([]);
        const ids = new Set(sequence.flat().map(({ callId }) => callId));
        expect(new Set([...known.keys(), ...merged.map(({ call_id }) => call_id)])).toEqual(ids);

        for (const { outcome } of store.putCalls(sequence.flat().reverse()))
          expect(outcome).toBe("duplicate");
        for (const again of sequence.flat()) expect(store.putCalls([again])[0]?.outcome).toBe("duplicate");
        expect(storedRollups(database)).toEqual(before);
        database.close();
      }),
      { numRuns: 100 },
    );
  });

  it("one batch stores what single reports in the same order store", () => {
    fc.assert(
      fc.property(batches, (sequence) => {
        const [together, apart] = [openInMemory(), openInMemory()];
        const outcomes = together.store.putCalls(sequence.flat());
        expect(outcomes).toEqual(sequence.flat().flatMap((call) => apart.store.putCalls([call])));
        expect(storedCalls(together.database)).toEqual(storedCalls(apart.database));
        together.database.close();
        apart.database.close();
      }),
      { numRuns: 60 },
    );
  });
});

/** What a call has in a dimension, in the test's own words. */
function dimensionValue(call: StoredCall, dimension: Dimension): string | null {
  switch (dimension) {
    case "source":
      return call.source;
    case "model":
      return call.requestModel ?? call.responseModel;
    case "conversation":
      return call.conversationId;
    case "label:lead":
      return call.attributes["lead"] ?? null;
    default:
      throw new Error(`not of this test: ${dimension}`);
  }
}

function isIn(call: StoredCall, fromMs: number, toMs: number): boolean {
  const startedAt = Date.parse(call.startedAt);
  return startedAt >= fromMs && startedAt < toMs;
}

function passes(call: StoredCall, filters: Filters): boolean {
  return Object.entries(filters).every(([dimension, values]) =>
    values?.includes(dimensionValue(call, dimension as Dimension) ?? ""),
  );
}

const dimension = fc.constantFrom<Dimension>("source", "model", "conversation", "label:lead");
const filters = fc.constantFrom<Filters>(
  {},
  { source: ["/api/chat"] },
  { source: ["", "/api/search"], model: ["gpt-4o"] },
  { conversation: ["conversation-1", "conversation-2"] },
  { conversation: [""] },
  { "label:lead": ["1"] },
  { "label:lead": ["", "2"], source: ["/api/chat"] },
);
const ends = fc
  .tuple(
    fc.integer({ min: -5 * MINUTE, max: 50 * MINUTE }),
    fc.integer({ min: -5 * MINUTE, max: 50 * MINUTE }),
  )
  .map(([a, b]) => ({ fromMs: BASE + Math.min(a, b), toMs: BASE + Math.max(a, b) }));

describe("spend and series", () => {
  it("equal the sum over the calls, for any range, grouping and filter", () => {
    const inputs = fc.tuple(batches, ends, fc.uniqueArray(dimension, { maxLength: 2 }), filters);
    fc.assert(
      fc.property(inputs, ([sequence, range, groupBy, filters]) => {
        const { database, store } = openInMemory();
        for (const batch of sequence) store.putCalls(batch);
        const query = { ...over({ groupBy, filters }), range };
        const calls = storedCalls(database).filter(
          (call) => isIn(call, range.fromMs, range.toMs) && passes(call, filters),
        );
        const { rows, total } = store.spend(query);
        const sum = (of: readonly StoredCall[], amount: (call: StoredCall) => number) =>
          of.reduce((all, call) => all + amount(call), 0);
        const totalsOf = (of: readonly StoredCall[]) => ({
          calls: of.length,
          errors: sum(of, (call) => Number(call.status === "error")),
          aborted: sum(of, (call) => Number(call.status === "aborted")),
          retries: sum(of, (call) => (call.attempt > 1 ? 1 : call.retryCount)),
          inputTokens: sum(of, (call) => call.usage.inputTokens ?? 0),
          outputTokens: sum(of, (call) => call.usage.outputTokens ?? 0),
          unpricedCalls: sum(of, (call) =>
            Number(call.status !== "pending" && call.costStatus === "unpriced"),
          ),
          estimatedCalls: sum(of, (call) =>
            Number(call.status !== "pending" && call.costStatus === "estimated"),
          ),
        });
        const cost = (of: readonly StoredCall[]) => sum(of, (call) => call.costNanoUsd ?? 0);
        expect(total).toMatchObject(totalsOf(calls));
        expect(decimalToNanoUsd(total.costUsd)).toBe(cost(calls));
        expect(decimalToNanoUsd(total.retryCostUsd)).toBe(
          cost(calls.filter((call) => call.attempt > 1 || call.status === "error")),
        );
        expect(total.durationP50Ms === null).toBe(
          !calls.some((call) => call.status !== "pending" && call.durationMs !== null),
        );

        const keysOf = (call: StoredCall) =>
          JSON.stringify(groupBy.map((name) => dimensionValue(call, name)));
        const groups = new Map<string, StoredCall[]>();
        for (const call of groupBy.length === 0 ? [] : calls) {
          groups.set(keysOf(call), [...(groups.get(keysOf(call)) ?? []), call]);
        }
        expect(rows.map(({ keys }) => JSON.stringify(keys)).sort()).toEqual([...groups.keys()].sort());
        for (const row of rows) {
          const group = groups.get(JSON.stringify(row.keys)) ?? [];
          expect(row).toMatchObject(totalsOf(group));
          expect(decimalToNanoUsd(row.costUsd)).toBe(cost(group));
        }

        const boundsMs = [range.fromMs, BASE + 15 * MINUTE, BASE + 30 * MINUTE, range.toMs];
        boundsMs.sort((a, b) => a - b);
        const series = store.series({ boundsMs, groupBy: groupBy[0] ?? null, filters, top: 1 });
        for (const [index, toMs] of boundsMs.slice(1).entries()) {
          const inBucket = storedCalls(database).filter(
            (call) => isIn(call, boundsMs[index] ?? 0, toMs) && passes(call, filters),
          );
          const add = (values: number[]) => values.reduce((all, value) => all + value, 0);
          expect(add(series.map(({ costNanoUsd }) => costNanoUsd[index] ?? 0))).toBe(cost(inBucket));
          expect(add(series.map(({ calls }) => calls[index] ?? 0))).toBe(inBucket.length);
        }

        const intervals = boundsMs.slice(1).map((toMs, index) => ({ fromMs: boundsMs[index] ?? toMs, toMs }));
        const performance = store.performance({
          intervals,
          groupBy: groupBy[0] ?? "source",
          filters,
          limit: 9,
        });
        const whole = { fromMs: boundsMs[0] ?? 0, toMs: boundsMs.at(-1) ?? 0 };
        const measured = storedCalls(database).filter(
          (call) => isIn(call, whole.fromMs, whole.toMs) && passes(call, filters),
        );
        expect(performance.total).toMatchObject({
          calls: measured.length,
          errors: sum(measured, (call) => Number(call.status === "error")),
          firstTokenCalls: sum(measured, (call) =>
            Number(call.status !== "pending" && call.timeToFirstTokenMs !== null),
          ),
          durationP95Ms: store.spend({ ...query, range: whole }).total.durationP95Ms,
        });
        for (const parts of [performance.rows, performance.overTime]) {
          for (const figure of ["calls", "errors", "aborted", "retries", "firstTokenCalls"] as const) {
            expect(parts.reduce((all, part) => all + part[figure], 0)).toBe(performance.total[figure]);
          }
        }
        database.close();
      }),
      { numRuns: 100 },
    );
  });
});

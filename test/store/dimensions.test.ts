import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StoredCall } from "../../daemon/store/store.ts";
import { type Dimension, dimensions } from "../../shared/dimensions.ts";
import { makeStoredCall } from "../builders.ts";
import { makeStore, over } from "./testStore.ts";

/** What a dimension means of one call, said once more without SQL. */
function valueIn(call: StoredCall, dimension: Dimension): string | null {
  switch (dimension) {
    case "model":
      return call.requestModel ?? call.responseModel;
    case "conversation":
      return call.conversationId;
    case "branch":
      return call.gitBranch;
    case "callSite":
      return call.callSite && `${call.callSite.file}:${call.callSite.line}`;
    case "test":
      return call.sourceKind === "test" ? call.source : null;
    case "source":
    case "sourceKind":
    case "feature":
    case "provider":
    case "operation":
    case "developer":
    case "workspace":
      return call[dimension];
    default:
      return call.attributes[dimension.slice("label:".length)] ?? null;
  }
}

const HOUR_MS = 3_600_000;
const START_MS = Date.parse("2026-11-20T22:00:00.000Z");
const every: Dimension[] = [...dimensions, "label:lead", "label:company"];

const stored: fc.Arbitrary<StoredCall> = fc
  .record({
    minutes: fc.integer({ min: 0, max: 239 }),
    source: fc.constantFrom(
      { source: "/api/chat", sourceKind: "route" as const },
      { source: "test:a.test.ts > pays", sourceKind: "test" as const },
      { source: null, sourceKind: null },
    ),
    provider: fc.constantFrom("openai", "anthropic"),
    requestModel: fc.constantFrom(null, "gpt-4o-mini", "claude-haiku-4-5"),
    feature: fc.constantFrom(null, "reply"),
    conversationId: fc.constantFrom(null, "c1", "c2"),
    callSite: fc.constantFrom(null, { file: "a.ts", line: 3, function: null }),
    gitBranch: fc.constantFrom("main", null),
    attributes: fc.constantFrom({}, { lead: "42" }, { lead: "7", company: "ACME" }),
    costNanoUsd: fc.option(fc.integer({ min: 0, max: 9_000_000 }), { nil: null }),
  })
  .map(({ minutes, source, ...rest }) =>
    makeStoredCall({
      ...rest,
      ...source,
      startedAt: new Date(START_MS + minutes * 60_000).toISOString(),
      costStatus: rest.costNanoUsd === null ? "unpriced" : "computed",
    }),
  );

/** Calls and nano-dollars by the values of the dimensions. */
function summed(calls: readonly StoredCall[], groupBy: readonly Dimension[]): Map<string, [number, number]> {
  const sums = new Map<string, [number, number]>();
  for (const call of calls) {
    const key = JSON.stringify(groupBy.map((dimension) => valueIn(call, dimension)));
    const [count, cost] = sums.get(key) ?? [0, 0];
    sums.set(key, [count + 1, cost + (call.costNanoUsd ?? 0)]);
  }
  return sums;
}

describe("spend by any dimension, and by any two", () => {
  it("is what the calls of the range add up to", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(stored, { minLength: 1, maxLength: 25 }),
        fc.constantFrom(...every),
        fc.option(fc.constantFrom(...every), { nil: null }),
        fc.tuple(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 0, max: 240 })),
        async (calls, first, second, bounds) => {
          const store = await makeStore();
          await store.putCalls(calls);
          const [from = 0, to = 0] = bounds.map((minutes) => START_MS + minutes * 60_000).toSorted();
          const groupBy = second === null ? [first] : [first, second];
          const [fromText, toText] = [from, to + HOUR_MS].map((ms) => new Date(ms).toISOString());
          const { rows, total } = await store.spend(over({ groupBy, limit: 10_000 }, fromText, toText));
          const inRange = calls.filter(({ startedAt }) => {
            const ms = Date.parse(startedAt);
            return ms >= from && ms < to + HOUR_MS;
          });
          const found = rows.map(({ keys, calls: count, costUsd }) => [
            JSON.stringify(keys),
            [count, Math.round(Number(costUsd) * 1e9)],
          ]);
          expect(new Map(found as [string, [number, number]][])).toEqual(summed(inRange, groupBy));
          expect(total.calls).toBe(inRange.length);
          await store.close();
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("conversations", () => {
  const call = (over: Partial<StoredCall>) =>
    makeStoredCall({ startedAt: "2026-11-20T10:00:00.000Z", ...over });

  it("come by falling cost with their models and times, and the sums of all of them", async () => {
    const store = await makeStore();
    await store.putCalls([
      call({ conversationId: "small", costNanoUsd: 1_000 }),
      call({ conversationId: "large", costNanoUsd: 5_000, attributes: { lead: "42" } }),
      call({
        conversationId: "large",
        costNanoUsd: 7_000,
        requestModel: "gpt-5",
        startedAt: "2026-11-20T11:30:00.000Z",
      }),
      call({ conversationId: "large", costNanoUsd: null, costStatus: "unpriced", requestModel: "gpt-5" }),
      call({ conversationId: null, costNanoUsd: 90_000 }),
    ]);
    const answer = await store.conversations(over({ limit: 1 }));
    expect(answer).toMatchObject({
      count: 2,
      conversations: [
        {
          conversationId: "large",
          calls: 3,
          costUsd: "0.000012",
          unpricedCalls: 1,
          firstStartedAt: "2026-11-20T10:00:00.000Z",
          lastStartedAt: "2026-11-20T11:30:00.000Z",
          models: [
            { model: "gpt-5", calls: 2, costUsd: "0.000007", unpricedCalls: 1 },
            { model: "gpt-4o-mini", calls: 1, costUsd: "0.000005", unpricedCalls: 0 },
          ],
        },
      ],
      models: [
        { model: "gpt-5", calls: 2 },
        { model: "gpt-4o-mini", calls: 2, costUsd: "0.000006" },
      ],
      total: { calls: 4, costUsd: "0.000013" },
    });
    expect(answer.conversations).toHaveLength(1);
    const ofLead = await store.conversations(over({ filters: { "label:lead": ["42"] } }));
    expect(ofLead).toMatchObject({ count: 1, total: { calls: 1, costUsd: "0.000005" } });
    expect(await store.conversations(over({}, "2026-11-21T00:00:00.000Z"))).toMatchObject({
      count: 0,
      conversations: [],
      models: [],
    });
  });
});

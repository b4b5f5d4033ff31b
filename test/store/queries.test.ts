import { describe, expect, it } from "vitest";
import type { Store } from "../../daemon/store/store.ts";
import { makeStoredCall } from "../builders.ts";
import { makeStore, over } from "./testStore.ts";

const at = (time: string) => `2026-11-20T${time}:00.000Z`;

async function makeShop(): Promise<Store> {
  const store = await makeStore();
  await store.putCalls([
    makeStoredCall({ startedAt: at("10:00"), source: "/api/chat", costNanoUsd: 5_000, durationMs: 100 }),
    makeStoredCall({ startedAt: at("10:20"), source: "/api/chat", costNanoUsd: 7_000, durationMs: 300 }),
    makeStoredCall({
      startedAt: at("11:00"),
      source: "background_job:digest",
      sourceKind: "job",
      costNanoUsd: 9_000,
    }),
    makeStoredCall({
      startedAt: at("11:05"),
      source: null,
      sourceKind: null,
      costNanoUsd: 1_000,
      attempt: 2,
    }),
    makeStoredCall({
      startedAt: at("11:10"),
      source: "test:shop.test.ts > pays",
      sourceKind: "test",
      costNanoUsd: null,
      costStatus: "unpriced",
      requestModel: "mystery-1",
      provider: "mystery",
    }),
  ]);
  return store;
}

describe("spend", () => {
  it("gives rows by falling cost, with the kind of each source, and the total of all, also where rows are cut", async () => {
    const store = await makeShop();
    const spend = await store.spend(over({ groupBy: ["source" as const], limit: 3 }));
    expect(spend.rows).toMatchObject([
      { key: "/api/chat", keys: ["/api/chat"], sourceKind: "route", calls: 2, costUsd: "0.000012" },
      { key: "background_job:digest", sourceKind: "job", costUsd: "0.000009" },
      {
        key: null,
        keys: [null],
        sourceKind: null,
        costUsd: "0.000001",
        retries: 1,
        retryCostUsd: "0.000001",
      },
    ]);
    expect(spend.total).toMatchObject({ calls: 5, costUsd: "0.000022", unpricedCalls: 1 });
    expect(spend).toMatchObject({ groupBy: ["source"], timeZone: "UTC", to: "2100-01-01T00:00:00.000Z" });
  });

  it("groups by two dimensions, and by tests alone", async () => {
    const store = await makeShop();
    const { rows } = await store.spend(over({ groupBy: ["provider" as const, "test" as const] }));
    expect(rows.map(({ keys, calls }) => [...keys, calls])).toEqual([
      ["openai", null, 4],
      ["mystery", "test:shop.test.ts > pays", 1],
    ]);
  });

  it("has a total and no rows without grouping, and zeros over nothing", async () => {
    const store = await makeShop();
    const { rows, total } = await store.spend(over({}, at("10:00"), at("10:15")));
    expect(rows).toEqual([]);
    expect(total).toMatchObject({ calls: 1, costUsd: "0.000005" });
    const nothing = await store.spend(over({}, at("12:00"), at("12:00")));
    expect(nothing.total).toMatchObject({ calls: 0, costUsd: "0", durationP50Ms: null, durationP95Ms: null });
  });

  it("says how long calls took, within 10 %", async () => {
    const store = await makeShop();
    const { total } = await store.spend(over({ filters: { source: ["/api/chat"] } }));
    expect(Math.abs((total.durationP50Ms ?? 0) - 100)).toBeLessThanOrEqual(10);
    expect(Math.abs((total.durationP95Ms ?? 0) - 300)).toBeLessThanOrEqual(30);
  });

  it("takes SQL in a value for a value", async () => {
    const store = await makeShop();
    const evil = `x'); DROP TABLE calls; --"`;
    await store.putCalls([
      makeStoredCall({ requestModel: evil, attributes: { [evil]: evil }, conversationId: evil }),
    ]);
    for (const dimension of ["model", "conversation", `label:${evil}`] as const) {
      const { rows } = await store.spend(over({ groupBy: [dimension], filters: { [dimension]: [evil] } }));
      expect(rows).toMatchObject([{ key: evil, calls: 1 }]);
    }
  });
});

describe("series", () => {
  it("keeps the top keys apart and sums the rest", async () => {
    const store = await makeShop();
    const boundsMs = [at("10:00"), at("11:00"), at("11:08")].map((time) => Date.parse(time));
    expect(await store.series({ boundsMs, groupBy: "source", filters: {}, top: 1 })).toEqual([
      { key: "/api/chat", other: false, costNanoUsd: [12_000, 0], calls: [2, 0] },
      { key: null, other: true, costNanoUsd: [0, 10_000], calls: [0, 2] },
    ]);
    expect(await store.series({ boundsMs, groupBy: null, filters: {}, top: 5 })).toEqual([
      { key: null, other: false, costNanoUsd: [12_000, 10_000], calls: [2, 2] },
    ]);
  });
});

describe("calls", () => {
  it("come in pages that stay apart, whatever is added meanwhile", async () => {
    const store = await makeStore();
    // Several that started at once.
    const calls = Array.from({ length: 25 }, (_, index) =>
      makeStoredCall({ startedAt: at(`10:0${index % 3}`) }),
    );
    await store.putCalls(calls);
    for (const order of ["asc", "desc"] as const) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.calls(
          over({ limit: 4, order, ...(cursor === undefined ? {} : { cursor }) }, at("10:00"), at("10:30")),
        );
        seen.push(...page.calls.map(({ startedAt, callId }) => `${startedAt} ${callId}`));
        cursor = page.nextCursor ?? undefined;
        await store.putCalls([makeStoredCall({ startedAt: order === "asc" ? at("09:59") : at("10:31") })]);
      } while (cursor !== undefined);
      const expected = calls.map(({ startedAt, callId }) => `${startedAt} ${callId}`).sort();
      expect(seen).toEqual(order === "asc" ? expected : expected.reverse());
    }
  });

  it("are found page by page where few of many are asked for, wherever they are", async () => {
    const store = await makeStore();
    const startMs = Date.parse("2026-11-18T10:07:00.000Z");
    // Three minutes apart over two days: every seventh failed, few are of the feature, some of these lie side by side.
    const calls = Array.from({ length: 960 }, (_, index) =>
      makeStoredCall({
        startedAt: new Date(startMs + index * 180_000).toISOString(),
        status: index % 7 === 0 ? "error" : "ok",
        feature: index % 97 < 3 ? "rare" : null,
      }),
    );
    await store.putCalls(calls);
    const inRange = calls.slice(2, -2);
    const first = inRange[0]?.startedAt ?? "";
    const end = calls.at(-2)?.startedAt ?? "";
    const rare = { filters: { feature: ["rare"] } };
    const queries = [
      { query: rare, wanted: inRange.filter(({ feature }) => feature === "rare") },
      { query: { status: "error" as const }, wanted: inRange.filter(({ status }) => status === "error") },
      {
        query: { ...rare, status: "ok" as const },
        wanted: inRange.filter(({ feature, status }) => feature === "rare" && status === "ok"),
      },
      { query: { ...rare, status: "aborted" as const }, wanted: [] },
      { query: { filters: { feature: ["nothing"] } }, wanted: [] },
    ];
    for (const { query, wanted } of queries) {
      for (const order of ["asc", "desc"] as const) {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await store.calls(
            over({ ...query, limit: 3, order, ...(cursor === undefined ? {} : { cursor }) }, first, end),
          );
          seen.push(...page.calls.map(({ callId }) => callId));
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        const expected = wanted.map(({ callId }) => callId);
        expect(seen).toEqual(order === "asc" ? expected : expected.reverse());
      }
    }
  });

  it("are found by run, status, cost status, conversation, label and range", async () => {
    const store = await makeStore();
    const wanted = makeStoredCall({
      startedAt: at("10:00"),
      runId: "run-7",
      status: "error",
      costStatus: "incomplete",
      conversationId: "c-7",
      attributes: { lead: "7" },
    });
    await store.putCalls([wanted, makeStoredCall({ startedAt: at("10:01") })]);
    const queries = [
      over({ runId: "run-7" }),
      over({ status: "error" as const }),
      over({ costStatus: "incomplete" as const }),
      over({ filters: { conversation: ["c-7"] } }),
      over({ filters: { "label:lead": ["7"] } }),
      over({}, at("10:00"), at("10:01")),
    ];
    for (const query of queries) {
      expect((await store.calls(query)).calls.map(({ callId }) => callId)).toEqual([wanted.callId]);
    }
    expect((await store.calls(over({ filters: { "label:lead": [""] } }))).calls).toHaveLength(1);
  });
});

describe("unpriced models", () => {
  it("are those that used something and have no price", async () => {
    const store = await makeShop();
    await store.putCalls([
      makeStoredCall({
        startedAt: at("11:30"),
        provider: "mystery",
        requestModel: "mystery-1",
        costNanoUsd: null,
        costStatus: "unpriced",
      }),
      // Ended before any usage was told: a price would not help.
      makeStoredCall({
        startedAt: at("11:31"),
        status: "aborted",
        usage: {},
        costNanoUsd: null,
        costStatus: "unpriced",
      }),
    ]);
    expect(await store.unpricedModels(over({}).range)).toEqual([
      {
        provider: "mystery",
        model: "mystery-1",
        calls: 2,
        inputTokens: 2000,
        outputTokens: 200,
        firstSeenAt: at("11:10"),
        lastSeenAt: at("11:30"),
      },
    ]);
  });
});

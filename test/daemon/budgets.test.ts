import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createBudgetKeeper } from "../../daemon/budgets/budgetKeeper.ts";
import { resolveQueryRange } from "../../daemon/http/resolveQueryRange.ts";
import { budgetPeriodBounds, dayPosition } from "../../daemon/time/range.ts";
import type { BudgetState } from "../../shared/budgets.ts";
import { makeReport, makeStoredCall } from "../builders.ts";
import { makeStore } from "../store/testStore.ts";
import { makeApp } from "./testApp.ts";

async function spend(app: Awaited<ReturnType<typeof makeApp>>, startedAt: string, over = {}) {
  await app.json("POST", "/v1/calls", { body: [makeReport({ startedAt, ...over })] });
}

test("a budget stands where its period and scope have spent", async () => {
  const nowMs = () => Date.parse("2026-11-18T12:00:00.000Z");
  const app = await makeApp({ nowMs });
  const inShop = { workspace: "/home/me/shop" };
  await spend(app, "2026-11-18T10:00:00.000Z", inShop);
  await spend(app, "2026-11-17T10:00:00.000Z", inShop);
  await spend(app, "2026-11-03T10:00:00.000Z");
  const scope = { dimension: "workspace", value: "/home/me/shop" };
  await app.json("PUT", "/v1/budgets", { body: { period: "day", limitUsd: "2" } });
  await app.json("PUT", "/v1/budgets", { body: { period: "week", limitUsd: "4", scope } });
  await app.json("PUT", "/v1/budgets", {
    body: { period: "month", limitUsd: "3", thresholds: [90, 10, 10] },
  });
  const { budgets } = await app.json("GET", "/v1/budgets");
  const byId = Object.fromEntries(budgets.map((budget: { id: string }) => [budget.id, budget]));
  expect(byId).toMatchObject({
    day: { spentUsd: "1", percent: 50, reached: 50, thresholds: [50, 80, 100] },
    "week:workspace:/home/me/shop": { spentUsd: "2", percent: 50, periodStart: "2026-11-16T00:00:00.000Z" },
    month: {
      spentUsd: "3",
      percent: 100,
      reached: 90,
      thresholds: [10, 90],
      periodEnd: "2026-12-01T00:00:00.000Z",
    },
  });
});

test("days are those of the developer's time zone, a clock that changes notwithstanding", async () => {
  let nowMs = Date.parse("2026-10-24T22:30:00.000Z");
  // In Berlin the 25th, which has 25 hours.
  const app = await makeApp({ nowMs: () => nowMs, timeZone: "Europe/Berlin" });
  await spend(app, "2026-10-24T21:59:00.000Z");
  await spend(app, "2026-10-24T22:01:00.000Z");
  await app.json("PUT", "/v1/budgets", { body: { period: "day", limitUsd: "10" } });
  const states = async () => (await app.json("GET", "/v1/budgets")).budgets;
  expect(await states()).toMatchObject([
    { spentUsd: "1", periodStart: "2026-10-24T22:00:00.000Z", periodEnd: "2026-10-25T23:00:00.000Z" },
  ]);
  nowMs = Date.parse("2026-10-25T22:59:00.000Z");
  expect(await states()).toMatchObject([{ spentUsd: "1" }]);
  nowMs = Date.parse("2026-10-25T23:01:00.000Z");
  expect(await states()).toMatchObject([
    { spentUsd: "0", reached: null, periodStart: "2026-10-25T23:00:00.000Z" },
  ]);
});

test("in Kathmandu the day turns at a quarter past", async () => {
  let nowMs = Date.parse("2026-11-20T18:14:00.000Z");
  const app = await makeApp({ nowMs: () => nowMs, timeZone: "Asia/Kathmandu" });
  await spend(app, "2026-11-20T18:14:30.000Z");
  await app.json("PUT", "/v1/budgets", { body: { period: "day", limitUsd: "10" } });
  expect((await app.json("GET", "/v1/budgets")).budgets).toMatchObject([{ spentUsd: "1" }]);
  nowMs = Date.parse("2026-11-20T18:15:30.000Z");
  await spend(app, "2026-11-20T18:15:10.000Z");
  expect((await app.json("GET", "/v1/budgets")).budgets).toMatchObject([{ spentUsd: "1" }]);
  expect((await app.json("GET", "/v1/spend?from=yesterday")).total.calls).toBe(1);
});

test("what it cannot see it says", async () => {
  const app = await makeApp();
  await app.json("PUT", "/v1/budgets", { body: { period: "day", limitUsd: "10" } });
  await spend(app, new Date().toISOString(), { requestModel: "priceless" });
  expect((await app.json("GET", "/v1/budgets")).budgets).toMatchObject([{ spentUsd: "0", blindCalls: 1 }]);
});

test("a notice is claimed by one", async () => {
  const app = await makeApp();
  const { periodStart } = await app.json("PUT", "/v1/budgets", { body: { period: "day", limitUsd: "10" } });
  const claim = (threshold: number) =>
    app.json("POST", "/v1/budgets/day/notices", { body: { periodStart, threshold } });
  const answers = await Promise.all(Array.from({ length: 5 }, () => claim(50)));
  expect(answers.filter(({ claimed }) => claimed).length).toBe(1);
  expect(await claim(80)).toEqual({ claimed: true });
});

test("a budget is one per period and scope, and goes by its id", async () => {
  const app = await makeApp();
  const scope = { dimension: "label:lead", value: "a/b c" };
  await app.json("PUT", "/v1/budgets", { body: { period: "day", limitUsd: "10", scope } });
  await app.json("PUT", "/v1/budgets", { body: { period: "day", limitUsd: "0.5", scope } });
  const { budgets } = await app.json("GET", "/v1/budgets");
  expect(budgets).toMatchObject([{ id: "day:label:lead:a/b c", limitUsd: "0.5" }]);
  const path = `/v1/budgets/${encodeURIComponent(budgets[0].id)}`;
  expect(await app.json("DELETE", path)).toEqual({ removed: true });
  expect(await app.json("DELETE", path)).toEqual({ removed: false });
  expect((await app.json("GET", "/v1/budgets")).budgets).toEqual([]);
});

describe("a projection", () => {
  /** A budget of this period at `now`, with a dollar spent at each of these instants. */
  async function projectedAt(now: string, period: string, dollars: readonly string[], timeZone = "UTC") {
    const app = await makeApp({ nowMs: () => Date.parse(now), timeZone });
    for (const startedAt of dollars) await spend(app, startedAt);
    const state = await app.json("PUT", "/v1/budgets", { body: { period, limitUsd: "100" } });
    return state.projectedUsd;
  }
  const october = "2026-10-02T09:00:00.000Z";

  test.each([
    ["a month, a third gone", "2026-11-11T00:00:00.000Z", "month", ["2026-11-02T10:00:00.000Z"], "3"],
    ["a week, on Wednesday noon", "2026-11-18T12:00:00.000Z", "week", ["2026-11-16T10:00:00.000Z"], "2.8"],
    [
      "a day, at six in the evening",
      "2026-11-18T18:00:00.000Z",
      "day",
      ["2026-11-18T10:00:00.000Z"],
      "1.333333333",
    ],
    ["nothing spent", "2026-11-11T00:00:00.000Z", "month", [], "0"],
  ] as const)("goes on as so far: %s", async (_, now, period, dollars, projected) => {
    expect(await projectedAt(now, period, [october, ...dollars])).toBe(projected);
  });

  test.each([
    ["two days of a month", "2026-11-03T00:00:00.000Z", "month"],
    ["Monday", "2026-11-16T23:00:00.000Z", "week"],
    ["the first hours of a day", "2026-11-18T05:59:00.000Z", "day"],
  ])("is none too early: %s", async (_, now, period) => {
    expect(await projectedAt(now, period, [october])).toBe(null);
  });

  test("counts from the first call that was ever metered", async () => {
    // Metered for five of the twenty days so far, at a dollar in all: ten days are to come.
    expect(await projectedAt("2026-11-21T00:00:00.000Z", "month", ["2026-11-16T00:00:00.000Z"])).toBe("3");
    expect(await projectedAt("2026-11-21T00:00:00.000Z", "month", ["2026-11-19T00:00:00.000Z"])).toBe(null);
    expect(await projectedAt("2026-11-21T00:00:00.000Z", "month", [])).toBe(null);
  });

  test("knows older calls that arrive later", async () => {
    const app = await makeApp({ nowMs: () => Date.parse("2026-11-11T00:00:00.000Z") });
    await spend(app, "2026-11-10T10:00:00.000Z");
    const state = await app.json("PUT", "/v1/budgets", { body: { period: "month", limitUsd: "100" } });
    expect(state.projectedUsd).toBe(null);
    await spend(app, "2026-11-06T00:00:00.000Z");
    // Two dollars in five days, of which twenty are to come.
    expect((await app.json("GET", "/v1/budgets")).budgets).toMatchObject([{ projectedUsd: "10" }]);
  });

  test("takes a day of 25 hours for a day", async () => {
    // In Berlin, the 28th of October is the third day of a week whose Sunday has 25 hours: 4 of 7 days gone.
    const now = "2026-10-24T22:00:00.000Z";
    const first = "2026-09-01T00:00:00.000Z";
    const monday = "2026-10-19T10:00:00.000Z";
    expect(await projectedAt(now, "week", [first, monday], "Europe/Berlin")).toBe("1.166666667");
  });

  test("falls while nothing is spent", async () => {
    let nowMs = Date.parse("2026-11-11T00:00:00.000Z");
    const app = await makeApp({ nowMs: () => nowMs });
    await spend(app, october);
    await spend(app, "2026-11-02T10:00:00.000Z");
    await app.json("PUT", "/v1/budgets", { body: { period: "month", limitUsd: "2" } });
    nowMs = Date.parse("2026-11-16T00:00:00.000Z");
    expect((await app.json("GET", "/v1/budgets")).budgets).toMatchObject([{ projectedUsd: "2" }]);
  });
});

test("what an input does not say stays as it was", async () => {
  const app = await makeApp();
  const set = (body: object) =>
    app.json("PUT", "/v1/budgets", { body: { period: "day", limitUsd: "5", ...body } });
  await set({ thresholds: [40, 90], hardStop: true, muted: true, inSettings: true });
  expect(await set({ limitUsd: "6" })).toMatchObject({
    limitUsd: "6",
    thresholds: [40, 90],
    hardStop: true,
    muted: true,
    inSettings: true,
  });
  const plain = await set({ hardStop: false, muted: false, inSettings: false });
  expect(plain).toMatchObject({ thresholds: [40, 90] });
  for (const flag of ["hardStop", "muted", "inSettings"]) expect(plain).not.toHaveProperty(flag);
});

test("with a higher limit a threshold is told again when it is reached again", async () => {
  const app = await makeApp();
  const set = (limitUsd: string) => app.json("PUT", "/v1/budgets", { body: { period: "day", limitUsd } });
  const now = () => new Date().toISOString();
  await spend(app, now());
  const { periodStart } = await set("1.1");
  const claim = async (threshold: number) =>
    (await app.json("POST", "/v1/budgets/day/notices", { body: { periodStart, threshold } })).claimed;
  expect([await claim(50), await claim(80)]).toEqual([true, true]);
  // The same limit once more is no new one.
  await set("1.1");
  expect([await claim(50), await claim(80)]).toEqual([false, false]);
  expect(await set("1.5")).toMatchObject({ reached: 50 });
  expect([await claim(50), await claim(80)]).toEqual([false, true]);
});

test("one that stood in the settings is remembered when it is removed, until it is set again", async () => {
  const app = await makeApp();
  const set = (body: object) => app.json("PUT", "/v1/budgets", { body: { limitUsd: "5", ...body } });
  const removedIds = async () => (await app.json("GET", "/v1/budgets")).removedIds;
  await set({ period: "day", inSettings: true });
  await set({ period: "week" });
  expect(await removedIds()).toEqual([]);
  for (const id of ["day", "week", "month"]) await app.json("DELETE", `/v1/budgets/${id}`);
  expect(await removedIds()).toEqual(["day"]);
  await set({ period: "day" });
  expect(await removedIds()).toEqual([]);
});

test("a period that turns is told of though nothing is spent, and so is a pace that falls", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  let nowMs = Date.parse("2026-11-20T12:00:00.000Z");
  const told: BudgetState[][] = [];
  const store = await makeStore();
  await store.putCalls([
    makeStoredCall({ startedAt: "2026-11-20T00:00:00.000Z", costNanoUsd: 3_000_000_000 }),
  ]);
  const keeper = createBudgetKeeper({
    store,
    resolve: (range) => resolveQueryRange(range, nowMs, "UTC"),
    periodNow(period) {
      const { fromMs, toMs } = budgetPeriodBounds(period, nowMs, "UTC");
      return { start: new Date(fromMs).toISOString(), end: new Date(toMs).toISOString() };
    },
    dayPosition: (instantMs) => dayPosition(instantMs, "UTC"),
    nowMs: () => nowMs,
    onChanged: (budgets) => void told.push(budgets),
    log: () => {},
  });
  onTestFinished(keeper.close);
  await keeper.set({ period: "day", limitUsd: "4" });
  keeper.start();
  const minute = async () => {
    vi.advanceTimersByTime(60_000);
    // Whatever the minute set off has its turn before this.
    await keeper.remove("none");
    return told.at(-1)?.[0];
  };
  expect(told.at(-1)).toMatchObject([{ projectedUsd: "6", reached: 50 }]);
  nowMs = Date.parse("2026-11-20T18:00:00.000Z");
  expect(await minute()).toMatchObject({ projectedUsd: "4" });
  const before = told.length;
  nowMs += 60_000;
  await minute();
  expect(told.length).toBe(before);
  nowMs = Date.parse("2026-11-21T00:00:10.000Z");
  expect(await minute()).toMatchObject({ spentUsd: "0", reached: null, projectedUsd: null });
});

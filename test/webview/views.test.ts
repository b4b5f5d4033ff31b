import { describe, expect, it } from "vitest";
import type { Conversation } from "../../shared/conversations.ts";
import type { PerformanceFigures } from "../../shared/performance.ts";
import { addRepriced } from "../../shared/repricedModels.ts";
import { costLines } from "../../webview/model/callCost.ts";
import { joinOlder } from "../../webview/model/callPages.ts";
import { modelParts } from "../../webview/model/conversationView.ts";
import { callTable, csvOf, spendTable } from "../../webview/model/exportTable.ts";
import { arrangedRows, nextSort } from "../../webview/model/figuresTable.ts";
import { createFormats } from "../../webview/model/formats.ts";
import { performanceFacts, performanceLines, performanceRow } from "../../webview/model/performance.ts";
import { amountWords, readAmounts } from "../../webview/model/priceView.ts";
import { readChoices } from "../../webview/state/savedState.ts";
import { makeCall } from "./sampleCalls.ts";
import { makeTotals } from "./totals.ts";

const formats = createFormats("en-US", "UTC");

const nothing: PerformanceFigures = {
  calls: 0,
  errors: 0,
  aborted: 0,
  retries: 0,
  durationP50Ms: null,
  durationP95Ms: null,
  durationP99Ms: null,
  firstTokenP50Ms: null,
  firstTokenP95Ms: null,
  firstTokenCalls: 0,
};
const some: PerformanceFigures = {
  ...nothing,
  calls: 200,
  errors: 4,
  retries: 1,
  durationP50Ms: 300,
  durationP95Ms: 1_250,
  durationP99Ms: 9_000,
  firstTokenP50Ms: 90,
  firstTokenP95Ms: 400,
  firstTokenCalls: 120,
};

describe("performance", () => {
  it("says what was measured, and what was not", () => {
    const facts = (figures: PerformanceFigures) =>
      Object.fromEntries(performanceFacts(figures, formats).map(({ name, value }) => [name, value]));
    expect(facts(some)).toEqual({
      p50: "300 ms",
      p95: "1.3 s",
      p99: "9 s",
      "first-token": "90 ms / 400 ms",
      errors: "2%",
      retries: "0.5%",
    });
    expect(facts(nothing)).toMatchObject({ p50: "–", "first-token": "– / –", errors: "none" });
  });

  it("breaks its lines where there were no calls", () => {
    const chart = performanceLines(
      {
        from: "2026-11-20T10:00:00.000Z",
        to: "2026-11-20T12:00:00.000Z",
        timeZone: "UTC",
        groupBy: "model",
        rows: [],
        total: some,
        interval: "hour",
        buckets: ["2026-11-20T10:00:00.000Z", "2026-11-20T11:00:00.000Z"],
        overTime: [some, nothing],
      },
      "failures",
      formats,
    );
    expect(chart.lines).toEqual([
      { label: "Errors", values: [0.02, null] },
      { label: "Retries", values: [0.005, null] },
    ]);
    expect(chart.points[1]).toEqual({ tick: "11:00", name: "Nov 20, from 11:00" });
  });

  it("is a table that is sorted by what was measured, not by its words", () => {
    const rows = [
      performanceRow({ ...some, key: "slow", durationP95Ms: 1_250 }, "model", formats),
      performanceRow({ ...some, key: "quick", durationP95Ms: 900 }, "model", formats),
      performanceRow({ ...nothing, key: null }, "model", formats),
    ];
    const byP95 = nextSort("p95", undefined);
    expect(arrangedRows(rows, byP95, "").map(({ id }) => id)).toEqual(["slow", "quick", null]);
    expect(arrangedRows(rows, nextSort("p95", byP95), "").map(({ id }) => id)).toEqual([
      null,
      "quick",
      "slow",
    ]);
    expect(arrangedRows(rows, nextSort("key", byP95), "").map(({ id }) => id)).toEqual([
      "quick",
      "slow",
      null,
    ]);
    expect(arrangedRows(rows, undefined, "UNKNOWN").map(({ id }) => id)).toEqual([null]);
  });
});

describe("prices", () => {
  it("are read as they are typed, and refused where they are none", () => {
    const typed = (text: string) => readAmounts({ inputUsdPerMillion: text });
    expect(typed("$2.50")).toEqual({ amounts: { inputUsdPerMillion: 2.5 } });
    expect(typed(" 2,5 ")).toEqual({ amounts: { inputUsdPerMillion: 2.5 } });
    expect(typed("0")).toEqual({ amounts: { inputUsdPerMillion: 0 } });
    for (const wrong of ["-1", "1e3", "1,000.5", "two", "12345678", "0x10"]) {
      expect(typed(wrong), wrong).toEqual({ wrong: "inputUsdPerMillion" });
    }
    expect(readAmounts({ inputUsdPerMillion: " " })).toBeNull();
    expect(amountWords({ outputUsdPerMillion: 12, requestUsd: 0.005 }, formats)).toEqual([
      { name: "Output", price: "$12.00 / 1M tokens" },
      { name: "Request", price: "$0.0050 / request" },
    ]);
  });

  it("that a call was billed at are said as they are listed, whatever they are counted by", () => {
    const line = { count: 2_000, usd: 0.003, per: 1_000, costUsd: "0.006", priceKey: "acme:helper" };
    const [billed, unknown] = costLines(
      {
        call: makeCall({ priceKey: "acme:ultra" }),
        cost: [
          { ...line, field: "inputUsdPerMillion" },
          { ...line, field: "webSearchUsd", usd: null, costUsd: null, priceKey: null },
        ],
        costAsStored: true,
        attempts: [],
      },
      formats,
    );
    expect(billed).toMatchObject({
      name: "Input",
      of: "acme:helper",
      count: "2,000",
      price: "$3.00 / 1M tokens",
      cost: "$0.0060",
    });
    expect(unknown).toMatchObject({ price: "no price", cost: "–", known: false, of: null });
  });

  it("of history add up over its stretches, to the last nano-dollar", () => {
    const stretch = (over: object) => ({
      provider: "acme",
      model: "ultra",
      calls: 1,
      oldCostUsd: "0",
      newCostUsd: "0.1",
      differenceUsd: "0.1",
      oldUnpricedCalls: 1,
      newUnpricedCalls: 0,
      ...over,
    });
    const sums = addRepriced(addRepriced([], [stretch({})]), [
      stretch({ calls: 2, newCostUsd: "0.2", differenceUsd: "0.2" }),
      stretch({ model: null, differenceUsd: "-1" }),
    ]);
    expect(sums).toMatchObject([
      { model: "ultra", calls: 3, newCostUsd: "0.3", oldUnpricedCalls: 2 },
      { model: null, calls: 1, differenceUsd: "-1" },
    ]);
  });
});

it("a conversation's models are parts of what it cost, or of its calls where nothing has a price", () => {
  const share = { calls: 1, inputTokens: 10, outputTokens: 1, unpricedCalls: 0 };
  const models: Conversation["models"] = [
    { ...share, model: "large", costUsd: "0.3" },
    { ...share, model: "small", costUsd: "0.1", calls: 9 },
  ];
  const slots = new Map<string | null, number>([["large", 0]]);
  expect(modelParts(models, slots, formats)).toMatchObject([
    { label: "large", slot: 0, title: "large: $0.30 · 1 call · 75%" },
    { label: "small", slot: 5, share: 0.25 },
  ]);
  const unpriced = models.map((model) => ({ ...model, costUsd: "0", unpricedCalls: model.calls }));
  expect(modelParts(unpriced, slots, formats)[1]).toMatchObject({
    share: 0.9,
    title: "small: no price · 9 calls · 90%",
  });
});

describe("exports", () => {
  it("as CSV hold figures as they are, under the API's names, and no formula", () => {
    const row = {
      ...makeTotals({ costUsd: "0.000000007" }),
      key: '=HYPERLINK("x")',
      keys: ['=HYPERLINK("x")', null],
    };
    const lines = csvOf(spendTable([row], ["model", "branch"])).split("\r\n");
    expect(lines[0]?.startsWith("\ufeffmodel,branch,calls,errors,")).toBe(true);
    expect(lines[1]?.startsWith(`"'=HYPERLINK(""x"")",,`)).toBe(true);
    expect(lines[1]).toContain(",0.000000007,");
    expect(lines).toHaveLength(3);
  });

  it("of calls have a column for each label that any of them has", () => {
    const calls = [makeCall({ attributes: { tenant: "acme" } }), makeCall({ attributes: { lead: "+1" } })];
    const { columns, rows } = callTable(calls);
    const at = columns.indexOf("label:lead");
    expect(columns.slice(at)).toEqual(["label:lead", "label:tenant"]);
    expect(rows.map((row) => row.slice(at))).toEqual([
      [null, "acme"],
      ["+1", null],
    ]);
    expect(rows.every((row) => row.length === columns.length)).toBe(true);
  });
});

it("older calls are joined on without any twice", () => {
  const calls = ["a", "b", "c", "d"].map((callId) => makeCall({ callId }));
  const [a, b, c, d] = calls;
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error("not made");
  const joined = joinOlder({ calls: [a, b, c], cursor: "1" }, { calls: [c, d], nextCursor: null });
  expect(joined.calls.map(({ callId }) => callId)).toEqual(["a", "b", "c", "d"]);
  expect(joined.cursor).toBeNull();
});

it("choices of every view are kept, and what is not understood of them is left out", () => {
  const kept = {
    view: "performance",
    filters: { source: ["/api/chat"], "label:tenant": ["acme"] },
    second: "model",
    callFilters: { filters: { model: ["gpt-4o"] }, status: "error", costStatus: null },
    sorts: { performance: { column: "p95", descending: true } },
    performanceBy: "source",
    measure: "failures",
    search: "chat",
    scroll: { calls: 4_000 },
  };
  expect(readChoices(kept)).toEqual(kept);
  expect(
    readChoices({
      filters: { colour: ["red"], source: [1, "x"] },
      second: "<b>",
      callFilters: { status: "fine" },
      sorts: { performance: 3 },
      measure: "speed",
      scroll: { calls: "far", overview: Number.NaN },
    }),
  ).toEqual({
    filters: { source: ["x"] },
    callFilters: { filters: {}, status: null, costStatus: null },
    sorts: {},
    scroll: {},
  });
});

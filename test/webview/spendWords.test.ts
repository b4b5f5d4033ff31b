import { describe, expect, it } from "vitest";
import type { Spend } from "../../shared/spend.ts";
import { breakdownRows, firstSort } from "../../webview/model/breakdown.ts";
import { compare } from "../../webview/model/comparison.ts";
import { callCost, costPerCallUsd, spendWords } from "../../webview/model/costWords.ts";
import { factsOf } from "../../webview/model/facts.ts";
import { createFormats } from "../../webview/model/formats.ts";
import { makeRow, makeTotals } from "./totals.ts";

const formats = createFormats("en-US", "UTC");

describe("a cost in words", () => {
  it("is never zero where it is not known", () => {
    expect(callCost({ costUsd: null, costStatus: "unpriced", status: "ok" }, formats)).toMatchObject({
      text: "no price",
      known: false,
    });
    expect(callCost({ costUsd: null, costStatus: "unpriced", status: "pending" }, formats).text).toBe(
      "running",
    );
  });

  it("says how sure it is", () => {
    const ok = { costUsd: "0.0049", status: "ok" } as const;
    expect(callCost({ ...ok, costStatus: "computed" }, formats).text).toBe("$0.0049");
    expect(callCost({ ...ok, costStatus: "estimated" }, formats).text).toBe("≈ $0.0049");
    expect(callCost({ ...ok, costStatus: "incomplete" }, formats).text).toBe("≥ $0.0049");
    expect(callCost({ ...ok, costUsd: "0", costStatus: "free" }, formats).text).toBe("free");
  });
});

describe("a sum in words", () => {
  it("is a lower bound where calls have no price, and none where none has", () => {
    expect(spendWords(makeTotals({ unpricedCalls: 3 }), formats)).toEqual({
      text: "≥ $1.50",
      note: "3 calls without a price not included",
      known: true,
    });
    expect(spendWords(makeTotals({ unpricedCalls: 10, costUsd: "0" }), formats).text).toBe("no price");
  });

  it("leaves calls without a price out of the average", () => {
    expect(costPerCallUsd(makeTotals({ unpricedCalls: 4 }))).toBe("0.250000000");
    expect(costPerCallUsd(makeTotals({ unpricedCalls: 10 }))).toBeNull();
  });
});

describe("the comparison", () => {
  const earlier = (over = {}): Spend => ({
    from: "2026-11-19T00:00:00.000Z",
    to: "2026-11-19T14:00:00.000Z",
    timeZone: "UTC",
    groupBy: [],
    rows: [],
    total: makeTotals({ costUsd: "1", ...over }),
  });

  it("says by how much and against what", () => {
    expect(compare("today", makeTotals({ costUsd: "1.38" }), earlier(), formats)).toEqual({
      direction: "up",
      change: "38%",
      text: "against yesterday at this hour ($1.00)",
    });
    expect(compare("7d", makeTotals({ costUsd: "0.5" }), earlier(), formats)).toMatchObject({
      direction: "down",
      change: "50%",
    });
  });

  it("gives a factor where a percentage would say little", () => {
    expect(compare("today", makeTotals({ costUsd: "12" }), earlier(), formats)?.change).toBe("12×");
  });

  it("does not compare with nothing", () => {
    const nothing = compare("today", makeTotals(), earlier({ calls: 0, costUsd: "0" }), formats);
    expect(nothing).toEqual({ direction: "same", change: "", text: "No calls yesterday by this hour" });
    expect(compare("today", makeTotals(), earlier({ costUsd: "0" }), formats)?.change).toBe("");
    expect(compare("today", makeTotals(), null, formats)).toBeNull();
  });
});

describe("the facts", () => {
  const fact = (name: string, over = {}) =>
    factsOf(makeTotals(over), formats).find((found) => found.name === name);

  it("mark a share of errors that deserves a look", () => {
    expect(fact("errors")).toMatchObject({ value: "none", bad: false });
    expect(fact("errors", { calls: 1_000, errors: 7 })).toMatchObject({ value: "0.7%", bad: false });
    expect(fact("errors", { calls: 100, errors: 2 })).toMatchObject({ value: "2%", bad: true });
  });

  it("do not divide by tokens that were not reported", () => {
    expect(fact("cache", { cacheReadInputTokens: 6_100 })?.value).toBe("61%");
    expect(fact("cache", { inputTokens: 0 })?.value).toBe("–");
  });

  it("say what retries cost", () => {
    expect(fact("retries", { retries: 4, retryCostUsd: "0.06" })?.value).toBe("4 · $0.060");
  });

  it("are one alone where there are no calls", () => {
    expect(factsOf(makeTotals({ calls: 0 }), formats).map((found) => found.name)).toEqual(["calls"]);
  });
});

describe("the breakdown", () => {
  const rows = [
    makeRow("/api/chat", { costUsd: "2", calls: 100, sourceKind: "route" }),
    makeRow(null, { costUsd: "0.5", calls: 5 }),
    makeRow("background_job:SYNC", { costUsd: "0", calls: 7, unpricedCalls: 7, sourceKind: "job" }),
  ];
  const keys = (sort: Parameters<typeof breakdownRows>[2], search = "") =>
    breakdownRows(rows, ["source"], sort, search, formats).map((row) => row.key);

  it("sorts by any column, names in their reading order", () => {
    expect(keys(firstSort("spend"))).toEqual(["/api/chat", null, "background_job:SYNC"]);
    expect(keys({ column: "spend", descending: false })).toEqual(["background_job:SYNC", null, "/api/chat"]);
    expect(keys(firstSort("calls"))).toEqual(["/api/chat", "background_job:SYNC", null]);
    expect(keys(firstSort("key"))).toEqual(["/api/chat", "background_job:SYNC", null]);
  });

  it("finds by name and kind in any case, and by the word for nothing", () => {
    expect(keys(firstSort("spend"), "SYNC")).toEqual(["background_job:SYNC"]);
    expect(keys(firstSort("spend"), "route")).toEqual(["/api/chat"]);
    expect(keys(firstSort("spend"), "unattr")).toEqual([null]);
  });

  it("puts shares beside the largest", () => {
    const [first, second, third] = breakdownRows(rows, ["source"], firstSort("spend"), "", formats);
    expect([first?.share, second?.share, third?.share]).toEqual([1, 0.25, 0]);
    expect(third).toMatchObject({ spend: "no price", perCall: "–", priced: false });
    expect(second).toMatchObject({ label: "unattributed", kind: "" });
  });

  it("tells the same in one line where there is no room for columns", () => {
    const [first, , third] = breakdownRows(rows, ["source"], firstSort("spend"), "", formats);
    expect(first?.inLine).toMatch(/^100 calls · \$0\.020 each · /);
    expect(third?.inLine).not.toContain("each");
    const [only] = breakdownRows([makeRow("a", { calls: 1 })], ["source"], firstSort("spend"), "", formats);
    expect(only?.inLine).toMatch(/^1 call · [\d.]+K? tokens/);
  });

  it("names a workspace by its folder and keeps the path", () => {
    const [row] = breakdownRows(
      [makeRow("/home/dev/shop-api")],
      ["workspace"],
      firstSort("spend"),
      "",
      formats,
    );
    expect(row).toMatchObject({ label: "shop-api", title: "/home/dev/shop-api" });
  });
});

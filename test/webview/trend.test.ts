import { describe, expect, it } from "vitest";
import type { Series } from "../../shared/spend.ts";
import { assignSlots } from "../../webview/model/colourSlots.ts";
import { createFormats } from "../../webview/model/formats.ts";
import { trendOf } from "../../webview/model/trend.ts";

const formats = createFormats("en-US", "UTC");

const series: Series = {
  from: "2026-11-20T00:00:00.000Z",
  to: "2026-11-20T01:30:00.000Z",
  timeZone: "UTC",
  interval: "hour",
  groupBy: "source",
  buckets: ["2026-11-20T00:00:00.000Z", "2026-11-20T01:00:00.000Z"],
  series: [
    { key: "/api/chat", other: false, costUsd: ["0.1", "0.000000002"], calls: [3, 1] },
    { key: null, other: false, costUsd: ["0.2", "0"], calls: [2, 0] },
    { key: null, other: true, costUsd: ["0.000000001", "0"], calls: [1, 0] },
  ],
};

describe("the trend", () => {
  const trend = trendOf(series, "source", new Date("2026-11-20T04:00:00Z"), formats, new Map());

  it("sums each bar without the errors of floating money", () => {
    expect(trend.bars.slice(0, 2).map((bar) => [bar.totalUsd, bar.calls])).toEqual([
      ["0.300000001", 6],
      ["0.000000002", 1],
    ]);
  });

  it("keeps room for the bars to come", () => {
    expect(trend.bars.map((bar) => bar.tick)).toEqual(["00:00", "01:00", "02:00", "03:00"]);
    expect(trend.series.map((line) => line.usd.length)).toEqual([4, 4, 4]);
  });

  it("tells calls without a source from the rest", () => {
    expect(trend.series.map((line) => [line.label, line.slot])).toEqual([
      ["/api/chat", 0],
      ["unattributed", 1],
      ["other", null],
    ]);
  });

  it("can be said in a sentence", () => {
    expect(trend.summary).toBe("Spend by hour, stacked by Source. Highest: $0.30 on Nov 20, from 00:00.");
  });
});

it("a colour stays with its key while others come, go and change places", () => {
  const first = assignSlots(["a", "b", "c"], new Map());
  const second = assignSlots(["c", "d", "a"], first);
  expect([...second]).toEqual([
    ["c", 2],
    ["a", 0],
    ["d", 1],
  ]);
});

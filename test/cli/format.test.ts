import { describe, expect, test } from "vitest";
import { parseScope } from "../../daemon/cli/budgetScope.ts";
import { parseAmount, parsePercents } from "../../daemon/cli/commands/budget.ts";
import { quoteForWindows } from "../../daemon/cli/commands/run.ts";
import { alignAmounts, formatCost } from "../../daemon/cli/format/amounts.ts";
import { costStatusText, renderCalls, statusText, tokensText } from "../../daemon/cli/format/calls.ts";
import { markdownTable } from "../../daemon/cli/format/markdown.ts";
import { counted, formatBytes, formatDuration } from "../../daemon/cli/format/numbers.ts";
import { remarks, renderSpend, spendCsv } from "../../daemon/cli/format/spend.ts";
import { renderTable } from "../../daemon/cli/format/table.ts";
import { displayWidth, pad, plainText, shorten } from "../../daemon/cli/format/text.ts";
import { createTheme, wantsColour } from "../../daemon/cli/format/theme.ts";
import { formatRange } from "../../daemon/cli/format/time.ts";
import { addFilter, parseAnyDimensions } from "../../daemon/cli/selection.ts";
import type { Call } from "../../shared/call.ts";
import { csvLine } from "../../shared/csv.ts";
import type { Spend, SpendTotals } from "../../shared/spend.ts";
import { makeCall } from "../builders.ts";

const plain = createTheme(false);
const coloured = createTheme(true);

const noSpend: SpendTotals = {
  calls: 0,
  errors: 0,
  aborted: 0,
  retries: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadInputTokens: 0,
  cacheCreationInputTokens: 0,
  reasoningOutputTokens: 0,
  costUsd: "0",
  retryCostUsd: "0",
  unpricedCalls: 0,
  incompleteCalls: 0,
  estimatedCalls: 0,
  durationP50Ms: null,
  durationP95Ms: null,
};

const call: Call = makeCall({
  callId: "c1",
  startedAt: "2026-11-21T10:00:00.000Z",
  durationMs: 812,
  responseModel: null,
  workspace: null,
  gitBranch: null,
  runId: null,
  usage: { inputTokens: 1200, outputTokens: 80 },
  costUsd: "0.00023",
  priceKey: null,
  priceVersion: null,
});

describe("amounts", () => {
  test("stand with their points below each other, whatever their places", () => {
    const cells = alignAmounts(["12.5", "0.00042", null, "0"]);
    expect(cells.map((cell) => pad(cell, 11, "right"))).toEqual([
      "  $12.50   ",
      "   $0.00042",
      "   no price",
      "   $0.00   ",
    ]);
  });
  test("a cost that is not known is never a zero", () => {
    expect(formatCost(null)).toBe("no price");
  });
});

describe("text", () => {
  test("control characters and directions of writing do not reach a terminal", () => {
    expect(plainText("a\u001b[31mb\r\nc\u202ed\u2028e\u0007")).toBe("a [31mb c d e ");
  });
  test("widths count what is seen", () => {
    expect(displayWidth(coloured.bad("abc"))).toBe(3);
    expect(displayWidth("日本")).toBe(4);
    expect(displayWidth("e\u0301")).toBe(1);
  });
  test("what is too long loses its middle", () => {
    expect(shorten("/api/products/:id/describe", 13)).toBe("/api/p…scribe");
    expect(shorten("short", 13)).toBe("short");
    for (const width of [1, 2, 5, 9])
      expect(displayWidth(shorten("日本語のルート名", width))).toBeLessThanOrEqual(width);
  });
});

describe("tables", () => {
  const columns = [
    { header: "name", align: "left" as const, cell: ([name]: [string, number]) => name },
    { header: "calls", align: "right" as const, cell: ([, calls]: [string, number]) => String(calls) },
  ];
  test("align, and end no line with a space", () => {
    const lines = renderTable(
      columns,
      [
        ["/api/chat", 7],
        ["/x", 12_345],
      ],
      { columns: 80, headerMark: (text) => text },
    );
    expect(lines).toEqual(["name       calls", "/api/chat      7", "/x         12345"]);
  });
  test("the first column gives way to a narrow terminal", () => {
    const lines = renderTable(columns, [["/api/products/:id/describe", 7]], {
      columns: 24,
      headerMark: (text) => text,
    });
    expect(lines[1]).toBe("/api/pro…describe      7");
  });
});

describe("colours", () => {
  test("only on a terminal that wants them", () => {
    expect(wantsColour(true, {})).toBe(true);
    expect(wantsColour(false, {})).toBe(false);
    expect(wantsColour(true, { NO_COLOR: "1" })).toBe(false);
    expect(wantsColour(true, { NO_COLOR: "" })).toBe(true);
    expect(wantsColour(true, { TERM: "dumb" })).toBe(false);
    expect(plain.bad("x")).toBe("x");
    expect(coloured.bad("x")).toBe("\u001b[31mx\u001b[39m");
  });
});

describe("CSV", () => {
  test("is RFC 4180, and holds no formula", () => {
    expect(csvLine(["a,b", 'say "x"', "two\nlines", null, undefined, 0, true])).toBe(
      '"a,b","say ""x""","two\nlines",,,0,true\r\n',
    );
    for (const formula of ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]) {
      expect(csvLine([formula]).replace(/^"/, "")[0], formula).toBe("'");
    }
    // Figures stay figures.
    expect(csvLine(["-0.5", -3, "12"])).toBe("-0.5,-3,12\r\n");
  });
});

test("Markdown cells stay text", () => {
  const [, , row] = markdownTable([{ header: "a", align: "left" }], [["x|y <b> `c` [d](e)\nnext"]]);
  expect(row).toBe("| x\\|y \\<b\\> \\`c\\` \\[d\\](e) next |");
});

describe("spend", () => {
  const spend: Spend = {
    from: "2026-11-20T23:00:00.000Z",
    to: "2026-11-21T23:00:00.000Z",
    timeZone: "Europe/Copenhagen",
    groupBy: ["source"],
    rows: [
      {
        ...noSpend,
        key: "/api/chat",
        keys: ["/api/chat"],
        calls: 3,
        costUsd: "1.5",
        durationP50Ms: 1200,
        estimatedCalls: 1,
      },
      {
        ...noSpend,
        key: "job",
        keys: ["job"],
        calls: 2,
        costUsd: "0.25",
        unpricedCalls: 1,
        incompleteCalls: 1,
      },
      { ...noSpend, key: null, keys: [null], calls: 2, errors: 1, unpricedCalls: 2 },
    ],
    total: {
      ...noSpend,
      calls: 7,
      errors: 1,
      costUsd: "1.75",
      unpricedCalls: 3,
      incompleteCalls: 1,
      retryCostUsd: "0.1",
      estimatedCalls: 1,
    },
  };
  const nowMs = Date.parse("2026-11-21T15:00:00Z");

  test("is a table that says what it leaves out", () => {
    expect(renderSpend(spend, plain, 200, nowMs)).toEqual([
      "Spend by source  2026-11-21, Europe/Copenhagen",
      "",
      "source        calls  errors  input  output    p50  p95      cost",
      "/api/chat         3              0       0  1.2 s          $1.50  1 estimated",
      "job               2              0       0                 $0.25  1 without a price, at least",
      "unattributed      2       1      0       0              no price",
      "total             7       1      0       0                 $1.75  3 without a price, at least, 1 estimated",
      "",
      "3 calls have no known price and are not in the sum: taximeter calls --cost-status unpriced",
      "",
      "1 call has a part without a price: the sum is a lower bound.",
      "",
      "$0.10 went into failed attempts and retries.",
    ]);
  });
  test("as CSV it has rows alone, and none is an empty key", () => {
    const lines = spendCsv(spend).trimEnd().split("\r\n");
    expect(lines).toHaveLength(4);
    expect(lines[3]).toMatch(/^,2,1,0,/);
  });
  test("one call is one call", () => {
    expect(remarks({ ...noSpend, calls: 1, unpricedCalls: 1 })[0]).toMatch(
      /^1 call has no known price and is not/,
    );
    expect(remarks(noSpend)).toEqual([]);
  });
});

describe("calls", () => {
  test("what is not known is not shown as nothing", () => {
    expect(tokensText(call)).toBe("1,200 → 80");
    expect(tokensText({ ...call, usage: { inputTokens: 12 } })).toBe("12 in");
    expect(tokensText({ ...call, usage: { outputTokens: 12 } })).toBe("? → 12");
    expect(tokensText({ ...call, usage: {} })).toBe("");
    expect(statusText({ ...call, status: "error", httpStatus: null, errorType: "TypeError" })).toBe(
      "TypeError",
    );
    expect(statusText({ ...call, status: "pending" })).toBe("running");
    expect(costStatusText({ ...call, costStatus: "incomplete" })).toBe("at least");
  });
  test("of today need no date", () => {
    const lines = (today: string) => renderCalls([call], { theme: plain, columns: 200, today });
    expect(lines("2026-11-21")[1]).not.toContain("2026-11-21");
    expect(lines("2026-11-22")[1]).toContain("2026-11-21");
  });
});

describe("numbers and times", () => {
  test("read as people write them", () => {
    expect([0, 84.4, 999, 1_240, 59_999, 125_000].map(formatDuration)).toEqual([
      "0 ms",
      "84 ms",
      "999 ms",
      "1.2 s",
      "60.0 s",
      "2 min 5 s",
    ]);
    expect(formatDuration(null)).toBe("");
    expect([0, 340, 1_234, 86_500_000].map(formatBytes)).toEqual(["0 B", "340 B", "1.2 kB", "86.5 MB"]);
    expect([counted(1, "call"), counted(1_200, "call"), counted(2, "box", "boxes")]).toEqual([
      "1 call",
      "1,200 calls",
      "2 boxes",
    ]);
  });
  test("a range is named by its days", () => {
    const nowMs = Date.parse("2026-11-21T15:00:00Z");
    const utc = (from: string, to: string) => formatRange({ from, to, timeZone: "UTC" }, nowMs);
    expect(utc("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z")).toBe("2026-11-21");
    expect(utc("2026-11-15T00:00:00Z", "2026-11-22T00:00:00Z")).toBe("2026-11-15 – 2026-11-21");
    expect(utc("2026-11-01T00:00:00Z", "2026-11-11T00:00:00Z")).toBe("2026-11-01 – 2026-11-10");
    expect(utc("1970-01-01T00:00:00Z", "2026-11-22T00:00:00Z")).toBe("all time");
    expect(utc("2026-11-21T12:30:00Z", "2026-11-22T00:00:00Z")).toBe("since 2026-11-21 12:30:00");
  });
});

describe("arguments", () => {
  test("amounts, percentages, scopes, filters, dimensions", () => {
    expect([parseAmount("5"), parseAmount("$2.50"), parseAmount("0.0002")]).toEqual(["5", "2.5", "0.0002"]);
    for (const wrong of ["0", "-1", "five", "1e9", "", "5 USD"])
      expect(() => parseAmount(wrong), wrong).toThrow(/dollars/);
    expect(parsePercents("100,50,50")).toEqual([50, 100]);
    expect(() => parsePercents("50,x")).toThrow(/percentages/);
    expect(parseScope("label:tenant=a=b")).toEqual({ dimension: "label:tenant", value: "a=b" });
    for (const wrong of ["tenant=a", "source=", "source"])
      expect(() => parseScope(wrong), wrong).toThrow(/dimension=value/);
    expect(addFilter("source=b", addFilter("source=a"))).toEqual({ source: ["a", "b"] });
    expect(addFilter("source=")).toEqual({ source: [""] });
    expect(parseAnyDimensions("source,label:x")).toEqual(["source", "label:x"]);
    expect(() => parseAnyDimensions("a,b,c")).toThrow();
  });
  test("are quoted for Windows as its programs read them", () => {
    expect(quoteForWindows("app.js")).toBe("app.js");
    expect(quoteForWindows("a b")).toBe('"a b"');
    expect(quoteForWindows('say "x"')).toBe('"say \\"x\\""');
    expect(quoteForWindows("C:\\a b\\")).toBe('"C:\\a b\\\\"');
    expect(quoteForWindows("a&b")).toBe('"a&b"');
  });
});

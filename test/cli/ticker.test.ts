import { describe, expect, test } from "vitest";
import { displayWidth } from "../../daemon/cli/format/text.ts";
import { createTheme } from "../../daemon/cli/format/theme.ts";
import { renderPanel, renderTickerLine } from "../../daemon/cli/ticker/panel.ts";
import { openScreen } from "../../daemon/cli/ticker/screen.ts";
import { afterEvent, emptyTicker, type TickerState } from "../../daemon/cli/ticker/state.ts";
import type { Call } from "../../shared/call.ts";
import type { DaemonStatus } from "../../shared/daemonStatus.ts";
import type { LiveSpend } from "../../shared/live.ts";
import type { SpendTotals } from "../../shared/spend.ts";
import { makeStoredCall } from "../builders.ts";

const total: SpendTotals = {
  calls: 2,
  errors: 0,
  aborted: 0,
  retries: 0,
  inputTokens: 2_000,
  outputTokens: 200,
  cacheReadInputTokens: 0,
  cacheCreationInputTokens: 0,
  reasoningOutputTokens: 0,
  costUsd: "0.00042",
  retryCostUsd: "0",
  unpricedCalls: 0,
  incompleteCalls: 0,
  estimatedCalls: 0,
  durationP50Ms: 800,
  durationP95Ms: 900,
};

const spend: LiveSpend = {
  from: "2026-11-21T00:00:00.000Z",
  to: "2026-11-22T00:00:00.000Z",
  timeZone: "UTC",
  total,
  topSources: [{ ...total, key: "/api/chat", keys: ["/api/chat"] }],
};

const status: DaemonStatus = {
  version: "1.0.0",
  protocol: 1,
  pid: 1,
  port: 1,
  home: "/home/dev/state",
  startedAt: "2026-11-21T00:00:00.000Z",
  developer: "dev",
  timeZone: "UTC",
  recording: true,
  storedCalls: 2,
  storeBytes: 1,
  ingested: { accepted: 2, duplicate: 0, updated: 0, ignored: 0, rejected: 0 },
  activeRuns: 1,
  liveClients: 1,
  droppedCalls: 0,
  priceCatalogue: { version: "1", date: "2026-11-01", stale: false },
  warnings: [],
};

function makeCall(over: Partial<Call> = {}): Call {
  const { costNanoUsd: _cost, endpoint: _endpoint, rawUsage: _rawUsage, ...facts } = makeStoredCall();
  return { ...facts, costUsd: "0.00021", ...over };
}

function snapshot(recentCalls: Call[]): TickerState {
  const state = afterEvent(emptyTicker, {
    type: "snapshot",
    data: { spend, budgets: [], status, recentCalls },
  });
  return { ...state, connection: "live" };
}

const wide = { theme: createTheme(false), columns: 100, rows: 40, period: "today" };

describe("state", () => {
  test("a call that is told again stays one, as it was last told", () => {
    const pending = makeCall({ status: "pending", costUsd: null });
    const ended = afterEvent(snapshot([pending]), {
      type: "call",
      data: { calls: [{ ...pending, status: "ok", costUsd: "0.00021" }, makeCall()] },
    });
    expect(ended.calls.map(({ status }) => status)).toEqual(["ok", "ok"]);
  });
  test("a snapshot replaces all, and nothing grows for ever", () => {
    let state = snapshot([makeCall(), makeCall()]);
    for (let index = 0; index < 100; index += 1) {
      state = afterEvent(state, { type: "call", data: { calls: [makeCall()] } });
    }
    expect(state.calls).toHaveLength(50);
    state = afterEvent(state, { type: "snapshot", data: { spend, budgets: [], status, recentCalls: [] } });
    expect(state.calls).toEqual([]);
  });
});

describe("panel", () => {
  test("one sum, where it went, the latest calls", () => {
    const lines = renderPanel(snapshot([makeCall()]), wide);
    expect(lines[0]).toMatch(/^Taximeter {2}today +● live$/);
    expect(lines[1]).toBe("$0.00042   2 calls   2K in   200 out");
    expect(lines).toContain("/api/chat          2  $0.00042  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇");
    expect(lines.at(-1)).toMatch(
      /^\/api\/chat .* openai gpt-4o-mini {2}800 ms {2}1,000 → 100 {2}\$0\.00021$/,
    );
  });
  test("fits the terminal, however small", () => {
    const state = snapshot(
      Array.from({ length: 30 }, () => makeCall({ source: "/api/a/very/long/route/name/indeed" })),
    );
    for (const [columns, rows] of [
      [100, 40],
      [80, 24],
      [80, 12],
      [60, 6],
      [60, 2],
    ] as const) {
      const lines = renderPanel(state, { ...wide, columns, rows });
      expect(lines.length, `${columns} × ${rows}`).toBeLessThan(rows);
      if (columns >= 80)
        for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
    }
  });
  test("says what is wrong", () => {
    const budget = {
      id: "day",
      period: "day" as const,
      scope: null,
      limitUsd: "0.0004",
      thresholds: [50],
      periodStart: spend.from,
      periodEnd: spend.to,
      spentUsd: "0.00042",
      percent: 105,
      reached: 50,
      blindCalls: 2,
      projectedUsd: null,
    };
    const state: TickerState = {
      ...snapshot([makeCall({ status: "error", httpStatus: 429, errorType: "rate_limit", costUsd: null })]),
      connection: "lost",
      detail: "The daemon\nhas stopped.",
      budgets: [budget],
      warnings: ["The disk is full."],
    };
    const text = renderPanel(state, wide).join("\n");
    expect(text).toMatch(/○ lost: The daemon has stopped\./);
    expect(text).toContain(
      "day budget for everything: $0.00042 of $0.00040 (105 %), blind for 2 calls without a full price",
    );
    expect(text).toContain("The disk is full.");
    expect(text).toMatch(/no price {2}429 rate_limit/);
  });
  test("before the first snapshot it waits", () => {
    expect(renderPanel(emptyTicker, wide)).toEqual([
      expect.stringContaining("connecting"),
      "waiting for the daemon …",
    ]);
  });
});

test("the line is one line of the terminal's width", () => {
  const state = snapshot([makeCall({ source: `/api/${"long/".repeat(40)}` })]);
  const line = renderTickerLine(state, { ...wide, columns: 60 });
  expect(line).toMatch(/^● \$0\.00042 today {2}2 calls {2}last \/api/);
  expect(displayWidth(line)).toBeLessThanOrEqual(60);
});

test("a screen draws over what it drew, and gives the cursor back", () => {
  let written = "";
  const screen = openScreen({
    write: (text) => {
      written += text;
    },
    drained: async () => {},
    isTty: true,
    size: () => ({ columns: 80, rows: 24 }),
  });
  screen.draw(["a", "b"]);
  screen.draw(["c"]);
  screen.close();
  expect(written).toBe("\u001b[?25l\r\u001b[Ja\nb\n\u001b[2A\r\u001b[Jc\n\u001b[?25h");
});

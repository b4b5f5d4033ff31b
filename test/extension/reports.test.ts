import { expect, test, vi } from "vitest";
import { repricedSentence } from "../../extension/commands/priceCommands.ts";
import { parseUsd } from "../../extension/commands/priceQuestions.ts";
import { conversationsMarkdown } from "../../extension/reports/conversationsMarkdown.ts";
import { performanceMarkdown } from "../../extension/reports/performanceMarkdown.ts";
import type { PerformanceFigures } from "../../shared/performance.ts";
import { english, makeTotals } from "./builders.ts";

vi.mock("vscode", () => ({}));

const range = { from: "2026-11-20T23:00:00.000Z", to: "2026-11-21T23:00:00.000Z", timeZone: "Europe/Berlin" };

test("top conversations: what they cost, and which models they were held with", () => {
  const share = { inputTokens: 1, outputTokens: 1, costUsd: "0.1", unpricedCalls: 0 };
  const conversation = {
    ...makeTotals({ calls: 4, unpricedCalls: 1, costUsd: "0.3" }),
    conversationId: "a|<b>",
    firstStartedAt: range.from,
    lastStartedAt: "2026-11-21T11:30:00.000Z",
    models: [
      { ...share, model: "gpt-4o", calls: 3 },
      { ...share, model: null, calls: 1 },
    ],
  };
  const answer = { ...range, count: 7, conversations: [conversation], models: [], total: makeTotals() };
  expect(conversationsMarkdown(answer, "today", english).replaceAll("\u202f", " ")).toMatchInlineSnapshot(`
    "# Top conversations

    Today, Nov 21, 2026

    | Conversation | Spend | Calls | Cost of a call | Last call | Models |
    | :-- | --: | --: | --: | :-- | :-- |
    | a\\|\\<b\\> | $0\\.30 | 4 | $0\\.10 | Nov 21, 2026, 12\\:30 PM | gpt\\-4o 75%, not named 25% |

    1 of 7 conversations."
  `);
  expect(conversationsMarkdown({ ...answer, conversations: [] }, "today", english)).toContain(
    "withAttributes",
  );
});

test("performance: times, and how often it failed", () => {
  const figures: PerformanceFigures = {
    calls: 40,
    errors: 2,
    aborted: 0,
    retries: 1,
    durationP50Ms: 800,
    durationP95Ms: 1234,
    durationP99Ms: 5000,
    firstTokenP50Ms: null,
    firstTokenP95Ms: null,
    firstTokenCalls: 0,
  };
  const answer = {
    ...range,
    groupBy: "provider",
    rows: [{ ...figures, key: "openai" }],
    total: figures,
    interval: "hour",
    buckets: [],
    overTime: [],
  } as const;
  const text = performanceMarkdown(
    { ...answer, rows: [...answer.rows], buckets: [], overTime: [] },
    { dimension: "provider", period: "today" },
    english,
  );
  expect(text).toMatchInlineSnapshot(`
    "# Performance by provider

    Today, Nov 21, 2026

    | Provider | Calls | p50 | p95 | p99 | First token p50 | Errors | Aborted | Retries |
    | :-- | --: | --: | --: | --: | --: | --: | --: | --: |
    | openai | 40 | 0\\.8 s | 1\\.2 s | 5\\.0 s |  | 2 \\(5%\\) | 0 | 1 \\(3%\\) |
    | **Total** | **40** | **0\\.8 s** | **1\\.2 s** | **5\\.0 s** |  | **2 \\(5%\\)** | **0** | **1 \\(3%\\)** |"
  `);
});

test("what repricing changed is one sentence, summed exactly", () => {
  const model = {
    provider: "openai",
    calls: 1,
    differenceUsd: "0.2",
    oldUnpricedCalls: 0,
    newUnpricedCalls: 0,
  };
  const whole = {
    dryRun: false,
    calls: 9,
    changedCalls: 3,
    models: [
      { ...model, model: "mine", oldCostUsd: "0.1", newCostUsd: "0.3" },
      { ...model, model: "other", oldCostUsd: "0.2", newCostUsd: "0.4" },
    ],
  };
  expect(repricedSentence(whole, english)).toBe("3 calls (mine and 1 more): $0.70 in place of $0.30.");
  const unpriced = {
    ...model,
    model: "mine",
    calls: 3,
    oldUnpricedCalls: 3,
    oldCostUsd: "0",
    newCostUsd: "0.3",
  };
  expect(repricedSentence({ ...whole, models: [unpriced] }, english)).toMatch(/in place of no price\.$/);
  expect(repricedSentence({ ...whole, changedCalls: 0, models: [] }, english)).toBe(
    "No call that was recorded changed by it.",
  );
});

test.each([
  ["3", 3],
  ["0,15", 0.15],
  ["$.5", 0.5],
  ["", null],
  ["-1", null],
  ["1e3", null],
  ["1.2.3", null],
  ["1,000", null],
  ["0,125", 0.125],
])("a price typed as %j is %j", (typed, amount) => {
  expect(parseUsd(typed)).toBe(amount);
});

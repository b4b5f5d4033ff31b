import { expect, test } from "vitest";
import { spendMarkdown, unpricedMarkdown } from "../../extension/reports/reportMarkdown.ts";
import type { Spend } from "../../shared/spend.ts";
import { english, makeRow, makeTotals } from "./builders.ts";

const range = { from: "2026-11-20T23:00:00.000Z", to: "2026-11-21T23:00:00.000Z", timeZone: "Europe/Berlin" };
const spend: Spend = {
  ...range,
  groupBy: ["model"],
  rows: [
    makeRow("gpt-4o-mini", { costUsd: "0.3" }),
    makeRow("<b>mine</b>|[x](y)", { costUsd: "0", calls: 3, unpricedCalls: 3, durationP95Ms: null }),
  ],
  total: makeTotals({ costUsd: "0.3", calls: 5, unpricedCalls: 3 }),
};

test("a report: rows, sum, and what the sum does not hold", () => {
  expect(spendMarkdown(spend, { dimension: "model", period: "today" }, english)).toMatchInlineSnapshot(`
    "# AI spend by model

    Today, Nov 21, 2026

    | Model | Spend | Share | Calls | Tokens in | Tokens out | Errors | p95 |
    | :-- | --: | --: | --: | --: | --: | --: | --: |
    | gpt\\-4o\\-mini | $0\\.30 | 100% | 2 | 2,000 | 200 | 0 | 1.2 s |
    | \\<b\\>mine\\</b\\>\\|\\[x\\]\\(y\\) | no price |  | 3 | 2,000 | 200 | 0 |  |
    | **Total** | **$0\\.30** | **100%** | **5** | **2,000** | **200** | **0** | **1.2 s** |

    - 3 calls without a price: not in the total."
  `);
});

test("an empty one says so", () => {
  const empty: Spend = { ...spend, rows: [], total: makeTotals({ calls: 0, costUsd: "0" }) };
  expect(spendMarkdown(empty, { dimension: "label:tenant", period: "7d" }, english)).toContain(
    "No calls in this period.",
  );
});

test("models without a price, named as text", () => {
  const seen = { inputTokens: 10, outputTokens: 5, firstSeenAt: range.from, lastSeenAt: range.from };
  const models = [
    { provider: "openai", model: "my_model", calls: 3, ...seen },
    { provider: "ollama", model: null, calls: 1, ...seen },
  ];
  expect(unpricedMarkdown(models, english)).toContain(
    "| openai | my\\_model | 3 |\n| ollama | not named | 1 |",
  );
  expect(unpricedMarkdown([], english)).toContain("Every call has a price.");
});

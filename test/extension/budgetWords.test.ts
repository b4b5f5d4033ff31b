import { describe, expect, test } from "vitest";
import { budgetName } from "../../extension/budgets/budgetName.ts";
import { budgetSentence, paceSentence } from "../../extension/budgets/budgetWords.ts";
import { budgetsMarkdown } from "../../extension/reports/budgetsMarkdown.ts";
import { english, makeBudget } from "./builders.ts";

describe("a budget's name", () => {
  test.each([
    [null, "Monthly budget"],
    [{ dimension: "model", value: "gpt-5" }, "Monthly budget (Model gpt-5)"],
    [{ dimension: "workspace", value: "C:\\dev\\shop" }, "Monthly budget (Workspace shop)"],
    [{ dimension: "label:tenant", value: "acme" }, "Monthly budget (Label tenant acme)"],
  ] as const)("of %j", (scope, name) => {
    expect(budgetName({ period: "month", scope }, english)).toBe(name);
  });
});

test.each([
  [
    { period: "month", periodStart: "2026-11-01T12:00:00.000Z", projectedUsd: "41" },
    "At this pace November ends at $41.00.",
  ],
  [{ period: "week", projectedUsd: "4.5", blindCalls: 1 }, "At this pace this week ends at ≥ $4.50."],
  [{ period: "day", spentUsd: "0", projectedUsd: "0" }, ""],
  [{ period: "day", projectedUsd: null }, "Too early to say what today ends at."],
] as const)("where the pace leads is said: %j", (over, sentence) => {
  expect(paceSentence(makeBudget(over), english)).toBe(sentence);
});

test("a report ends with budgets, which escape what comes from outside", () => {
  const scope = { dimension: "source", value: "<img src=x> [a](command:b)" } as const;
  const budget = makeBudget({ scope, projectedUsd: "6", hardStop: true, blindCalls: 2 });
  const [title, table] = budgetsMarkdown([budget], english);
  expect(title).toBe("## Budgets");
  expect(table).not.toMatch(/[^\\]<img/);
  expect(table).not.toMatch(/[^\\]\]\(command/);
  expect(table).toContain("Hard stop\\. 2 calls without a full price are not in it\\.");
  expect(budgetsMarkdown([], english)).toEqual([]);
});

test("a notice says what was reached, what is stopped and what it does not see", () => {
  const budget = makeBudget({ spentUsd: "5.2", hardStop: true, blindCalls: 1 });
  expect(budgetSentence({ budget, threshold: 80 }, english)).toBe(
    "Daily budget: 80% of $5.00 is used up, $5.20 spent. 1 call without a full price is not in it.",
  );
  expect(budgetSentence({ budget, threshold: 100 }, english)).toBe(
    "Daily budget: the limit of $5.00 is used up, $5.20 spent. Further calls are stopped in your apps. 1 call without a full price is not in it.",
  );
});

import { describe, expect, it } from "vitest";
import type { BudgetState } from "../../shared/budgets.ts";
import { dimensionOf, labelNames, scopeChoices, scopeOf } from "../../webview/model/budgetScopes.ts";
import { budgetView, readLimit, readThresholds } from "../../webview/model/budgetView.ts";
import { createFormats } from "../../webview/model/formats.ts";

const formats = createFormats("en-US", "UTC");
const noon = Date.parse("2026-11-20T12:00:00Z");

function makeBudget(over: Partial<BudgetState> = {}): BudgetState {
  return {
    id: "day",
    period: "day",
    scope: null,
    limitUsd: "6",
    thresholds: [50, 80, 100],
    periodStart: "2026-11-20T00:00:00.000Z",
    periodEnd: "2026-11-21T00:00:00.000Z",
    spentUsd: "3",
    percent: 50,
    reached: 50,
    blindCalls: 0,
    projectedUsd: null,
    ...over,
  };
}

describe("a budget in words", () => {
  it("says what is spent, and how far the period is", () => {
    expect(budgetView(makeBudget(), noon, formats)).toMatchObject({
      title: "Today, all",
      amount: "$3.00 of $6.00",
      words: "50% used, 50% of the day gone",
      tone: "ok",
      filled: 50,
      elapsed: 50,
      blind: "",
    });
  });

  it("warns from the last threshold below the limit on", () => {
    expect(budgetView(makeBudget({ percent: 80, reached: 80 }), noon, formats).tone).toBe("warn");
    expect(budgetView(makeBudget({ percent: 99, thresholds: [100] }), noon, formats).tone).toBe("ok");
  });

  it("says by how much it is over", () => {
    const over = budgetView(makeBudget({ spentUsd: "6.25", percent: 104.1 }), noon, formats);
    expect(over).toMatchObject({ tone: "over", filled: 100, words: "Over by $0.25, 50% of the day gone" });
    expect(budgetView(makeBudget({ spentUsd: "6", percent: 100 }), noon, formats).words).toMatch(/^Used up,/);
  });

  it("admits what it cannot see", () => {
    expect(budgetView(makeBudget({ blindCalls: 1 }), noon, formats).blind).toBe(
      "Blind for 1 call without a full price.",
    );
  });

  it("says where its pace leads, and when it is too early to say", () => {
    const month = { period: "month", periodStart: "2026-11-01T00:00:00.000Z" } as const;
    const pace = (over: Partial<BudgetState>) => {
      const { pace: words, paceIsOver } = budgetView(makeBudget({ ...month, ...over }), noon, formats);
      return [words, paceIsOver];
    };
    expect(pace({ projectedUsd: "41" })).toEqual(["At this pace November ends at $41.00.", true]);
    expect(pace({ projectedUsd: "5.5", blindCalls: 2 })).toEqual([
      "At this pace November ends at ≥ $5.50.",
      false,
    ]);
    expect(pace({ spentUsd: "0", projectedUsd: "0" })).toEqual(["", false]);
    expect(pace({ period: "day", projectedUsd: null })).toEqual([
      "Too early to say what today ends at.",
      false,
    ]);
  });

  it("knows whether calls can be stopped by it, and whether they are", () => {
    const stop = (over: Partial<BudgetState>) => budgetView(makeBudget(over), noon, formats).hardStop;
    expect(stop({})).toBe(false);
    expect(stop({ hardStop: true })).toBe(true);
    expect(stop({ scope: { dimension: "callSite", value: "app.ts:1" } })).toBe(null);
  });

  it("names its period and scope", () => {
    const month = makeBudget({ period: "month", scope: { dimension: "workspace", value: "C:\\dev\\shop" } });
    expect(budgetView(month, noon, formats).title).toBe("November, shop");
    const week = makeBudget({ period: "week", scope: { dimension: "model", value: "gpt-5" } });
    expect(budgetView(week, noon, formats).title).toBe("This week, Model gpt-5");
  });
});

it("a limit is read as people write it", () => {
  expect(["5", " 12,50 ", "$0.5", "$ 3"].map(readLimit)).toEqual(["5", "12.5", "0.5", "3"]);
  expect(["", "0", "-1", "five", "1e3", "NaN", "1,000.50", "1,000"].map(readLimit)).toEqual(
    Array(8).fill(null),
  );
});

it("thresholds are read as people write them", () => {
  expect(readThresholds("80, 50,100")).toEqual([50, 80, 100]);
  expect(readThresholds(" 50 % 80% 50 ")).toEqual([50, 80]);
  expect(["", "none", "0", "-5", "50, 1001", "1 2 3 4 5 6 7 8 9 10 11"].map(readThresholds)).toEqual(
    Array(6).fill(null),
  );
});

describe("what a budget is for", () => {
  it("is offered by dimension and by the labels that occur", () => {
    const labels = labelNames([
      { attributes: { tenant: "acme" } },
      { attributes: { lead: "1", tenant: "b" } },
    ]);
    expect(scopeChoices(labels).map(({ value }) => value)).toEqual([
      "",
      "workspace",
      "source",
      "feature",
      "provider",
      "model",
      "label:lead",
      "label:tenant",
    ]);
  });

  it("is everything, or one value of what was chosen", () => {
    expect(scopeOf("", "anything")).toBe(null);
    expect(scopeOf("model", " gpt-5 ")).toEqual({ dimension: "model", value: "gpt-5" });
    expect(scopeOf("label:lead", "42")).toEqual({ dimension: "label:lead", value: "42" });
    expect(scopeOf("model", " ")).toBe(undefined);
    expect(["", "colour", "label:lead"].map(dimensionOf)).toEqual([null, null, "label:lead"]);
  });
});

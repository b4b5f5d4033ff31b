import { describe, expect, test } from "vitest";
import {
  budgetChanges,
  followedSetting,
  parseBudgets,
  parseLimit,
} from "../../extension/budgets/budgetSetting.ts";

describe("the setting", () => {
  test("is read entry by entry: what is wrong is named, the rest holds", () => {
    const problems: string[] = [];
    const budgets = parseBudgets(
      [
        { period: "day", limitUsd: 5 },
        { period: "fortnight", limitUsd: 5 },
        { period: "week", limitUsd: "20" },
        { period: "month", limitUsd: -1 },
        { period: "month", limitUsd: 99.5, thresholds: [90, 50, 90] },
        { period: "week", limitUsd: 1, thresholds: ["all"] },
        null,
      ],
      problems,
    );
    expect(budgets).toEqual([
      { period: "day", limitUsd: "5" },
      { period: "month", limitUsd: "99.5", thresholds: [50, 90] },
    ]);
    expect(problems).toEqual([
      "taximeter.budgets[1]: period must be one of day, week, month.",
      "taximeter.budgets[2]: limitUsd must be a number of US dollars.",
      "taximeter.budgets[3]: limitUsd must be above 0 and at most 1000000.",
      "taximeter.budgets[5]: thresholds must be a list of percentages above 0.",
      "taximeter.budgets[6]: must be an object.",
    ]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 0, 1e-12, 1e308])("takes no limit of %s", (limitUsd) => {
    const problems: string[] = [];
    expect(parseBudgets([{ period: "day", limitUsd }], problems)).toEqual([]);
    expect(problems).toHaveLength(1);
  });

  test("of two entries for a period the last one holds", () => {
    const twice = [1, 2].map((limitUsd) => ({ period: "day", limitUsd }));
    expect(parseBudgets(twice, [])).toEqual([{ period: "day", limitUsd: "2" }]);
  });
});

describe("a limit as it is typed", () => {
  test.each([
    ["5", "5"],
    [" $0.50 ", "0.5"],
    ["0,50", "0.5"],
    [".25", "0.25"],
    ["12.345 USD", "12.345"],
  ])("%s", (typed, limit) => {
    expect(parseLimit(typed)).toBe(limit);
  });

  test.each(["", "0", "-5", "five", "1e3", "5 dollars", "1.2.3", "9999999", "0.0000000001"])(
    "not: %s",
    (typed) => {
      expect(parseLimit(typed)).toBe(null);
    },
  );
});

describe("what is handed to the daemon", () => {
  const day = { period: "day", limitUsd: "5" } as const;
  const month = { period: "month", limitUsd: "50" } as const;

  test("nothing, where the user changed nothing: a budget set by the command line stands", () => {
    expect(budgetChanges([day], [day])).toEqual({ set: [], removeIds: [] });
  });

  test("what is new or changed is set, what the setting no longer names is removed", () => {
    const raised = { ...day, limitUsd: "7" };
    expect(budgetChanges([day, month], [raised])).toEqual({ set: [raised], removeIds: ["month"] });
  });
});

describe("a setting that names a budget follows what was set by command", () => {
  const current = parseBudgets([{ period: "day", limitUsd: 5, thresholds: [50] }], []);

  test("to the new limit", () => {
    expect(followedSetting(current, "day", "7.5")).toEqual([
      { period: "day", limitUsd: 7.5, thresholds: [50] },
    ]);
  });
  test("or away", () => {
    expect(followedSetting(current, "day", null)).toEqual([]);
  });
  test("and stays as it is where it does not name it", () => {
    expect(followedSetting(current, "month", "7.5")).toBe(null);
  });
});

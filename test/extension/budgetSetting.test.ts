import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createBudgetMemory } from "../../extension/budgets/budgetMemory.ts";
import {
  budgetKey,
  followedSetting,
  parseBudgets,
  parseLimit,
  readThresholds,
  settingOf,
} from "../../extension/budgets/budgetSetting.ts";
import { createLeadership } from "../../extension/budgets/leadership.ts";
import { raiseSuggestions } from "../../extension/budgets/raiseSuggestions.ts";
import { makeFolder } from "../store/testStore.ts";
import { makeBudget } from "./builders.ts";

const plain = { scope: null, thresholds: [50, 80, 100], hardStop: false };

describe("the setting", () => {
  test("is read entry by entry: what is wrong is named, the rest holds", () => {
    const problems: string[] = [];
    const budgets = parseBudgets(
      [
        { period: "day", limitUsd: 5 },
        { period: "fortnight", limitUsd: 5 },
        { period: "week", limitUsd: "20" },
        { period: "month", limitUsd: -1 },
        { period: "month", limitUsd: 99.5, thresholds: [90, 50, 90], hardStop: true },
        { period: "week", limitUsd: 1, thresholds: ["all"] },
        null,
        { period: "week", limitUsd: 1, scope: "model" },
        { period: "week", limitUsd: 1, scope: { dimension: "model", value: "gpt-5" } },
        { period: "week", limitUsd: 1, scope: "callSite=app.ts:1", hardStop: true },
        { period: "week", limitUsd: 1, thresholds: Array.from({ length: 11 }, (_, index) => index + 1) },
      ],
      problems,
    );
    expect(budgets).toEqual([
      { ...plain, period: "day", limitUsd: "5" },
      { ...plain, period: "month", limitUsd: "99.5", thresholds: [50, 90], hardStop: true },
    ]);
    expect(problems).toEqual([
      "taximeter.budgets[1]: period must be one of day, week, month.",
      "taximeter.budgets[2]: limitUsd must be a number of US dollars.",
      "taximeter.budgets[3]: limitUsd must be above 0 and at most 1000000.",
      "taximeter.budgets[5]: thresholds must be a list of up to 10 percentages above 0.",
      "taximeter.budgets[6]: must be an object.",
      'taximeter.budgets[7]: scope must be like "model=gpt-4o" or "label:tenant=acme".',
      'taximeter.budgets[8]: scope must be like "model=gpt-4o" or "label:tenant=acme".',
      "taximeter.budgets[9]: hardStop cannot go by callSite or developer.",
      "taximeter.budgets[10]: thresholds must be a list of up to 10 percentages above 0.",
    ]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 0, 1e-12, 1e308])("takes no limit of %s", (limitUsd) => {
    const problems: string[] = [];
    expect(parseBudgets([{ period: "day", limitUsd }], problems)).toEqual([]);
    expect(problems).toHaveLength(1);
  });

  test.each([
    ["source=/api/chat", { dimension: "source", value: "/api/chat" }],
    ["model=gpt-4o", { dimension: "model", value: "gpt-4o" }],
    ["label:tenant=a=b", { dimension: "label:tenant", value: "a=b" }],
    ["workspace=C:\\dev\\shop", { dimension: "workspace", value: "C:\\dev\\shop" }],
  ])("is for a part of the spend: %s", (scope, read) => {
    expect(parseBudgets([{ period: "day", limitUsd: 1, scope }], [])).toMatchObject([{ scope: read }]);
  });

  test("of two entries for a period and scope the last one holds", () => {
    const twice = [1, 2].map((limitUsd) => ({ period: "day", limitUsd }));
    const others = [{ period: "day", limitUsd: 3, scope: "model=gpt-5" }];
    expect(parseBudgets([...twice, ...others], []).map(({ limitUsd }) => limitUsd)).toEqual(["2", "3"]);
  });
});

describe("a limit as it is typed", () => {
  test.each([
    ["5", "5"],
    [" $0.50 ", "0.5"],
    ["0,50", "0.5"],
    [".25", "0.25"],
    ["12.345 USD", "12.345"],
    ["1000", "1000"],
    ["0,125", "0.125"],
  ])("%s", (typed, limit) => {
    expect(parseLimit(typed)).toBe(limit);
  });

  test.each([
    "",
    "0",
    "-5",
    "1,000",
    "1,000.50",
    "five",
    "1e3",
    "5 dollars",
    "1.2.3",
    "9999999",
    "0.0000000001",
  ])("not: %s", (typed) => {
    expect(parseLimit(typed)).toBe(null);
  });
});

test("thresholds as they are typed", () => {
  expect(readThresholds("100, 50 % 80")).toEqual([50, 80, 100]);
  expect(["", "all", "0", "50 -1", "1001"].map(readThresholds)).toEqual(Array(5).fill(null));
});

describe("a setting that names a budget follows what was changed elsewhere", () => {
  const wrong = { period: "fortnight", limitUsd: 5 };
  const day = { period: "day", limitUsd: 5 };
  const model = { period: "day", limitUsd: 1, scope: "model=gpt-5", thresholds: [90] };
  const raw = [wrong, day, model];
  const held = (over: object) => settingOf(makeBudget(over));

  const scope = { dimension: "model", value: "gpt-5" };
  const follow = (id: string, before: object, after: object | null, of: unknown = raw) =>
    followedSetting(of, id, held(before), after === null ? null : held(after));

  test("to the new limit, and leaves all else as it stands", () => {
    expect(follow("day", { limitUsd: "5" }, { limitUsd: "7.5" })).toEqual([
      wrong,
      { period: "day", limitUsd: 7.5 },
      model,
    ]);
  });

  test("to its thresholds and its stop", () => {
    const before = { limitUsd: "1", thresholds: [90], scope };
    const after = { limitUsd: "1", thresholds: [50, 80, 100], hardStop: true, scope };
    expect(follow("day:model:gpt-5", before, after)).toEqual([
      wrong,
      day,
      { ...model, thresholds: [50, 80, 100], hardStop: true },
    ]);
    expect(follow("day", {}, { thresholds: [10] })?.[1]).toEqual({ ...day, thresholds: [10] });
  });

  test("or away", () => {
    expect(follow("day", {}, null)).toEqual([wrong, model]);
  });

  test("and stays as it is where it does not name it, says something else by now, or is no list", () => {
    expect(follow("month", { period: "month" }, { period: "month", limitUsd: "7" })).toBe(null);
    expect(follow("day", { limitUsd: "4" }, { limitUsd: "7" })).toBe(null);
    expect(follow("day", {}, null, "day")).toBe(null);
    expect(follow("day", {}, null, null)).toBe(null);
  });

  test("however a limit is written, it is the same", () => {
    expect(budgetKey(held({ limitUsd: "5.50" }))).toBe(budgetKey(held({ limitUsd: "5.5" })));
    expect(budgetKey(held({ limitUsd: "5.50" }))).not.toBe(budgetKey(held({ limitUsd: "5.51" })));
  });
});

test("what was in step is remembered in a file, for each home", async () => {
  const file = join(makeFolder(), "of the editor", "budgets.json");
  const raw = [{ period: "day", limitUsd: 5.25, scope: "label:lead=4=2", thresholds: [9] }];
  const budgets = parseBudgets(raw, []);
  expect(budgets).toHaveLength(1);
  const here = createBudgetMemory(file, "/home/dev/state");
  expect(await here.read()).toEqual([]);
  await here.write(budgets);
  await createBudgetMemory(file, "/elsewhere").write([]);
  expect(await createBudgetMemory(file, "/home/dev/state").read()).toEqual(budgets);
  expect(await createBudgetMemory(file, "/elsewhere").read()).toEqual([]);
  await writeFile(file, "[nonsense");
  expect(await here.read()).toEqual([]);
});

describe("of several windows", () => {
  const leaderFile = () => join(makeFolder(), "of the editor", "budgets.leader");

  test("one leads, and another once that is gone", async () => {
    const file = leaderFile();
    const [one, other] = [createLeadership(file), createLeadership(file)];
    expect(await Promise.all([one.leads(), other.leads()])).toContain(true);
    const [leader, follower] = (await one.leads()) ? [one, other] : [other, one];
    expect([await leader.leads(), await follower.leads()]).toEqual([true, false]);
    follower.release();
    expect(await leader.leads()).toBe(true);
    leader.release();
    expect([await follower.leads(), await leader.leads()]).toEqual([true, false]);
    follower.release();
  });

  test("one that ended without a word is followed after a while", async () => {
    const file = leaderFile();
    expect(await createLeadership(file).leads()).toBe(true);
    const soon = createLeadership(file, () => Date.now() + 30_000);
    expect(await soon.leads()).toBe(false);
    const later = createLeadership(file, () => Date.now() + 60_000);
    expect(await later.leads()).toBe(true);
    later.release();
  });

  test("each leads itself where nothing can be written", async () => {
    const folder = makeFolder();
    await writeFile(join(folder, "a file"), "");
    const nowhere = () => createLeadership(join(folder, "a file", "budgets.leader"));
    expect([await nowhere().leads(), await nowhere().leads()]).toEqual([true, true]);
  });
});

describe("a higher limit suggests itself", () => {
  const limits = (over: object) =>
    raiseSuggestions(makeBudget({ limitUsd: "5", spentUsd: "4", ...over })).map(({ limitUsd, why }) => [
      limitUsd,
      why,
    ]);

  test("in round figures", () => {
    expect(limits({})).toEqual([
      ["8", "a little more"],
      ["10", "twice as much"],
    ]);
  });
  test("by where the pace leads", () => {
    expect(limits({ projectedUsd: "13.37" })).toEqual([
      ["8", "a little more"],
      ["10", "twice as much"],
      ["15", "enough at this pace"],
    ]);
    expect(limits({ projectedUsd: "4.5" })).toHaveLength(2);
  });
  test("above what is spent by now", () => {
    expect(limits({ spentUsd: "23" })).toEqual([
      ["30", "a little more"],
      ["50", "twice as much"],
    ]);
    expect(limits({ limitUsd: "0.0008", spentUsd: "0.00081" })).toEqual([
      ["0.0012", "a little more"],
      ["0.002", "twice as much"],
    ]);
  });
});

import { expect, test } from "vitest";
import { parseBudgets, type SettingBudget } from "../../extension/budgets/budgetSetting.ts";
import { createBudgetSync } from "../../extension/budgets/budgetSync.ts";
import { createDaemonLink } from "../../extension/daemon/daemonLink.ts";
import { type BudgetInput, type BudgetState, budgetId } from "../../shared/budgets.ts";
import { makeBudget } from "./builders.ts";
import { createFakeDaemon } from "./fakeDaemon.ts";

/** The daemon's budgets, which several windows and the command line share. */
function createHeldBudgets() {
  const held = new Map<string, BudgetState>();
  /** Those of a setting that the daemon remembers to have removed. */
  const removedIds = new Set<string>();
  const set = (input: BudgetInput) => {
    const id = budgetId(input.period, input.scope ?? null);
    const state = makeBudget({ ...held.get(id), id, period: input.period, scope: input.scope ?? null });
    const {
      limitUsd,
      thresholds = state.thresholds,
      hardStop = state.hardStop,
      inSettings = state.inSettings,
    } = input;
    const { hardStop: _stop, inSettings: _settings, ...rest } = state;
    removedIds.delete(id);
    held.set(id, {
      ...rest,
      limitUsd,
      thresholds,
      ...(hardStop ? { hardStop: true } : {}),
      ...(inSettings ? { inSettings: true } : {}),
    });
  };
  const remove = (id: string) => {
    if (held.get(id)?.inSettings) removedIds.add(id);
    return held.delete(id);
  };
  return {
    held,
    set,
    list: () => [...held.values()],
    removedIds: () => [...removedIds],
    remove,
    /** As where the store's file was lost. */
    begin() {
      held.clear();
      removedIds.clear();
    },
  };
}

type Held = ReturnType<typeof createHeldBudgets>;

/** The editor's settings file and memory, which its windows share. */
function createEditor(entries: object[] = []) {
  const editor = {
    setting: parseBudgets(entries, []),
    applied: [] as SettingBudget[],
    windows: [] as (() => Promise<void>)[],
    writable: true,
    written: 0,
    leader: null as symbol | null,
    /** What the user writes into the setting just before it is to follow. */
    changedMeanwhile: null as SettingBudget[] | null,
  };
  return editor;
}

type Editor = ReturnType<typeof createEditor>;

function openWindow(held: Held, editor: Editor, refuses: (budget: BudgetInput) => boolean = () => false) {
  const daemon = createFakeDaemon((name, request) => {
    if (name === "budgets") return { budgets: held.list(), removedIds: held.removedIds() };
    if (name === "removeBudget") return { removed: held.remove((request as { id: string }).id) };
    const { body } = request as { body: BudgetInput };
    if (refuses(body)) throw new Error("refused");
    held.set(body);
    return { id: budgetId(body.period, body.scope ?? null) };
  });
  const link = createDaemonLink(
    () => daemon.connection,
    () => {},
  );
  const name = Symbol("a window");
  const sync = createBudgetSync({
    link,
    applied: {
      read: async () => editor.applied,
      write: async (budgets) => {
        editor.applied = budgets;
      },
    },
    leadership: {
      async leads() {
        editor.leader ??= name;
        return editor.leader === name;
      },
    },
    async follow(id, _before, budget) {
      if (!editor.writable) throw new Error("read-only");
      if (editor.changedMeanwhile !== null) {
        editor.setting = editor.changedMeanwhile;
        editor.changedMeanwhile = null;
        for (const heard of editor.windows) void heard();
        return false;
      }
      editor.written += 1;
      editor.setting = editor.setting.flatMap((entry) =>
        budgetId(entry.period, entry.scope) !== id ? [entry] : budget === null ? [] : [budget],
      );
      // As VS Code does: every window hears of it, while the write is still under way in this one.
      for (const heard of editor.windows) void heard();
      return true;
    },
  });
  const apply = () => sync.apply(editor.setting);
  editor.windows.push(apply);
  return {
    daemon,
    apply,
    /** What the daemon says over the live stream. */
    told: (first = false) => sync.told(held.list(), first),
    asked: () => daemon.requests.filter(({ name }) => name !== "budgets").map(({ name }) => name),
  };
}

const day = { period: "day", limitUsd: 5 };
const limits = (held: Held) => held.list().map(({ id, limitUsd }) => [id, limitUsd]);
const said = (editor: Editor) => editor.setting.map(({ period, limitUsd }) => [period, limitUsd]);

test("a change of the setting is handed over once, and the budget knows where it stands", async () => {
  const [held, editor] = [createHeldBudgets(), createEditor([day])];
  const { apply, asked } = openWindow(held, editor);
  await apply();
  await apply();
  expect(asked()).toEqual(["setBudget"]);
  expect(held.list()).toMatchObject([{ id: "day", limitUsd: "5", inSettings: true }]);
  editor.setting = parseBudgets([{ ...day, limitUsd: 7 }], []);
  await apply();
  expect(limits(held)).toEqual([["day", "7"]]);
});

test("an entry that is gone is removed, and what the setting never named stays", async () => {
  const [held, editor] = [createHeldBudgets(), createEditor([day])];
  held.set({ period: "month", limitUsd: "50" });
  const { apply } = openWindow(held, editor);
  await apply();
  editor.setting = [];
  await apply();
  expect(limits(held)).toEqual([["month", "50"]]);
});

test("a budget that is changed elsewhere takes the setting along", async () => {
  const [held, editor] = [createHeldBudgets(), createEditor([day])];
  const { apply, told, asked } = openWindow(held, editor);
  await apply();
  held.set({ period: "day", limitUsd: "9", thresholds: [90], hardStop: true });
  await told();
  expect(editor.setting).toMatchObject([{ limitUsd: "9", thresholds: [90], hardStop: true }]);
  await apply();
  expect(asked()).toEqual(["setBudget"]);
  held.set({ period: "day", limitUsd: "10" });
  await told();
  expect(said(editor)).toEqual([["day", "10"]]);
  expect(limits(held)).toEqual([["day", "10"]]);
});

test("a budget of the team is no developer's, whatever period it has", async () => {
  const [held, editor] = [createHeldBudgets(), createEditor([day])];
  const teams = makeBudget({ id: "team:day", limitUsd: "500", team: true });
  held.held.set(teams.id, teams);
  const { apply, told, asked } = openWindow(held, editor);
  await apply();
  await told(true);
  await told();
  expect(asked()).toEqual(["setBudget"]);
  expect(limits(held)).toEqual([
    ["team:day", "500"],
    ["day", "5"],
  ]);
  expect(said(editor)).toEqual([["day", "5"]]);
});

test("also where it was changed while no window was open", async () => {
  const [held, editor] = [createHeldBudgets(), createEditor([day])];
  await openWindow(held, editor).apply();
  editor.leader = null;
  held.set({ period: "day", limitUsd: "9" });
  await openWindow(held, editor).apply();
  expect(said(editor)).toEqual([["day", "9"]]);
});

test("a budget that is removed elsewhere goes from the setting", async () => {
  const [held, editor] = [createHeldBudgets(), createEditor([day, { period: "month", limitUsd: 50 }])];
  const { apply, told } = openWindow(held, editor);
  await apply();
  held.remove("day");
  await told();
  expect(said(editor)).toEqual([["month", "50"]]);
  expect(limits(held)).toEqual([["month", "50"]]);
});

test("one that was removed while no window was open goes with the next, and may be set again", async () => {
  const [held, editor] = [createHeldBudgets(), createEditor([day, { period: "month", limitUsd: 50 }])];
  await openWindow(held, editor).apply();
  editor.windows.length = 0;
  editor.leader = null;
  held.remove("day");
  const { apply, told } = openWindow(held, editor);
  await apply();
  await told(true);
  expect(said(editor)).toEqual([["month", "50"]]);
  expect(limits(held)).toEqual([["month", "50"]]);
  editor.setting = parseBudgets([day, { period: "month", limitUsd: 50 }], []);
  await apply();
  expect(limits(held)).toEqual([
    ["month", "50"],
    ["day", "5"],
  ]);
  expect(held.removedIds()).toEqual([]);
});

test("one that is merely not there, in a store that is new, is handed over again", async () => {
  const [held, editor] = [createHeldBudgets(), createEditor([day])];
  const { apply, told } = openWindow(held, editor);
  await apply();
  held.begin();
  await told(true);
  expect(limits(held)).toEqual([["day", "5"]]);
  held.begin();
  editor.leader = null;
  await openWindow(held, editor).apply();
  expect(limits(held)).toEqual([["day", "5"]]);
  expect(said(editor)).toEqual([["day", "5"]]);
});

test("two windows that see it follow once, and hand nothing back", async () => {
  const [held, editor] = [createHeldBudgets(), createEditor([day])];
  const windows = [openWindow(held, editor), openWindow(held, editor)];
  for (const { apply } of windows) await apply();
  held.set({ period: "day", limitUsd: "9" });
  await Promise.all(windows.map(({ told }) => told()));
  held.set({ period: "day", limitUsd: "10" });
  await Promise.all(windows.map(({ told }) => told()));
  await Promise.all(windows.map(({ apply }) => apply()));
  expect(said(editor)).toEqual([["day", "10"]]);
  expect(limits(held)).toEqual([["day", "10"]]);
  expect(windows.flatMap(({ asked }) => asked())).toEqual(["setBudget"]);
  expect(editor.written).toBe(2);
});

test("when the window that keeps them in step closes, another goes on", async () => {
  const [held, editor] = [createHeldBudgets(), createEditor([day])];
  const [first, second] = [openWindow(held, editor), openWindow(held, editor)];
  for (const { apply } of [first, second]) await apply();
  editor.leader = null;
  held.set({ period: "day", limitUsd: "9" });
  await second.told();
  expect(said(editor)).toEqual([["day", "9"]]);
  expect(second.asked()).toEqual([]);
});

test("what the user writes while the setting is about to follow is right", async () => {
  const [held, editor] = [createHeldBudgets(), createEditor([day])];
  const { apply, told } = openWindow(held, editor);
  await apply();
  held.set({ period: "day", limitUsd: "9" });
  editor.changedMeanwhile = parseBudgets([{ ...day, limitUsd: 4 }], []);
  await told();
  await apply();
  expect(said(editor)).toEqual([["day", "4"]]);
  expect(limits(held)).toEqual([["day", "4"]]);
});

test("where the setting cannot be written the budget stands, and it is not tried with every call", async () => {
  const [held, editor] = [createHeldBudgets(), createEditor([day])];
  const { apply, told, daemon } = openWindow(held, editor);
  await apply();
  editor.writable = false;
  held.set({ period: "day", limitUsd: "9" });
  await expect(told()).rejects.toThrow("read-only");
  const before = daemon.requests.length;
  await told();
  expect(daemon.requests.length).toBe(before);
  expect(limits(held)).toEqual([["day", "9"]]);
  editor.writable = true;
  await apply();
  expect(said(editor)).toEqual([["day", "9"]]);
});

test("one that is refused keeps no other from being set, and is tried again", async () => {
  const [held, editor] = [createHeldBudgets(), createEditor([day, { period: "month", limitUsd: 50 }])];
  let refusing = true;
  const { apply } = openWindow(held, editor, ({ period }) => refusing && period === "day");
  await expect(apply()).rejects.toThrow("refused");
  expect(limits(held)).toEqual([["month", "50"]]);
  refusing = false;
  await apply();
  expect(held.list()).toHaveLength(2);
});

test("two quick changes arrive in their order", async () => {
  const [held, editor] = [createHeldBudgets(), createEditor([day])];
  const { apply } = openWindow(held, editor);
  const first = apply();
  editor.setting = parseBudgets([{ ...day, limitUsd: 7 }], []);
  await Promise.all([first, apply()]);
  expect(limits(held)).toEqual([["day", "7"]]);
  expect(editor.applied).toMatchObject([{ limitUsd: "7" }]);
});

import { expect, test } from "vitest";
import { createBudgetSync } from "../../extension/budgets/budgetSync.ts";
import { createDaemonLink } from "../../extension/daemon/daemonLink.ts";
import type { BudgetInput } from "../../shared/budgets.ts";
import { createFakeDaemon } from "./fakeDaemon.ts";

function start(answer: () => unknown = () => ({}), remembered: BudgetInput[] = []) {
  const daemon = createFakeDaemon(answer);
  const link = createDaemonLink(
    () => daemon.connection,
    () => {},
  );
  let applied = remembered;
  const sync = createBudgetSync(link, {
    read: () => applied,
    write: async (budgets) => {
      applied = budgets;
    },
  });
  return { daemon, sync, applied: () => applied };
}

const day: BudgetInput = { period: "day", limitUsd: "5" };

test("a change is handed over once", async () => {
  const { daemon, sync, applied } = start();
  await sync.apply([day]);
  await sync.apply([day]);
  expect(daemon.requests).toEqual([{ name: "setBudget", request: { body: day } }]);
  expect(applied()).toEqual([day]);
});

test("what was handed over in an earlier session is not handed over again", async () => {
  const { daemon, sync } = start(() => ({}), [day]);
  await sync.apply([day]);
  expect(daemon.requests).toEqual([]);
});

test("an entry that is gone is removed", async () => {
  const { daemon, sync } = start(() => ({}), [day]);
  await sync.apply([]);
  expect(daemon.requests).toEqual([{ name: "removeBudget", request: { id: "day" } }]);
});

test("what failed is tried again", async () => {
  let failing = true;
  const { sync, applied, daemon } = start(() => {
    if (failing) throw new Error("away");
    return {};
  });
  await expect(sync.apply([day])).rejects.toThrow("away");
  expect(applied()).toEqual([]);
  failing = false;
  await sync.apply([day]);
  expect(daemon.requests).toHaveLength(2);
  expect(applied()).toEqual([day]);
});

test("two quick changes arrive in their order", async () => {
  const { daemon, sync, applied } = start();
  const raised = { ...day, limitUsd: "7" };
  await Promise.all([sync.apply([day]), sync.apply([raised])]);
  expect(daemon.requests.map(({ request }) => request)).toEqual([{ body: day }, { body: raised }]);
  expect(applied()).toEqual([raised]);
});

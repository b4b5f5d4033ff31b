import { expect, test } from "vitest";
import { type BudgetNotice, createBudgetNotices } from "../../extension/budgets/budgetNotices.ts";
import { createDaemonLink } from "../../extension/daemon/daemonLink.ts";
import type { LiveEvent } from "../../shared/live.ts";
import { makeBudget, makeSnapshot } from "./builders.ts";
import { createFakeDaemon } from "./fakeDaemon.ts";

/** A window; `claims` is the daemon's memory of who told what, which several windows share. */
function openWindow(claims: Set<string>) {
  const told: BudgetNotice[] = [];
  const daemon = createFakeDaemon((_, request) => {
    const key = JSON.stringify(request);
    const claimed = !claims.has(key);
    claims.add(key);
    return { claimed };
  });
  const link = createDaemonLink(
    () => daemon.connection,
    () => {},
  );
  const notices = createBudgetNotices(link, (notice) => told.push(notice));
  return { told, notices, daemon };
}

const budget = makeBudget({ spentUsd: "4.1", percent: 82, reached: 80 });
const crossing = {
  type: "budget",
  data: { budgets: [budget], crossed: { id: "day", threshold: 80, periodStart: budget.periodStart } },
} satisfies LiveEvent;

test("of two windows that see a threshold crossed, one tells of it", async () => {
  const claims = new Set<string>();
  const [one, other] = [openWindow(claims), openWindow(claims)];
  await Promise.all([one.notices.take(crossing), other.notices.take(crossing)]);
  expect([...one.told, ...other.told]).toEqual([{ budget, threshold: 80 }]);
});

test("what was crossed while no window was open is told by the next one, once", async () => {
  const { notices, told, daemon } = openWindow(new Set());
  const snapshot: LiveEvent = { type: "snapshot", data: makeSnapshot({ budgets: [budget] }) };
  await notices.take(snapshot);
  await notices.take(snapshot);
  expect(told).toEqual([{ budget, threshold: 80 }]);
  expect(daemon.requests).toHaveLength(1);
});

test("of a budget that the user has silenced nothing is told", async () => {
  const { notices, told, daemon } = openWindow(new Set());
  const muted = makeBudget({ ...budget, muted: true });
  await notices.take({ type: "snapshot", data: makeSnapshot({ budgets: [muted] }) });
  await notices.take({ type: "budget", data: { ...crossing.data, budgets: [muted] } });
  expect(told).toEqual([]);
  expect(daemon.requests).toEqual([]);
});

test("a new limit, a new period or a higher threshold is told anew", async () => {
  const claims = new Set<string>();
  const { notices, told } = openWindow(claims);
  await notices.take(crossing);
  const tomorrow = makeBudget({ ...budget, periodStart: "2026-11-22T00:00:00.000Z" });
  await notices.take({ type: "snapshot", data: makeSnapshot({ budgets: [tomorrow] }) });
  await notices.take({ type: "snapshot", data: makeSnapshot({ budgets: [{ ...tomorrow, reached: 100 }] }) });
  expect(told.map(({ threshold, budget: { periodStart } }) => [threshold, periodStart.slice(0, 10)])).toEqual(
    [
      [80, "2026-11-21"],
      [80, "2026-11-22"],
      [100, "2026-11-22"],
    ],
  );
});

test("a budget that merely changed is nothing to tell of", async () => {
  const { notices, told } = openWindow(new Set());
  await notices.take({ type: "budget", data: { budgets: [budget], crossed: null } });
  expect(told).toEqual([]);
});

import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { resolveQueryRange } from "../../daemon/http/resolveQueryRange.ts";
import { ensureTeamSchema } from "../../daemon/team/schema.ts";
import { openTeamDatabase } from "../../daemon/team/teamDatabase.ts";
import { createTeamReading } from "../../daemon/team/teamReading.ts";
import { meteredDatabase } from "../../scripts/bench/team/meteredDatabase.ts";
import { rollup, simulatedMachine, simulateTeam, usual } from "../../scripts/bench/team/simulatedTeam.ts";
import type { TeamSpendQuery } from "../../shared/teamSpend.ts";
import { makeStore } from "../store/testStore.ts";
import { startSqld } from "./team/sqld.ts";

const LAST_DAY = "2026-11-20";
const DEVELOPERS = 4;

/** What Turso bills is what the server counts. docs/team.md has the figures of a large team, by `npm run bench`. */
test("a view reads what has changed since it was last looked at, and a push writes what it brings", async () => {
  const sqld = await startSqld();
  const plain = openTeamDatabase({ url: sqld.url, token: null, timeoutMs: 15_000 });
  await ensureTeamSchema(plain, "UTC");
  plain.close();
  const database = meteredDatabase(sqld.url);
  const { rollups } = await simulateTeam(database, { developers: DEVELOPERS, days: 60, lastDay: LAST_DAY });
  // The row itself and that of its day; names, claims and versions of days are shared by many.
  expect(database.take().rowsWritten / rollups).toBeLessThan(2.2);

  let passedMs = 0;
  const nowMs = () => Date.parse(`${LAST_DAY}T17:00:00.000Z`) + passedMs;
  const store = await makeStore();
  await store.setTeam({
    url: sqld.url,
    timeZone: "UTC",
    share: { kind: "rollups", details: [] },
    joinedAtMs: 0,
    tokenPlace: null,
    lastPushedAtMs: null,
    takingBack: false,
  });
  const { view, budgets } = createTeamReading({
    store,
    database: () => database,
    developer: "reader",
    resolve: (range) => resolveQueryRange(range, nowMs(), "UTC"),
    nowMs,
    sleep: (ms) => sleep(ms, undefined, { ref: false }),
    isWatched: () => true,
    onBudgets: () => {},
    onToday: () => {},
    log: () => {},
  });
  const rowsRead = async (query: TeamSpendQuery) => {
    const spend = await view.spend(query);
    expect(spend?.freshness.problem).toBeNull();
    expect(spend?.total.calls).toBeGreaterThan(0);
    return database.take().rowsRead;
  };
  const later = () => {
    passedMs += 10_000;
  };

  const daysOfMonth = 20;
  const rowsOfDay = DEVELOPERS * usual.tuplesADay;
  const people = 2 * (DEVELOPERS + 1);
  const names = DEVELOPERS * usual.tuplesOfAll;
  const first = await rowsRead({ from: "month", groupBy: ["developer"] });
  expect(first).toBeLessThan(15 * rowsOfDay + names + 10 * daysOfMonth + 5 * people);
  // Whatever else is asked of the same days within some seconds asks nobody.
  expect(await rowsRead({ from: "month", groupBy: ["source", "model"] })).toBe(0);
  expect(
    await rowsRead({ from: "7d", groupBy: ["project"], filters: { developer: ["developer-0001"] } }),
  ).toBe(0);
  await view.series({ from: "month", groupBy: "project" });
  await view.members();
  expect(database.take().rowsRead).toBe(0);
  // Nothing has changed: the versions of the days, and who is there.
  later();
  expect(await rowsRead({ from: "month", groupBy: ["project"] })).toBeLessThan(daysOfMonth + people + 5);

  const machine = simulatedMachine(database, DEVELOPERS);
  const bucketMs = Date.parse(`${LAST_DAY}T16:45:00.000Z`);
  await machine.push([rollup(machine.developer, DEVELOPERS, 1, bucketMs, () => 0.5)]);
  expect(database.take().rowsWritten).toBeLessThanOrEqual(10);
  await machine.push([rollup(machine.developer, DEVELOPERS, 1, bucketMs, () => 0.9)]);
  // Its claim, the quarter hour, its day and the version of that; what SQLite writes to tell rows apart counts too.
  expect(database.take().rowsWritten).toBeLessThanOrEqual(6);
  later();
  // One day was pushed to: it alone is read again.
  expect(await rowsRead({ from: "month", groupBy: ["developer"] })).toBeLessThan(
    rowsOfDay + daysOfMonth + 6 * people + 20,
  );
  later();
  await budgets.look();
  expect(database.take().rowsRead).toBeLessThan(daysOfMonth + people + 5);
});

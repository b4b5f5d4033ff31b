import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { BudgetState } from "../../shared/budgets.ts";
import type { LiveEvent } from "../../shared/live.ts";
import type { TeamSpend } from "../../shared/teamSpend.ts";
import { makeReport, makeStoredCall } from "../builders.ts";
import { makeApp } from "../daemon/testApp.ts";
import { type Member, makeMember } from "./team/member.ts";
import { type Sqld, startSqld } from "./team/sqld.ts";
import { inFrontOf } from "./team/trouble.ts";

const NOON = "2026-11-18T12:00:00.000Z";
const nowMs = () => Date.parse(NOON);

type App = Awaited<ReturnType<typeof makeApp>>;

async function joinedApp(sqld: Sqld, options: Parameters<typeof makeApp>[0] = {}): Promise<App> {
  const app = await makeApp({ nowMs, ...options });
  await app.json("PUT", "/v1/team", { body: { url: sqld.url } });
  return app;
}

async function pushedBy(sqld: Sqld, developer: string, ...calls: Parameters<typeof makeStoredCall>[0][]) {
  const member = await makeMember({ developer });
  await member.spend(...calls.map((call) => makeStoredCall({ startedAt: NOON, ...call })));
  await member.team.join({ url: sqld.url });
  expect((await member.team.push()).problem).toBeNull();
  return member;
}

async function pushMore(member: Member, ...calls: Parameters<typeof makeStoredCall>[0][]) {
  await member.spend(...calls.map((call) => makeStoredCall({ startedAt: NOON, ...call })));
  expect((await member.team.push()).problem).toBeNull();
}

function byKey({ rows }: TeamSpend): Record<string, string> {
  return Object.fromEntries(rows.map(({ keys, costUsd }) => [keys.join(" | "), costUsd]));
}

/** What was read a moment ago is not read again. */
const AGAIN_MS = 5_100;

test("a team's spend by developer, project, source, model, provider and day", async () => {
  const sqld = await startSqld();
  await pushedBy(
    sqld,
    "ada",
    { costNanoUsd: 1_500_000_001, workspace: "/home/ada/shop", source: "/api/chat" },
    { costNanoUsd: 2, workspace: "/home/ada/blog", source: null, startedAt: "2026-11-16T23:59:59.000Z" },
  );
  await pushedBy(sqld, "bob", {
    costNanoUsd: 250_000_000,
    workspace: "C:\\code\\shop",
    source: "/api/search",
    provider: "anthropic",
    requestModel: "claude-sonnet-4-5",
  });
  const app = await joinedApp(sqld);
  const by = async (query: string): Promise<TeamSpend> => await app.json("GET", `/v1/team/spend?${query}`);

  const developers = await by("groupBy=developer&from=month");
  expect(byKey(developers)).toEqual({ ada: "1.500000003", bob: "0.25" });
  expect(developers.total).toMatchObject({ costUsd: "1.750000003", calls: 3 });
  expect(developers).toMatchObject({
    from: "2026-11-01T00:00:00.000Z",
    to: "2026-11-19T00:00:00.000Z",
    freshness: { asOf: NOON, problem: null, unknownDays: 0 },
  });
  expect(byKey(await by("groupBy=project&from=month"))).toEqual({ shop: "1.750000001", blog: "0.000000002" });
  expect(byKey(await by("groupBy=source&from=month"))).toEqual({
    "/api/chat": "1.500000001",
    "/api/search": "0.25",
    "": "0.000000002",
  });
  expect(byKey(await by("groupBy=model&from=today"))).toEqual({
    "gpt-4o-mini": "1.500000001",
    "claude-sonnet-4-5": "0.25",
  });
  expect(byKey(await by("groupBy=day,provider&from=month"))).toEqual({
    "2026-11-18 | openai": "1.500000001",
    "2026-11-18 | anthropic": "0.25",
    "2026-11-16 | openai": "0.000000002",
  });
  expect(byKey(await by("groupBy=source&from=month&developer=bob"))).toEqual({ "/api/search": "0.25" });
  expect((await by("from=month&project=shop&developer=ada&developer=bob")).total.calls).toBe(2);

  const series = await app.json("GET", "/v1/team/series?groupBy=developer&from=2026-11-16");
  expect(series).toMatchObject({
    days: ["2026-11-16", "2026-11-17", "2026-11-18"],
    series: [
      { key: "ada", other: false, costUsd: ["0.000000002", "0", "1.500000001"], calls: [1, 0, 1] },
      { key: "bob", other: false, costUsd: ["0", "0", "0.25"], calls: [0, 0, 1] },
    ],
  });
  const top = await app.json("GET", "/v1/team/series?groupBy=source&from=2026-11-18&top=1");
  expect(top.series).toMatchObject([
    { key: "/api/chat", other: false },
    { key: null, other: true, costUsd: ["0.25"] },
  ]);
  const { members } = await app.json("GET", "/v1/team/members");
  expect(members.map(({ developer }: { developer: string }) => developer).toSorted()).toEqual(["ada", "bob"]);
});

test("what others push, correct and take back shows the next time", async () => {
  const sqld = await startSqld();
  const ada = await pushedBy(sqld, "ada", { costNanoUsd: 5 });
  let now = nowMs();
  const app = await joinedApp(sqld, { nowMs: () => now });
  const spent = async () => byKey(await app.json("GET", "/v1/team/spend?groupBy=developer&from=7d"));
  expect(await spent()).toEqual({ ada: "0.000000005" });
  const call = makeStoredCall({ startedAt: NOON, costNanoUsd: 100 });
  await ada.spend(call);
  const bob = await pushedBy(sqld, "bob", {
    costNanoUsd: 7,
    source: "/api/new",
    startedAt: "2026-11-15T12:00:00.000Z",
  });
  await ada.team.push();
  expect(await spent()).toEqual({ ada: "0.000000005" });
  now += AGAIN_MS;
  expect(await spent()).toEqual({ ada: "0.000000105", bob: "0.000000007" });

  const before = { ...call, developer: "ada" };
  await ada.store.replaceCalls([{ before, after: { ...before, costNanoUsd: 50 } }]);
  await ada.team.push();
  await bob.team.leave(true);
  now += AGAIN_MS;
  expect(await spent()).toEqual({ ada: "0.000000055" });
  expect(byKey(await app.json("GET", "/v1/team/spend?groupBy=source&from=7d"))).toEqual({
    "/api/chat": "0.000000055",
  });
});

test("ids that a database gave anew after it was put back are not taken for the old ones", async () => {
  const sqld = await startSqld();
  const ada = await pushedBy(sqld, "ada", { costNanoUsd: 5, source: "/api/old" });
  let now = nowMs();
  const app = await joinedApp(sqld, { nowMs: () => now });
  expect(byKey(await app.json("GET", "/v1/team/spend?groupBy=source"))).toEqual({
    "/api/old": "0.000000005",
  });
  await ada.team.leave(true);
  await sqld.query("DELETE FROM taximeter_dimensions");
  await sqld.query("DELETE FROM sqlite_sequence");
  await pushedBy(sqld, "bob", { costNanoUsd: 9, source: "/api/new" });
  now += AGAIN_MS;
  expect(byKey(await app.json("GET", "/v1/team/spend?groupBy=source,developer"))).toEqual({
    "/api/new | bob": "0.000000009",
  });
  expect(app.logged.join()).toContain("gone back in time");
});

test("while the team's database is away its last known figures are shown, and since when", async () => {
  const sqld = await startSqld();
  await pushedBy(sqld, "ada", { costNanoUsd: 5 });
  let now = nowMs();
  const app = await joinedApp(sqld, { nowMs: () => now });
  await app.json("GET", "/v1/team/spend?from=7d");
  await sqld.kill();
  now += 60_000;
  const away: TeamSpend = await app.json("GET", "/v1/team/spend?groupBy=developer&from=7d");
  expect(byKey(away)).toEqual({ ada: "0.000000005" });
  expect(away.freshness).toMatchObject({ asOf: NOON, problem: { kind: "unreachable" }, unknownDays: 0 });
  const never: TeamSpend = await app.json("GET", "/v1/team/spend?from=2026-09-10&to=2026-09-11");
  expect(never).toMatchObject({ total: { calls: 0 }, freshness: { asOf: null, unknownDays: 2 } });
  const again = performance.now();
  await app.json("GET", "/v1/team/spend?from=7d");
  expect(performance.now() - again).toBeLessThan(1_000);

  await sqld.start();
  now += 60_000;
  const back: TeamSpend = await app.json("GET", "/v1/team/spend?from=7d");
  expect(back.freshness).toMatchObject({ asOf: new Date(now).toISOString(), problem: null });
});

test("a database that is slow keeps nobody waiting, and is asked once at a time", async () => {
  const sqld = await startSqld();
  await pushedBy(sqld, "ada", { costNanoUsd: 5 });
  const server = await inFrontOf(sqld.url);
  let now = nowMs();
  const app = await makeApp({ nowMs: () => now });
  await app.json("PUT", "/v1/team", { body: { url: server.url } });
  // What is looked at after a push has been looked at.
  await app.json("POST", "/v1/team/push", { body: {} });
  await app.json("GET", "/v1/budgets");
  await app.json("GET", "/v1/team/spend?from=7d");
  server.trouble = () => ({ delayMs: 12_000 });
  now += 60_000;
  const before = server.requests();
  const start = performance.now();
  const slow = await Promise.all([
    app.json("GET", "/v1/team/spend?from=7d&groupBy=developer"),
    app.json("GET", "/v1/team/series?from=7d"),
    app.json("GET", "/v1/team/members"),
  ]);
  expect(byKey(slow[0])).toEqual({ ada: "0.000000005" });
  expect(slow[0].freshness.asOf).toBe(NOON);
  expect((await app.json("GET", "/v1/budgets")).budgets).toEqual([]);
  expect(performance.now() - start).toBeLessThan(8_000);
  expect(server.requests() - before).toBe(1);
  // Days that were never read are waited for somewhat longer, and then said to be missing.
  const never: TeamSpend = await app.json("GET", "/v1/team/spend?from=2026-10-01&to=2026-10-02");
  expect(never.freshness).toMatchObject({ asOf: null, unknownDays: 2, problem: { kind: "unreachable" } });
  server.trouble = () => null;
  await server.quiet();
});

test("days are those of the team's zone, whoever looks", async () => {
  const sqld = await startSqld();
  const late = await makeMember({ developer: "ada", timeZone: "Asia/Kathmandu" });
  await late.spend(makeStoredCall({ startedAt: "2026-11-17T18:20:00.000Z", costNanoUsd: 3 }));
  await late.team.join({ url: sqld.url });
  await late.team.push();
  const app = await joinedApp(sqld, { timeZone: "America/New_York" });
  expect(await app.json("GET", "/v1/team/spend?groupBy=day")).toMatchObject({
    timeZone: "Asia/Kathmandu",
    from: "2026-11-17T18:15:00.000Z",
    to: "2026-11-18T18:15:00.000Z",
    rows: [{ key: "2026-11-18", costUsd: "0.000000003" }],
  });
});

test("a team's budget is everybody's, and each is told once when it is crossed", async () => {
  const sqld = await startSqld();
  const bob = await pushedBy(sqld, "bob", { costNanoUsd: 300_000_000, workspace: "/home/bob/shop" });
  let now = nowMs();
  const ada = await joinedApp(sqld, { nowMs: () => now, developer: "ada" });
  const other = await joinedApp(sqld, { nowMs: () => now, developer: "eve" });
  const project = { dimension: "workspace", value: "shop" };
  await ada.json("PUT", "/v1/budgets", { body: { team: true, period: "month", limitUsd: "1" } });
  await ada.json("PUT", "/v1/budgets", {
    body: { team: true, period: "day", limitUsd: "9", scope: project },
  });
  await ada.json("PUT", "/v1/budgets", { body: { period: "month", limitUsd: "50" } });
  now += AGAIN_MS;
  const seen: { budgets: BudgetState[] } = await other.json("GET", "/v1/budgets");
  expect(seen.budgets).toMatchObject([
    { id: "team:day:workspace:shop", team: true, limitUsd: "9", spentUsd: "0.3" },
    { id: "team:month", team: true, spentUsd: "0.3", percent: 30, reached: null, thresholds: [50, 80, 100] },
  ]);

  const events: LiveEvent[] = [];
  other.live.subscribe({}, { ready: () => true, send: (event) => void events.push(event), close: () => {} });
  await pushMore(bob, { costNanoUsd: 550_000_000 });
  now += AGAIN_MS;
  await other.json("GET", "/v1/budgets");
  await other.json("GET", "/v1/budgets");
  await sleep(400);
  const crossed = events.flatMap((event) => (event.type === "budget" ? (event.data.crossed ?? []) : []));
  expect(crossed).toEqual([{ id: "team:month", threshold: 80, periodStart: "2026-11-01T00:00:00.000Z" }]);
  const notice = { body: { periodStart: "2026-11-01T00:00:00.000Z", threshold: 80 } };
  expect(await other.json("POST", "/v1/budgets/team%3Amonth/notices", notice)).toEqual({ claimed: true });
  expect(await other.json("POST", "/v1/budgets/team%3Amonth/notices", notice)).toEqual({ claimed: false });
  expect(await ada.json("POST", "/v1/budgets/team%3Amonth/notices", notice)).toEqual({ claimed: true });

  // To be silenced is each developer's own.
  const silenced = { team: true, period: "month", limitUsd: "1", muted: true };
  expect(await other.json("PUT", "/v1/budgets", { body: silenced })).toMatchObject({ muted: true });
  now += AGAIN_MS;
  const [, adas] = (await ada.json("GET", "/v1/budgets")).budgets.filter(({ team }: BudgetState) => team);
  expect(adas).toMatchObject({ id: "team:month" });
  expect(adas).not.toHaveProperty("muted");

  expect(await ada.json("DELETE", "/v1/budgets/team%3Amonth")).toEqual({ removed: true });
  now += AGAIN_MS;
  const left: { budgets: BudgetState[] } = await other.json("GET", "/v1/budgets");
  expect(left.budgets.map(({ id }) => id)).toEqual(["team:day:workspace:shop"]);
});

test("what makes no sense of a team's budget is refused, and without the database nothing is said to be set", async () => {
  const sqld = await startSqld();
  const app = await joinedApp(sqld);
  const set = (body: object, status: number) => app.json("PUT", "/v1/budgets", { body, status });
  const month = { team: true, period: "month", limitUsd: "5" };
  expect(await set({ ...month, hardStop: true }, 400)).toMatchObject({ field: "hardStop" });
  const scope = { dimension: "conversation", value: "c1" };
  expect(await set({ ...month, scope }, 400)).toMatchObject({ field: "scope" });
  await sqld.kill();
  expect(await set(month, 502)).toMatchObject({ error: expect.stringContaining("can't be reached") });
  expect((await app.json("GET", "/v1/budgets")).budgets).toEqual([]);
});

test("who left sees nothing of the team, and who never joined is told how to", async () => {
  const sqld = await startSqld();
  await pushedBy(sqld, "ada", { costNanoUsd: 5 });
  let now = nowMs();
  const app = await joinedApp(sqld, { nowMs: () => now });
  await app.json("POST", "/v1/calls", { body: [makeReport({ startedAt: NOON })] });
  await app.json("POST", "/v1/team/push", { body: {} });
  now += AGAIN_MS;
  await app.json("GET", "/v1/budgets");
  expect((await app.json("GET", "/v1/status")).team).toEqual({
    todayUsd: "1.000000005",
    asOf: new Date(now).toISOString(),
  });
  await app.json("PUT", "/v1/budgets", { body: { team: true, period: "month", limitUsd: "5" } });
  const told = async () => {
    const events: LiveEvent[] = [];
    app.live.subscribe({}, { ready: () => true, send: (event) => void events.push(event), close: () => {} });
    await sleep(300);
    return events
      .flatMap((event) => (event.type === "snapshot" ? event.data.budgets : []))
      .map(({ id }) => id);
  };
  expect(await told()).toEqual(["team:month"]);
  await app.json("DELETE", "/v1/team");
  expect(await told()).toEqual([]);
  const refused = await app.json("GET", "/v1/team/spend", { status: 409 });
  expect(refused.error).toContain("taximeter team join");
  expect((await app.json("GET", "/v1/status")).team).toBeUndefined();
  expect(await app.store.teamContributors()).toEqual([]);
});

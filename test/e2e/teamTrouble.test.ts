import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { openTeamDatabase } from "../../daemon/team/teamDatabase.ts";
import type { TeamFailure } from "../../daemon/team/teamFailure.ts";
import { someCalls } from "./team/calls.ts";
import { expectSameSum, makeMember } from "./team/member.ts";
import { startSqld } from "./team/sqld.ts";
import { inFrontOf, type Trouble } from "./team/trouble.ts";

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** A member of a team whose server is behind trouble, with nothing pushed yet. */
async function troubledMember(options: { requestTimeoutMs?: number } = {}) {
  const sqld = await startSqld();
  const server = await inFrontOf(sqld.url);
  const member = await makeMember({ developer: "ada", ...options });
  await member.team.join({ url: server.url });
  await member.advance(0);
  return { sqld, server, member };
}

describe("whatever becomes of a push, the team's sum is that of the store in the end", () => {
  const answers: [name: string, trouble: Trouble, kind: string][] = [
    ["refused", { answer: 401 }, "refused"],
    ["asked to come less often", { answer: 429 }, "limited"],
    ["a server's own mistake", { answer: 500 }, "failing"],
    ["not there behind its gateway", { answer: 502 }, "unreachable"],
    ["garbage", { answer: 200, body: "<html>Sign in to this hotel's network</html>" }, "noDatabase"],
    ["JSON that says nothing", { answer: 200, body: "{}" }, "noDatabase"],
    ["gone", { gone: true }, "unreachable"],
  ];
  test.each(answers)("%s", async (_name, trouble, kind) => {
    const { sqld, server, member } = await troubledMember();
    server.trouble = () => trouble;
    for (let hour = 0; hour < 5; hour += 1) {
      await member.spend(...someCalls(20, hour));
      await member.advance(3_600_000);
    }
    const status = await member.team.status();
    expect(status.problem).toMatchObject({ kind });
    expect(status.outstanding).toBeGreaterThan(0);
    // Told once, however often it was tried.
    expect(member.logged.filter((line) => line.includes(status.problem?.message ?? "?"))).toHaveLength(1);
    expect(member.team.warnings()).toEqual([status.problem?.message]);
    server.trouble = () => null;
    await member.advance(3_600_000);
    await expectSameSum(sqld, [member]);
    expect(await member.team.status()).toMatchObject({ problem: null, outstanding: 0, warnings: [] });
  });

  test("each third answer is lost, each fifth request fails", async () => {
    const { sqld, server, member } = await troubledMember();
    server.trouble = (number) =>
      number % 5 === 0 ? { answer: 503 } : number % 3 === 0 ? { loseAnswer: true } : null;
    for (let round = 0; round < 6; round += 1) {
      await member.spend(...someCalls(150, round));
      await member.advance(60_000);
    }
    server.trouble = () => null;
    await member.advance(3_600_000);
    await expectSameSum(sqld, [member]);
    const [machines] = await sqld.query("SELECT count(*) AS n FROM taximeter_machines");
    expect(machines?.["n"]).toBe(1);
  });

  test("a push that arrives long after it was given up changes nothing", async () => {
    const { sqld, server, member } = await troubledMember({ requestTimeoutMs: 1_200 });
    let pushes = 0;
    let late = 0;
    server.trouble = (_number, method) => {
      if (method !== "POST") return null;
      pushes += 1;
      if (pushes % 3 !== 2) return null;
      late += 1;
      return { delayMs: 2_500 };
    };
    for (let round = 0; round < 5; round += 1) {
      await member.spend(...someCalls(40, round));
      await member.advance(600_000);
      await sleep(200);
    }
    expect(late).toBeGreaterThan(1);
    server.trouble = () => null;
    await server.quiet();
    await member.spend(...someCalls(5, 99));
    await member.advance(3_600_000);
    await expectSameSum(sqld, [member]);
    const [machines] = await sqld.query("SELECT count(*) AS n FROM taximeter_machines");
    expect(machines?.["n"]).toBe(1);
  });

  test("slow: a server that takes its time gets less at once and all in the end", async () => {
    const { sqld, server, member } = await troubledMember({ requestTimeoutMs: 5_000 });
    server.trouble = () => ({ delayMs: 150 });
    await member.spend(...someCalls(500, 1, 30));
    await member.advance(60_000);
    await expectSameSum(sqld, [member]);
  });

  test("a request that is too big is sent in smaller ones", async () => {
    const { sqld, server, member } = await troubledMember();
    let largest = 0;
    server.trouble = () => null;
    await member.spend(...someCalls(400, 1, 30));
    server.trouble = (number) => (number % 2 === 0 && largest++ < 4 ? { answer: 413 } : null);
    await member.advance(60_000);
    server.trouble = () => null;
    await member.advance(3_600_000);
    expect(largest).toBeGreaterThan(1);
    await expectSameSum(sqld, [member]);
  });
});

test("a server that is killed in the middle of pushes, again and again", async () => {
  const sqld = await startSqld();
  const member = await makeMember();
  await member.team.join({ url: sqld.url });
  for (let round = 0; round < 5; round += 1) {
    await member.spend(...someCalls(400, round, 30));
    const pushed = member.advance(30_000);
    await sleep(20 + 40 * round);
    await sqld.kill();
    await pushed;
    await sqld.start();
  }
  await member.advance(3_600_000);
  await expectSameSum(sqld, [member]);
});

test("a daemon that ends in the middle of pushes goes on where it was", async () => {
  const sqld = await startSqld();
  const server = await inFrontOf(sqld.url);
  let member = await makeMember();
  const { file } = member;
  await member.team.join({ url: server.url });
  await member.advance(0);
  for (let round = 0; round < 4; round += 1) {
    await member.spend(...someCalls(500, round, 30));
    // One piece arrives, of the next the answer is lost, and nobody is there after it.
    const from = server.requests();
    server.trouble = (number) =>
      number < from + 2 ? null : number < from + 3 ? { loseAnswer: true } : { gone: true };
    await member.advance(20_000);
    await member.end();
    member = await makeMember({ file });
    await member.team.start();
  }
  server.trouble = () => null;
  await member.advance(3_600_000);
  await expectSameSum(sqld, [member]);
});

test("after a week without its server, a week of spend arrives, and few requests were made in vain", async () => {
  const { sqld, server, member } = await troubledMember();
  const before = server.requests();
  server.trouble = () => ({ gone: true });
  for (let day = 0; day < 7; day += 1) {
    await member.spend(...someCalls(60, day, 1));
    await member.advance(DAY_MS);
  }
  // Every ten minutes at the most.
  expect(server.requests() - before).toBeLessThan(WEEK_MS / 300_000);
  server.trouble = () => null;
  await member.advance(600_000);
  await expectSameSum(sqld, [member]);
  expect(member.logged.filter((line) => line.includes("can't be reached"))).toHaveLength(1);
});

test("a full database", async () => {
  const sqld = await startSqld({ admin: true });
  const member = await makeMember();
  await member.team.join({ url: sqld.url });
  await member.advance(0);
  await sqld.limitSize("200kb");
  await member.spend(...someCalls(3_000, 1, 300));
  await member.advance(60_000);
  expect((await member.team.status()).problem).toMatchObject({ kind: "failing" });
  await sqld.limitSize("100mb");
  await member.advance(3_600_000);
  await expectSameSum(sqld, [member]);
});

test("writes that the provider blocks arrive when it does no more", async () => {
  const sqld = await startSqld({ admin: true });
  const member = await makeMember();
  await member.team.join({ url: sqld.url });
  await member.advance(0);
  await sqld.block("the quota is used up");
  await member.spend(...someCalls(50, 1));
  await member.advance(60_000);
  expect((await member.team.status()).problem).toMatchObject({ kind: "blocked" });
  await sqld.block(null);
  await member.advance(3_600_000);
  await expectSameSum(sqld, [member]);
});

test("clocks that are a day wrong, either way", async () => {
  const sqld = await startSqld();
  const members = await Promise.all(
    [-DAY_MS, 0, DAY_MS].map((clockSkewMs, at) => makeMember({ developer: `dev-${at}`, clockSkewMs })),
  );
  for (const [at, member] of members.entries()) {
    await member.team.join({ url: sqld.url });
    await member.spend(...someCalls(50, at, 2, Date.now() + (at - 1) * DAY_MS));
    await member.advance(60_000);
  }
  await expectSameSum(sqld, members);
  const pushed = await sqld.query("SELECT pushed_at_ms FROM taximeter_machines");
  for (const row of pushed) expect(Math.abs(Number(row["pushed_at_ms"]) - Date.now())).toBeLessThan(60_000);
});

test("a kept connection that the server has closed costs a question nothing; what writes is left to the next push", async () => {
  const sqld = await startSqld();
  const server = await inFrontOf(sqld.url);
  const database = openTeamDatabase({ url: server.url, token: null, timeoutMs: 5_000 });
  onTestFinished(() => database.close());
  const ask = (mode: "read" | "write") =>
    database.batch(mode, [{ sql: "SELECT 1 AS one", args: [] }]).catch((error: TeamFailure) => error.kind);
  expect(await ask("read")).toMatchObject([[{ one: 1 }]]);
  const closedOnce = (how: Trouble) => {
    const next = server.requests() + 1;
    server.trouble = (number) => (number === next ? how : null);
  };
  closedOnce({ gone: true });
  expect(await ask("read")).toMatchObject([[{ one: 1 }]]);
  closedOnce({ reset: true });
  expect(await ask("read")).toMatchObject([[{ one: 1 }]]);
  closedOnce({ gone: true });
  expect(await ask("write")).toBe("unreachable");
  server.trouble = () => ({ gone: true });
  const before = server.requests();
  expect(await ask("read")).toBe("unreachable");
  expect(server.requests()).toBe(before + 1);
});

import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { connect } from "../../daemon/store/database.ts";
import { makeStoredCall } from "../builders.ts";
import { makeFolder } from "../store/testStore.ts";
import { someCalls } from "./team/calls.ts";
import { expectSameSum, type Member, makeMember, teamNanoUsd } from "./team/member.ts";
import { type Sqld, startSqld } from "./team/sqld.ts";
import { inFrontOf } from "./team/trouble.ts";

async function count(sqld: Sqld, table: string): Promise<number> {
  const [row] = await sqld.query(`SELECT count(*) AS n FROM taximeter_${table}`);
  return Number(row?.["n"]);
}

test("twenty that join at once make one schema, and twenty that push at once one sum", async () => {
  const sqld = await startSqld();
  const members: Member[] = [];
  // Ten developers, each at two machines.
  for (let at = 0; at < 20; at += 1) members.push(await makeMember({ developer: `dev-${at % 10}` }));
  for (const [at, member] of members.entries()) await member.spend(...someCalls(60, at));
  await Promise.all(members.map((member) => member.team.join({ url: sqld.url })));
  await Promise.all(members.map((member) => member.advance(600_000)));
  await Promise.all(members.map((member, at) => member.spend(...someCalls(30, 100 + at))));
  await Promise.all(members.map((member) => member.advance(600_000)));
  await expectSameSum(sqld, members);
  expect(await sqld.query("SELECT version FROM taximeter_schema")).toEqual([{ version: 1 }]);
  expect(await count(sqld, "settings")).toBe(1);
  expect(await count(sqld, "machines")).toBe(20);
  const developers = await sqld.query("SELECT DISTINCT developer FROM taximeter_contributors");
  expect(developers).toHaveLength(10);
  for (const member of members) {
    expect(await member.team.status()).toMatchObject({ problem: null, outstanding: 0 });
  }
});

test("what changes later changes at the team: prices, answers that come late, calls that prove to be one", async () => {
  const sqld = await startSqld();
  const member = await makeMember({ developer: "ada" });
  await member.team.join({ url: sqld.url, share: { kind: "calls", details: [] } });
  const priced = makeStoredCall({ developer: "ada", costNanoUsd: 100 });
  const pending = makeStoredCall({
    status: "pending",
    durationMs: null,
    costNanoUsd: null,
    costStatus: "unpriced",
    requestModel: null,
    responseModel: null,
  });
  const responseId = "resp_0123456789abcdef";
  const seenTwice = makeStoredCall({ callId: "b-once", responseId: null });
  await member.spend(priced, pending, seenTwice, makeStoredCall({ callId: "b-twice", responseId }));
  await member.advance(60_000);
  await expectSameSum(sqld, [member]);
  expect(await count(sqld, "calls")).toBe(4);

  await member.store.replaceCalls([{ before: priced, after: { ...priced, costNanoUsd: 7 } }]);
  await member.spend(
    {
      ...pending,
      status: "ok",
      durationMs: 9,
      costNanoUsd: 900,
      costStatus: "computed",
      requestModel: "gpt-4o",
    },
    { ...seenTwice, responseId },
  );
  await member.advance(60_000);
  await expectSameSum(sqld, [member]);
  expect(await count(sqld, "calls")).toBe(3);
  const [sum] = await sqld.query(
    "SELECT sum(calls) AS calls, sum(cost_nano_usd) AS cost FROM taximeter_rollups",
  );
  expect(sum?.["calls"]).toBe(3);
  const [calls] = await sqld.query("SELECT sum(cost_nano_usd) AS cost FROM taximeter_calls");
  expect(calls?.["cost"]).toBe(sum?.["cost"]);
});

describe("a copied home", () => {
  async function twoOf(sqld: Sqld, at: "rest" | "work") {
    const first = await makeMember({ developer: "ada" });
    const server = await inFrontOf(sqld.url);
    await first.team.join({ url: server.url });
    await first.spend(...someCalls(40, 1));
    await first.advance(60_000);
    // What is not pushed yet when the copy is made is in both of them.
    server.trouble = () => (at === "work" ? { gone: true } : null);
    await first.spend(...someCalls(20, 2));
    await first.advance(60_000);
    const held = await first.ownNanoUsd();
    await first.end();
    server.trouble = () => null;
    const file = join(makeFolder(), "taximeter.db");
    copyFileSync(first.file, file);
    return { original: first.file, file, held };
  }

  test.each(["rest", "work"] as const)("made at %s becomes a machine of its own", async (at) => {
    const sqld = await startSqld();
    const { original, file, held } = await twoOf(sqld, at);
    // The copy comes first, and both spend in the same quarter hour on the same.
    const copy = await makeMember({ developer: "ada", file });
    const first = await makeMember({ developer: "ada", file: original });
    for (const member of [copy, first, copy, first]) {
      await member.team.start();
      await member.spend(makeStoredCall({ costNanoUsd: 1_000 }));
      await member.advance(60_000);
    }
    expect(await first.ownNanoUsd()).toBe(held + 2_000);
    expect(await copy.ownNanoUsd()).toBe(held + 2_000);
    expect(await teamNanoUsd(sqld)).toBe(held + 4_000);
    expect(await count(sqld, "machines")).toBe(2);
    expect((await copy.team.status()).machine).not.toBe((await first.team.status()).machine);
  });

  test("that comes late with what was not pushed then takes nothing back that the first one pushed since", async () => {
    const sqld = await startSqld();
    const { original, file, held } = await twoOf(sqld, "work");
    const first = await makeMember({ developer: "ada", file: original });
    await first.team.start();
    // The same rows that the copy still has as they were.
    await first.spend(...someCalls(20, 2));
    await first.advance(60_000);
    const copy = await makeMember({ developer: "ada", file });
    for (let at = 0; at < 60; at += 1) await copy.spend(makeStoredCall({ costNanoUsd: 1 }));
    await copy.team.start();
    await copy.advance(60_000);
    expect(await teamNanoUsd(sqld)).toBe((await first.ownNanoUsd()) + 60);
    expect(await copy.ownNanoUsd()).toBe(held + 60);
  });

  test("that was moved loses nothing that was not pushed yet", async () => {
    const sqld = await startSqld();
    const { file } = await twoOf(sqld, "work");
    const moved = await makeMember({ developer: "ada", file });
    await moved.team.start();
    await moved.spend(...someCalls(10, 3));
    await moved.advance(60_000);
    await expectSameSum(sqld, [moved]);
  });

  test("of a whole disk, which no system tells from the first, is found by its claim", async () => {
    const sqld = await startSqld();
    const { original, file, held } = await twoOf(sqld, "rest");
    const identity = (of: string, say?: string) => {
      const database = connect(of, 1_000);
      if (say !== undefined) database.run("UPDATE team_settings SET value = ? WHERE name = 'file'", [say]);
      database.close();
    };
    const { ino } = await import("node:fs").then(({ statSync }) => statSync(file));
    identity(file, JSON.stringify(String(ino)));
    const copy = await makeMember({ developer: "ada", file });
    const first = await makeMember({ developer: "ada", file: original });
    for (const member of [copy, first, copy, first]) {
      await member.team.start();
      await member.spend(makeStoredCall({ costNanoUsd: 1_000 }));
      await member.advance(60_000);
    }
    expect(await teamNanoUsd(sqld)).toBe(held + 4_000);
    expect(await count(sqld, "machines")).toBe(2);
    // What was repriced since is each one's own.
    await first.spend(makeStoredCall({ costNanoUsd: 500 }));
    await first.advance(60_000);
    expect(await teamNanoUsd(sqld)).toBe(held + 4_500);
  });
});

describe("a server", () => {
  test("that went back in time gets what it lost again", async () => {
    const sqld = await startSqld();
    const member = await makeMember();
    await member.team.join({ url: sqld.url });
    await member.spend(...someCalls(30, 1));
    await member.advance(60_000);
    const [then] = await sqld.query("SELECT claim FROM taximeter_machines");
    await member.spend(...someCalls(30, 2));
    await member.advance(60_000);
    await sqld.query("DELETE FROM taximeter_rollups WHERE bucket_ms % 1800000 = 0");
    await sqld.query(`UPDATE taximeter_machines SET claim = '${String(then?.["claim"])}'`);
    await member.spend(makeStoredCall());
    await member.advance(60_000);
    await expectSameSum(sqld, [member]);
    expect(await count(sqld, "machines")).toBe(1);
  });

  test("that lost everything is given everything", async () => {
    const sqld = await startSqld();
    const member = await makeMember();
    await member.team.join({ url: sqld.url });
    await member.spend(...someCalls(30, 1));
    await member.advance(60_000);
    for (const { name } of await sqld.query(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'taximeter_%'",
    )) {
      await sqld.query(`DROP TABLE ${String(name)}`);
    }
    await member.spend(makeStoredCall());
    await member.advance(3_600_000);
    await member.spend(makeStoredCall());
    await member.advance(60_000);
    await expectSameSum(sqld, [member]);
  });

  test("with a newer schema is read and not written to, and told of in one sentence", async () => {
    const sqld = await startSqld();
    const member = await makeMember();
    await member.team.join({ url: sqld.url });
    await member.spend(...someCalls(10, 1));
    await member.advance(60_000);
    await sqld.query("UPDATE taximeter_schema SET version = 2");
    await member.spend(...someCalls(10, 2));
    await member.advance(600_000);
    const before = await teamNanoUsd(sqld);
    const status = await member.team.status();
    expect(status.problem?.kind).toBe("schemaTooNew");
    expect(status.problem?.message).toMatch(/newer Taximeter: update this one/);
    expect(status.outstanding).toBeGreaterThan(0);
    const newcomer = await makeMember({ developer: "bob" });
    await newcomer.spend(...someCalls(10, 3));
    expect((await newcomer.team.join({ url: sqld.url })).problem?.kind).toBe("schemaTooNew");
    await newcomer.advance(600_000);
    expect(await sqld.query("SELECT version FROM taximeter_schema")).toEqual([{ version: 2 }]);
    expect(await teamNanoUsd(sqld)).toBe(before);
    await sqld.query("UPDATE taximeter_schema SET version = 1");
    await member.advance(3_600_000);
    await newcomer.advance(3_600_000);
    await expectSameSum(sqld, [member, newcomer]);
  });
});

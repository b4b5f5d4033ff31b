import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { makeStoredCall } from "../builders.ts";
import { someCalls } from "./team/calls.ts";
import { expectSameSum, makeMember, teamNanoUsd } from "./team/member.ts";
import { type Sqld, startSqld } from "./team/sqld.ts";
import { inFrontOf } from "./team/trouble.ts";

/** A call with all that may be told of one, or not. */
const telling = () =>
  makeStoredCall({
    workspace: "/home/ada.lovelace/secret-client/shop",
    gitBranch: "acquire-rival",
    callSite: { file: "src/offer.ts", line: 7, function: "offer" },
    conversationId: "conversation-1815",
    attributes: { lead: "babbage" },
    feature: "reply",
  });
const SECRETS = [
  "ada.lovelace",
  "secret-client",
  "acquire-rival",
  "src/offer.ts",
  "conversation-1815",
  "babbage",
];

/** Everything that the team's database holds, as one text. */
async function everything(sqld: Sqld): Promise<string> {
  const texts: string[] = [];
  for (const table of ["machines", "contributors", "dimensions", "rollups", "days", "calls"]) {
    texts.push(JSON.stringify(await sqld.query(`SELECT * FROM taximeter_${table}`)));
  }
  return texts.join("\n");
}

describe("what leaves", () => {
  test("is by default sums by model, route and project, and nothing that says more", async () => {
    const sqld = await startSqld();
    const member = await makeMember({ developer: "ada" });
    await member.spend(telling(), makeStoredCall({ ...telling(), callId: "c-2", gitBranch: "main" }));
    const before = await member.team.preview(20);
    await member.team.join({ url: sqld.url });
    const preview = await member.team.preview(20);
    expect(preview.rollups).toEqual(before.rollups);
    expect(preview).toMatchObject({ outstanding: 2, calls: [] });
    // Two rows of the store that differ by their branch alone are one.
    expect(preview.rollups).toMatchObject([
      { project: "shop", branch: null, callSite: null, workspace: null, calls: 2, costUsd: "0.00042" },
    ]);
    await member.advance(60_000);
    const held = await everything(sqld);
    for (const secret of SECRETS) expect(held).not.toContain(secret);
    expect(await sqld.query("SELECT calls, cost_nano_usd AS cost FROM taximeter_rollups")).toEqual([
      { calls: 2, cost: 420_000 },
    ]);
  });

  test("is what the developer chose, and what was chosen no more is taken back", async () => {
    const sqld = await startSqld();
    const member = await makeMember({ developer: "ada" });
    await member.spend(...someCalls(700, 1, 30), telling());
    const all = ["branch", "callSite", "workspace", "conversation", "labels"] as const;
    await member.team.join({ url: sqld.url, share: { kind: "calls", details: [...all] } });
    const preview = await member.team.preview(200);
    const shown = preview.calls.find(({ conversation }) => conversation === "conversation-1815");
    expect(shown).toMatchObject({
      branch: "acquire-rival",
      callSite: "src/offer.ts:7",
      labels: { lead: "babbage" },
    });
    await member.advance(60_000);
    const held = await everything(sqld);
    for (const secret of SECRETS) expect(held).toContain(secret);
    const [calls] = await sqld.query("SELECT count(*) AS n, sum(cost_nano_usd) AS cost FROM taximeter_calls");
    expect(calls).toEqual({ n: 701, cost: await teamNanoUsd(sqld) });

    await member.team.share({ kind: "rollups", details: ["branch"] });
    await member.advance(60_000);
    await expectSameSum(sqld, [member]);
    const left = await everything(sqld);
    expect(left).toContain("acquire-rival");
    for (const secret of SECRETS.filter((word) => word !== "acquire-rival"))
      expect(left).not.toContain(secret);
  });

  test("is taken back to the end where it was cut off", async () => {
    const sqld = await startSqld();
    const server = await inFrontOf(sqld.url);
    const member = await makeMember();
    await member.spend(...someCalls(1_500, 1, 300));
    await member.team.join({ url: server.url, share: { kind: "rollups", details: ["branch", "callSite"] } });
    await member.advance(60_000);
    const from = server.requests();
    server.trouble = (number) => (number > from + 4 ? { gone: true } : null);
    await member.team.share({ kind: "rollups", details: [] });
    await member.advance(3_000);
    server.trouble = () => null;
    await member.advance(600_000);
    await expectSameSum(sqld, [member]);
    expect(await sqld.query("SELECT DISTINCT branch, call_site FROM taximeter_dimensions")).toEqual([
      { branch: "", call_site: "" },
    ]);
  });
});

describe("a token", () => {
  test("is needed where the server wants one; one that may only read joins to read", async () => {
    const sqld = await startSqld({ jwt: true });
    const member = await makeMember();
    await member.spend(...someCalls(20, 1));
    await expect(member.team.join({ url: sqld.url })).rejects.toThrow(/refuses the token/);
    await expect(member.team.join({ url: sqld.url, token: "no.such.token" })).rejects.toThrow(/refuses/);
    await expect(member.team.join({ url: sqld.url, token: sqld.token({ a: "ro" }) })).rejects.toThrow(
      /only read/,
    );
    expect((await member.team.status()).url).toBe(null);
    await member.team.join({ url: sqld.url, token: sqld.token() });
    await member.advance(60_000);
    await expectSameSum(sqld, [member]);

    const reader = await makeMember({ developer: "bob" });
    await reader.spend(...someCalls(20, 2));
    const joined = await reader.team.join({ url: sqld.url, token: sqld.token({ a: "ro" }) });
    expect(joined.problem).toMatchObject({ kind: "readOnlyToken" });
    await reader.advance(3_600_000);
    await expectSameSum(sqld, [member]);
    await reader.team.giveToken(sqld.token());
    await expectSameSum(sqld, [member, reader]);
  });

  test("that expires between pushes is told of once, before and after; with another one all arrives", async () => {
    const sqld = await startSqld({ jwt: true });
    const member = await makeMember();
    const now = Math.floor(Date.now() / 1000);
    const soon = await member.team.join({ url: sqld.url, token: sqld.token({ exp: now + 3_600 }) });
    expect(soon.warnings).toEqual([expect.stringMatching(/expires within a day, on .* UTC/)]);
    // The server grants a minute beyond it.
    const joined = await member.team.join({ url: sqld.url, token: sqld.token({ exp: now - 56 }) });
    expect(joined).toMatchObject({ problem: null, warnings: [] });
    await member.advance(0);
    await sleep(5_500);
    for (let day = 0; day < 3; day += 1) {
      await member.spend(...someCalls(30, day));
      await member.advance(86_400_000);
    }
    expect((await member.team.status()).problem).toMatchObject({ kind: "refused" });
    expect(member.logged.filter((line) => /refuses the token|reached/.test(line))).toEqual([
      expect.stringContaining("refuses the token"),
    ]);
    expect(member.team.warnings()).toHaveLength(1);
    const given = await member.team.giveToken(sqld.token({ exp: now + 3 * 86_400 }));
    expect(given).toMatchObject({ problem: null, outstanding: 0 });
    await expectSameSum(sqld, [member]);
  });

  test("that nobody has given again after a restart is asked for once", async () => {
    const sqld = await startSqld({ jwt: true });
    const first = await makeMember();
    await first.team.join({ url: sqld.url, token: sqld.token() });
    await first.end();
    const member = await makeMember({ file: first.file });
    await member.team.start();
    await member.spend(...someCalls(30, 1));
    await member.advance(86_400_000);
    expect((await member.team.status()).problem).toMatchObject({ kind: "noToken" });
    expect(member.logged).toHaveLength(1);
    await member.team.giveToken(sqld.token());
    await expectSameSum(sqld, [member]);
  });
});

describe("leaving", () => {
  test("leaves what was told, and tells nothing more; coming back tells the rest", async () => {
    const sqld = await startSqld();
    const member = await makeMember();
    await member.team.join({ url: sqld.url });
    await member.spend(...someCalls(30, 1));
    await member.advance(60_000);
    const told = await teamNanoUsd(sqld);
    expect((await member.team.leave(false)).url).toBe(null);
    await member.spend(...someCalls(30, 2));
    await member.advance(3_600_000);
    expect(await teamNanoUsd(sqld)).toBe(told);
    await member.team.join({ url: sqld.url });
    await member.advance(60_000);
    await expectSameSum(sqld, [member]);
  });

  test("with --erase takes back what this machine told and nobody else's", async () => {
    const sqld = await startSqld();
    const [ada, bob] = await Promise.all([
      makeMember({ developer: "ada" }),
      makeMember({ developer: "bob" }),
    ]);
    for (const [at, member] of [ada, bob].entries()) {
      await member.spend(...someCalls(900, at, 100), telling());
      await member.team.join({
        url: sqld.url,
        share: { kind: "calls", details: at === 0 ? ["branch"] : [] },
      });
      await member.advance(60_000);
    }
    await expectSameSum(sqld, [ada, bob]);
    await ada.team.leave(true);
    await expectSameSum(sqld, [bob]);
    const held = await everything(sqld);
    expect(held).not.toContain("ada");
    expect(held).not.toContain("acquire-rival");
  });

  test("with --erase stays where the server cannot be reached", async () => {
    const sqld = await startSqld();
    const server = await inFrontOf(sqld.url);
    const member = await makeMember();
    await member.spend(...someCalls(30, 1));
    await member.team.join({ url: server.url });
    await member.advance(60_000);
    server.trouble = () => ({ gone: true });
    await expect(member.team.leave(true)).rejects.toThrow(/can't be reached/);
    expect((await member.team.status()).url).toBe(server.url);
    server.trouble = () => null;
    await member.team.leave(true);
    expect(await teamNanoUsd(sqld)).toBe(0);
    expect(await sqld.query("SELECT * FROM taximeter_machines")).toEqual([]);
  });
});

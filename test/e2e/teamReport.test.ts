import { expect, test } from "vitest";
import { makeStoredCall } from "../builders.ts";
import { taximeter, taximeterJson } from "../cli/installation.ts";
import { connect, temporaryHome } from "../daemon/realDaemon.ts";
import { makeMember } from "./team/member.ts";
import { startSqld } from "./team/sqld.ts";

test("the team's report and budgets on the command line", async () => {
  const sqld = await startSqld();
  const ada = await makeMember({ developer: "ada" });
  await ada.spend(
    makeStoredCall({ costNanoUsd: 1_250_000_000, workspace: "/home/ada/shop" }),
    makeStoredCall({ costNanoUsd: 250_000_000, workspace: "/home/ada/blog", source: "/api/search" }),
  );
  await ada.team.join({ url: sqld.url });
  await ada.team.push();

  const home = temporaryHome();
  const refused = await taximeter(["report", "--team"], { home });
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.err).toContain("taximeter team join");

  const connection = await connect({ home, launches: null });
  await connection.request("joinTeam", { body: { url: sqld.url } });
  const spend = async (...args: string[]) => await taximeterJson(["report", "--team", ...args], { home });
  expect(await spend()).toMatchObject({
    groupBy: ["developer"],
    rows: [{ key: "ada", costUsd: "1.5", calls: 2 }],
    total: { costUsd: "1.5" },
    freshness: { problem: null },
  });
  expect(await spend("--by", "project,day", "--filter", "project=shop", "--since", "30d")).toMatchObject({
    rows: [{ keys: ["shop", expect.stringMatching(/^\d{4}-\d\d-\d\d$/)], costUsd: "1.25" }],
  });

  const set = await taximeter(["budget", "set", "month", "2", "--team"], { home });
  expect(set).toMatchObject({
    code: 0,
    out: expect.stringContaining("$2.00 a month for the whole team: $1.50 spent so far (75 %)."),
  });
  const ofShop = ["budget", "set", "day", "5", "--team", "--workspace", "shop"];
  expect((await taximeter(ofShop, { home })).out).toContain("for project shop of the team: $1.25 spent");
  const { out: listed } = await taximeter(["budget", "list"], { home });
  expect(listed).toMatch(/team:month +month +the whole team +\$1\.50 +\$2\.00 +75 %/);
  expect(listed).toMatch(/project shop of the team/);

  const { out: report } = await taximeter(["report", "--team", "--by", "project"], { home });
  expect(report).toContain("The team's spend by project");
  expect(report).toMatch(/shop +1 +1,000 +100 +\$1\.25/);
  expect(report).toMatch(/^As of \d{4}-/m);
  expect(report).toContain("month budget for the whole team: $1.50 of $2.00 (75 %)");
  expect((await taximeter(["report"], { home })).out).not.toContain("whole team");
  expect((await taximeter(["report", "--team", "--csv"], { home })).out).toMatch(
    /^developer,calls,.*\nada,2,/s,
  );
  expect((await taximeter(["report", "--team", "--md"], { home })).out).toMatch(/\| ada +\|/);

  const { out: members } = await taximeter(["team", "members"], { home });
  expect(members).toMatch(
    /^developer +last push +machine +Taximeter\nada +\d{4}-\d\d-\d\d [\d:]{8} +\w{8} +1\.0\.0\n/,
  );
  expect(await taximeterJson(["team", "members"], { home })).toMatchObject({
    members: [{ developer: "ada", machines: [{ version: "1.0.0" }] }],
    freshness: { problem: null },
  });

  await sqld.kill();
  await taximeter(["restart"], { home });
  const { code, out: offline } = await taximeter(["report", "--team"], { home });
  expect(code).toBe(0);
  expect(offline).toMatch(/ada +2/);
  expect(offline).toMatch(/can't be reached.*These are the last known figures, of \d{4}-/s);
  const unset = await taximeter(["budget", "remove", "month", "--team"], { home });
  expect(unset).toMatchObject({ code: 1, err: expect.stringContaining("can't be reached") });
  await sqld.start();
  expect((await taximeter(["budget", "remove", "month", "--team"], { home })).out).toContain("Removed");
}, 120_000);

test.each([
  [["report", "--team", "--by", "conversation"], "conversation is none of developer, project"],
  [["report", "--by", "project"], "project is none of source"],
  [["report", "--team", "--filter", "colour=red"], "colour is none of developer"],
  [["budget", "set", "month", "5", "--team", "--hard-stop"], "cannot be used with"],
])("%j is wrong usage", async (args, words) => {
  const result = await taximeter(args, { home: temporaryHome() });
  expect(result.code).toBe(2);
  expect(result.err).toContain(words);
  expect(result.err.trim().split("\n")).toHaveLength(1);
});

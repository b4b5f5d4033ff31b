import { expect, test } from "vitest";
import { makeStoredCall } from "../builders.ts";
import { expectSameSum, makeMember, teamNanoUsd } from "./team/member.ts";
import { startSqld } from "./team/sqld.ts";

test("what a developer spends reaches the team, and what changes of it later", async () => {
  const sqld = await startSqld();
  const member = await makeMember({ developer: "ada" });
  const call = makeStoredCall({ costNanoUsd: 123_456_789 });
  await member.spend(call);
  const joined = await member.team.join({ url: sqld.url });
  expect(joined).toMatchObject({ url: sqld.url, developer: "ada", problem: null, outstanding: 1 });
  await member.advance(0);
  expect(await teamNanoUsd(sqld)).toBe(123_456_789);
  expect((await member.team.status()).outstanding).toBe(0);

  await member.spend(makeStoredCall({ costNanoUsd: 11, requestModel: "gpt-4o" }));
  const before = { ...call, developer: "ada" };
  await member.store.replaceCalls([{ before, after: { ...before, costNanoUsd: 7 } }]);
  await member.advance(20_000);
  await expectSameSum(sqld, [member]);
  expect(await teamNanoUsd(sqld)).toBe(18);
});

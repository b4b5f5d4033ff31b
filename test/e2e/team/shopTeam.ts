import type { StoredCall } from "../../../daemon/store/store.ts";
import { makeStoredCall } from "../../builders.ts";
import { seededRandom } from "../../seededRandom.ts";
import { type Member, makeMember } from "./member.ts";
import type { Sqld } from "./sqld.ts";

const DAY_MS = 24 * 60 * 60_000;

const sources = [
  "/api/chat",
  "/api/search/:id",
  "background_job:SUMMARISE",
  "/api/products/:sku/describe",
  null,
];
const models = [
  { provider: "openai", requestModel: "gpt-4o-mini", most: 3_000_000 },
  { provider: "openai", requestModel: "gpt-4o", most: 40_000_000 },
  { provider: "anthropic", requestModel: "claude-sonnet-4-5", most: 60_000_000 },
];

/** Three developers of a shop, who have worked on it and on two other things for twenty days. */
export async function shopTeam(sqld: Sqld, nowMs: number): Promise<Member[]> {
  const members: Member[] = [];
  for (const [index, developer] of ["ada@example.com", "grace@example.com", "linus@example.com"].entries()) {
    const member = await makeMember({ developer });
    await member.spend(...callsOf(index, developer, nowMs));
    await member.team.join({ url: sqld.url });
    const { problem } = await member.team.push();
    if (problem !== null) throw new Error(problem.message);
    members.push(member);
  }
  return members;
}

function callsOf(index: number, developer: string, nowMs: number): StoredCall[] {
  const random = seededRandom(index + 7);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)];
  return Array.from({ length: 220 }, (_, number) => {
    const model = pick(models) ?? models[0];
    // Today has some, before any working hour is over.
    const back = number < 12 ? 0 : Math.floor(random() * 20) * DAY_MS + 60 * 60_000;
    const isError = random() < 0.04;
    return makeStoredCall({
      startedAt: new Date(nowMs - back - Math.floor(random() * 1_000)).toISOString(),
      provider: model?.provider ?? "openai",
      requestModel: model?.requestModel ?? "gpt-4o",
      source: pick(sources) ?? null,
      workspace: `/home/${developer}/${pick(["shop", "shop", "assistant", "intranet"])}`,
      status: isError ? "error" : "ok",
      costNanoUsd: isError ? 0 : Math.floor(random() * (model?.most ?? 1) * (index + 1)),
      developer,
    });
  });
}

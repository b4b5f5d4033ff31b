import type { StoredCall } from "../../../daemon/store/store.ts";
import { makeStoredCall } from "../../builders.ts";
import { seededRandom } from "../../seededRandom.ts";

/** So many calls over the last days, of any model, route and cost; the same ones for the same seed but for their ids. */
export function someCalls(count: number, seed: number, days = 3, endMs = Date.now()): StoredCall[] {
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]) => {
    const picked = items[Math.floor(random() * items.length)];
    if (picked === undefined) throw new Error("There is nothing to pick from");
    return picked;
  };
  return Array.from({ length: count }, () =>
    makeStoredCall({
      startedAt: new Date(endMs - Math.floor(random() * days * 86_400_000)).toISOString(),
      requestModel: pick(["gpt-4o-mini", "gpt-4o", "claude-sonnet-4-5", 'o\'brien "quoted" \u00e4\u{1f600}']),
      source: pick(["/api/chat", "/api/search/:id", null]),
      feature: pick([null, "reply"]),
      workspace: pick(["/home/dev/shop", "/home/dev/other/shop", "/home/dev/blog"]),
      gitBranch: pick(["main", "feature", null]),
      callSite: pick([null, { file: "src/a.ts", line: 3, function: null }]),
      conversationId: pick([null, "c1"]),
      attributes: pick<Record<string, string>>([{}, { lead: "42" }]),
      status: pick(["ok", "ok", "ok", "error", "aborted"]),
      costNanoUsd: Math.floor(random() * 2_000_000_000),
    }),
  );
}

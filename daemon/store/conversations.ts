import type { Conversations, ConversationsQuery } from "../../shared/conversations.ts";
import { nanoUsdToDecimal } from "../../shared/money.ts";
import type { ModelShare } from "../../shared/spend.ts";
import type { Database } from "./database.ts";
import { sumFacts } from "./facts.ts";
import { addSums, noSums, type Sums } from "./rollupSums.ts";
import { totalsOf } from "./spend.ts";
import type { Resolved } from "./store.ts";

const DEFAULT_LIMIT = 20;

const TIMES = `SELECT conversation_id AS id, min(started_at_ms) AS first, max(started_at_ms) AS last FROM calls
  WHERE conversation_id IN (SELECT value FROM json_each(?)) AND started_at_ms >= ? AND started_at_ms < ?
  GROUP BY conversation_id`;

/** Sums of one conversation, or of all, and of each model in it. */
interface Tally {
  sums: Sums;
  models: Map<string | null, Sums>;
}

/** The conversations that cost most, each with its models, and the same over all of them. */
export function readConversations(database: Database, query: Resolved<ConversationsQuery>): Conversations {
  const { range, resolved, filters = {}, limit = DEFAULT_LIMIT } = query;
  const all = noTally();
  const byId = new Map<string, Tally>();
  for (const { keys, sums } of sumFacts(database, {
    intervals: [range],
    groupBy: ["conversation", "model"],
    filters,
  })) {
    const [id = null, model = null] = keys;
    if (id === null) continue;
    let tally = byId.get(id);
    if (tally === undefined) {
      tally = noTally();
      byId.set(id, tally);
    }
    for (const each of [tally, all]) add(each, model, sums);
  }
  const top = [...byId].sort(byCost).slice(0, limit);
  const times = new Map(
    database
      .all<{ id: string; first: number; last: number }>(TIMES, [
        JSON.stringify(top.map(([id]) => id)),
        range.fromMs,
        range.toMs,
      ])
      .map((row) => [row.id, row]),
  );
  return {
    ...resolved,
    count: byId.size,
    conversations: top.map(([conversationId, tally]) => {
      const time = times.get(conversationId);
      return {
        conversationId,
        firstStartedAt: new Date(time?.first ?? range.fromMs).toISOString(),
        lastStartedAt: new Date(time?.last ?? range.fromMs).toISOString(),
        models: sharesOf(tally),
        ...totalsOf(tally.sums),
      };
    }),
    models: sharesOf(all),
    total: totalsOf(all.sums),
  };
}

function noTally(): Tally {
  return { sums: noSums(), models: new Map() };
}

function add(tally: Tally, model: string | null, sums: Sums): void {
  addSums(tally.sums, sums);
  const ofModel = tally.models.get(model) ?? noSums();
  addSums(ofModel, sums);
  tally.models.set(model, ofModel);
}

/** By falling cost, then calls, then name, so that the order is the same each time. */
function byCost([one, a]: [string, Tally], [other, b]: [string, Tally]): number {
  return b.sums.cost_nano_usd - a.sums.cost_nano_usd || b.sums.calls - a.sums.calls || (one < other ? -1 : 1);
}

function sharesOf({ models }: Tally): ModelShare[] {
  return [...models]
    .sort(
      ([one, a], [other, b]) =>
        b.cost_nano_usd - a.cost_nano_usd || b.calls - a.calls || ((one ?? "") < (other ?? "") ? -1 : 1),
    )
    .map(([model, sums]) => ({
      model,
      calls: sums.calls,
      inputTokens: sums.input_tokens,
      outputTokens: sums.output_tokens,
      costUsd: nanoUsdToDecimal(sums.cost_nano_usd),
      unpricedCalls: sums.unpriced_calls,
    }));
}

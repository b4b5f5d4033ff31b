import type { Filters } from "./dimensions.ts";
import type { Range, ResolvedRange } from "./range.ts";
import type { ModelShare, SpendTotals } from "./spend.ts";

/** By falling cost, then calls; `limit` cuts them (default 20, at most 1,000). */
export interface ConversationsQuery extends Range {
  filters?: Filters;
  limit?: number;
}

export interface Conversation extends SpendTotals {
  conversationId: string;
  /** Of its calls in the range, whatever else it is narrowed down by. */
  firstStartedAt: string;
  lastStartedAt: string;
  /** By falling cost. */
  models: ModelShare[];
}

export interface Conversations extends ResolvedRange {
  /** How many there are, of which `conversations` are the first. */
  count: number;
  conversations: Conversation[];
  /** Over all of them, as `total`. Calls of no conversation are left out. */
  models: ModelShare[];
  total: SpendTotals;
}

import type { Call, CallStatus, CostStatus, SourceKind } from "./call.ts";
import type { KnownOverride, ListedPrice, PriceCatalogue, PriceOverride } from "./prices.ts";
import type { BreakerSettings, OpenCircuit } from "./protection.ts";

/** What a spend can be grouped and filtered by; besides these, `label:<name>`. */
export const dimensions = [
  "source",
  "sourceKind",
  "feature",
  "provider",
  "model",
  "operation",
  "conversation",
  "callSite",
  "developer",
  "workspace",
  "branch",
  "test",
] as const;
export type NamedDimension = (typeof dimensions)[number];
export type Dimension = NamedDimension | `label:${string}`;

export function isDimension(text: string): text is Dimension {
  return (dimensions as readonly string[]).includes(text) || /^label:.+$/.test(text);
}

/** Values that a dimension must have, any of them; the empty string stands for "none" (unattributed). */
export type Filters = { [D in Dimension]?: string[] };

/**
 * A range of time. Each end is `today`, `yesterday`, `week`, `month`, `7d` (any number of days, today included), `all`,
 * a date `YYYY-MM-DD`, or an ISO 8601 instant. Days are those of `timeZone` (IANA; the daemon's own by default). `from`
 * names where its period starts, `to` where it ends, so a date as `to` is inclusive; an instant as `to` is exclusive.
 * Without `from`: `today`. Without `to`: the end of `from` where that is `yesterday`, else everything until now.
 */
export interface Range {
  from?: string;
  to?: string;
  timeZone?: string;
}

/** A resolved range: ISO 8601 instants in UTC, `to` exclusive. */
export interface ResolvedRange {
  from: string;
  to: string;
  timeZone: string;
}

/** Sums over calls. `costUsd` leaves out what is unpriced and counts lower bounds of what is incomplete. */
export interface SpendTotals {
  calls: number;
  errors: number;
  aborted: number;
  retries: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheCreationInputTokens: number;
  reasoningOutputTokens: number;
  costUsd: string;
  /** Cost of failed attempts and of attempts after the first. */
  retryCostUsd: string;
  unpricedCalls: number;
  incompleteCalls: number;
  estimatedCalls: number;
  /** From a histogram: within 10 % of the true value; `null` where no call ended. */
  durationP50Ms: number | null;
  durationP95Ms: number | null;
}

export interface SpendRow extends SpendTotals {
  /** Value of the first dimension of `groupBy`; `null` is "none". */
  key: string | null;
  /** Values of all dimensions of `groupBy`, in its order. */
  keys: (string | null)[];
  /** Kind of the source, where grouped by source. */
  sourceKind?: SourceKind | null;
}

/** `groupBy` is one or two dimensions. Rows come by falling cost, then calls; `limit` cuts them (default 1,000). */
export interface SpendQuery extends Range {
  groupBy?: Dimension[];
  filters?: Filters;
  limit?: number;
}

export interface Spend extends ResolvedRange {
  groupBy: Dimension[];
  rows: SpendRow[];
  total: SpendTotals;
}

/** A model's part of something. */
export interface ModelShare {
  model: string | null;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: string;
  unpricedCalls: number;
}

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

export const intervals = ["15m", "hour", "day", "month"] as const;
export type Interval = (typeof intervals)[number];

/** `interval` by default fits the range. `top` series are kept apart (default 5), the rest is summed as `other`. */
export interface SeriesQuery extends Range {
  groupBy?: Dimension;
  filters?: Filters;
  interval?: Interval;
  top?: number;
}

export interface Series extends ResolvedRange {
  interval: Interval;
  groupBy: Dimension | null;
  /** Start of each bucket, ISO 8601 UTC; every bucket of the range is there, empty ones too. */
  buckets: string[];
  series: { key: string | null; other: boolean; costUsd: string[]; calls: number[] }[];
}

/** Newest first unless `order` is `asc`. `cursor` is the last page's `nextCursor`. `limit` 1–1,000 (default 100). */
export interface CallsQuery extends Range {
  filters?: Filters;
  status?: CallStatus;
  costStatus?: CostStatus;
  runId?: string;
  limit?: number;
  cursor?: string;
  order?: "asc" | "desc";
}

export interface CallsPage {
  calls: Call[];
  nextCursor: string | null;
}

export const budgetPeriods = ["day", "week", "month"] as const;
export type BudgetPeriod = (typeof budgetPeriods)[number];

/** What a budget covers: everything, or one value of one dimension. */
export interface BudgetScope {
  dimension: Dimension;
  value: string;
}

export interface Budget {
  /** `day`, `month`, or with a scope `day:workspace:/home/me/shop`: one budget per period and scope. */
  id: string;
  period: BudgetPeriod;
  scope: BudgetScope | null;
  /** Decimal string, above 0. */
  limitUsd: string;
  /** Percentages at which it warns, rising. */
  thresholds: number[];
  /** A call that may go over the limit is stopped before it leaves; see docs/protection.md. Absent: it only warns. */
  hardStop?: true;
}

/** A budget and where it stands in its current period. */
export interface BudgetState extends Budget {
  periodStart: string;
  periodEnd: string;
  spentUsd: string;
  /** `spentUsd` of `limitUsd` in percent, not rounded. */
  percent: number;
  /** The highest threshold reached in this period, or `null`. */
  reached: number | null;
  /** Calls in the period and scope whose cost is unknown or only a lower bound: how far the budget is blind. */
  blindCalls: number;
}

export interface BudgetInput
  extends Pick<Budget, "period" | "limitUsd">,
    Partial<Pick<Budget, "scope" | "thresholds">> {
  /** Absent: as it was. */
  hardStop?: boolean;
}

/** What a hard stop cannot go by: it is not known where a call is made, or not before it leaves. */
export const unstoppableDimensions: readonly Dimension[] = ["callSite", "developer"];

export function budgetId(period: BudgetPeriod, scope: BudgetScope | null): string {
  return scope === null ? period : `${period}:${scope.dimension}:${scope.value}`;
}

/** One provider's model, as circuit breakers see it: see docs/protection.md. */
export interface CircuitState {
  provider: string;
  model: string | null;
  state: "closed" | "open" | "half-open";
  /** Of the last minute, where it is closed; else 0. */
  calls: number;
  failures: number;
  /** When a call is let through again, where it is open. */
  until: string | null;
}

export interface Breakers {
  settings: BreakerSettings;
  circuits: CircuitState[];
}

/** `workspace` (absolute path): in this one; without or `null`: everywhere but where it was said otherwise. */
export interface BreakerInput {
  enabled: boolean;
  workspace?: string | null;
}

/** One model without a price, by calls. */
export interface UnpricedModel {
  provider: string;
  model: string | null;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  firstSeenAt: string;
  lastSeenAt: string;
}

/** What prices there are. `range` narrows down the unpriced (default: `all`), `model` asks for what a model costs. */
export interface PricesQuery extends Range {
  /** A name, or `provider:name`. */
  model?: string;
  /** Absolute path of the workspace whose prices are asked for beside those for all calls. */
  workspace?: string;
}

export interface Prices {
  catalogue: PriceCatalogue;
  /** The user's own, those of workspaces first. */
  overrides: KnownOverride[];
  unpriced: UnpricedModel[];
  /** What is wrong with the files of prices, one sentence each. */
  warnings: string[];
  /** Who sells the model that was asked for, at what price; empty where none was asked for. */
  listed: ListedPrice[];
}

/** Calls to interpret and price again: of a range (default: `all`), of one provider, of one of its models. */
export interface RepriceInput extends Range {
  /** Only tell what would change. */
  dryRun?: boolean;
  provider?: string;
  /** Asked for or answered by. */
  model?: string;
  /** `nextCursor` of the answer before. */
  cursor?: string;
}

/** The calls of one model that changed, before and after. `costUsd` leaves out what has no price. */
export interface RepricedModel {
  provider: string;
  model: string | null;
  calls: number;
  oldCostUsd: string;
  newCostUsd: string;
  /** `newCostUsd` less `oldCostUsd`; may be negative. */
  differenceUsd: string;
  oldUnpricedCalls: number;
  newUnpricedCalls: number;
}

/** One stretch of work, some seconds long at most: where `nextCursor` is not `null`, the rest is asked for by it. */
export interface Repricing {
  dryRun: boolean;
  /** Calls looked at, and those of them that changed or would. */
  calls: number;
  changedCalls: number;
  /** By falling difference, whatever its sign. */
  models: RepricedModel[];
  nextCursor: string | null;
}

export type IngestOutcome =
  | {
      callId: string;
      outcome: "accepted" | "duplicate" | "updated";
      /** What this report's call costs; `null` where that is not known. */
      costUsd: string | null;
      /** Fields of the report that this daemon does not know and has left out; absent where there are none. */
      unknownFields?: string[];
    }
  /** Something that is no call (token counting, a read of a stored response that is not known). */
  | { callId: string; outcome: "ignored"; reason: string }
  | {
      callId: string | null;
      outcome: "rejected";
      index: number;
      errors: { field: string; message: string }[];
    };

export interface IngestResult {
  results: IngestOutcome[];
}

/** Answer of `GET /v1/health`, the one route without a token. */
export interface Health {
  name: string;
  protocol: number;
  /** Answer to `challenge`; see `proveIdentity`. */
  proof: string | null;
}

/** What a user may want to know of the daemon. */
export interface DaemonStatus {
  version: string;
  protocol: number;
  pid: number;
  port: number;
  home: string;
  startedAt: string;
  developer: string;
  timeZone: string;
  /** Whether calls are being taken in; `false` while paused by the user. */
  recording: boolean;
  storedCalls: number;
  storeBytes: number;
  /** Since start. */
  ingested: { accepted: number; duplicate: number; updated: number; ignored: number; rejected: number };
  /** Dev processes heard of in the last five minutes. */
  activeRuns: number;
  liveClients: number;
  /** Calls that a shim had to drop, as told by the shims. */
  droppedCalls: number;
  priceCatalogue: { version: string; date: string; stale: boolean };
  /** What is wrong, one sentence each, for a user to read. */
  warnings: string[];
  /** What circuit breakers have stopped, where they are on. Absent where nothing is. */
  openCircuits?: OpenCircuit[];
}

/** A one-time address of the dashboard for a browser. */
export interface BrowserInvitation {
  url: string;
  expiresAt: string;
}

export interface ApiRoute {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
}

/** Every route that clients call by name; `{id}` in a path is filled from `ApiRequests[name].id`. */
export const apiRoutes = {
  ingest: { method: "POST", path: "/v1/calls" },
  calls: { method: "GET", path: "/v1/calls" },
  spend: { method: "GET", path: "/v1/spend" },
  series: { method: "GET", path: "/v1/series" },
  conversations: { method: "GET", path: "/v1/conversations" },
  prices: { method: "GET", path: "/v1/prices" },
  setPrice: { method: "PUT", path: "/v1/prices" },
  removePrice: { method: "DELETE", path: "/v1/prices/{id}" },
  unpriced: { method: "GET", path: "/v1/prices/unpriced" },
  reprice: { method: "POST", path: "/v1/prices/reprice" },
  updateCatalogue: { method: "PUT", path: "/v1/prices/catalogue" },
  budgets: { method: "GET", path: "/v1/budgets" },
  setBudget: { method: "PUT", path: "/v1/budgets" },
  removeBudget: { method: "DELETE", path: "/v1/budgets/{id}" },
  claimBudgetNotice: { method: "POST", path: "/v1/budgets/{id}/notices" },
  breakers: { method: "GET", path: "/v1/breakers" },
  setBreakers: { method: "PUT", path: "/v1/breakers" },
  status: { method: "GET", path: "/v1/status" },
  setRecording: { method: "PUT", path: "/v1/recording" },
  inviteBrowser: { method: "POST", path: "/v1/browser-invitations" },
  backup: { method: "POST", path: "/v1/backups" },
  shutdown: { method: "POST", path: "/v1/shutdown" },
} as const satisfies Record<string, ApiRoute>;

export type ApiRouteName = keyof typeof apiRoutes;

/** What goes into and comes out of each route. `query` becomes the query string, as `queryString` writes it. */
export interface ApiContract {
  ingest: { body: unknown[]; response: IngestResult };
  calls: { query: CallsQuery; response: CallsPage };
  spend: { query: SpendQuery; response: Spend };
  series: { query: SeriesQuery; response: Series };
  conversations: { query: ConversationsQuery; response: Conversations };
  prices: { query: PricesQuery; response: Prices };
  /** Of the user's file, for all workspaces; one that is there for the same model is replaced. */
  setPrice: { body: PriceOverride; response: KnownOverride };
  /** `id` is its name: `openai:my-model`, `firecrawl:*`. */
  removePrice: { id: string; response: { removed: boolean } };
  unpriced: { query: Range; response: { models: UnpricedModel[] } };
  reprice: { body: RepriceInput; response: Repricing };
  /**
   * Takes a newer list of prices, in the format of @pydantic/genai-prices' `data.json`, from an absolute path. `date`
   * (`YYYY-MM-DD`) is the day it is of, by default the file's own. An older one is refused unless by `force`.
   */
  updateCatalogue: { body: { file: string; date?: string; force?: boolean }; response: PriceCatalogue };
  budgets: { response: { budgets: BudgetState[] } };
  setBudget: { body: BudgetInput; response: BudgetState };
  removeBudget: { id: string; response: { removed: boolean } };
  /** Of all clients that saw a threshold crossed, the one that gets `claimed: true` tells the user. */
  claimBudgetNotice: {
    id: string;
    body: { periodStart: string; threshold: number };
    response: { claimed: boolean };
  };
  breakers: { response: Breakers };
  setBreakers: { body: BreakerInput; response: Breakers };
  status: { response: DaemonStatus };
  setRecording: { body: { recording: boolean }; response: { recording: boolean } };
  inviteBrowser: { body: Record<string, never>; response: BrowserInvitation };
  /** A consistent copy of the store in a new file: `file` is absolute and must not exist. For holders of the token only. */
  backup: { body: { file: string }; response: { file: string; bytes: number } };
  shutdown: { body: { reason: string }; response: { stopping: true } };
}

export type ApiRequest<Name extends ApiRouteName> = Omit<ApiContract[Name], "response">;
export type ApiResponse<Name extends ApiRouteName> = ApiContract[Name]["response"];

/** Every error of the API: `error` is for people, `field` names the culprit where there is one. */
export interface ApiError {
  error: string;
  field?: string;
}

/**
 * A query as a query string: lists are repeated, `filters` become parameters named by their dimension, and what is
 * undefined is left out.
 */
export function queryString(query: object): string {
  const params = new URLSearchParams();
  const add = (name: string, value: unknown) => {
    if (value === undefined || value === null) return;
    if (Array.isArray(value)) for (const item of value) params.append(name, String(item));
    else params.append(name, String(value));
  };
  for (const [name, value] of Object.entries(query)) {
    if (name === "filters")
      for (const [dimension, values] of Object.entries(value ?? {})) add(dimension, values);
    else if (name === "groupBy" && Array.isArray(value)) add(name, value.join(","));
    else add(name, value);
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

/** Path with query string, and body, of a request to the named route. */
export function requestTarget<Name extends ApiRouteName>(
  name: Name,
  request: ApiRequest<Name>,
): { method: ApiRoute["method"]; path: string; body: unknown } {
  const { id, query, body } = request as { id?: string; query?: object; body?: unknown };
  const route: ApiRoute = apiRoutes[name];
  return {
    method: route.method,
    path: route.path.replace("{id}", encodeURIComponent(id ?? "")) + queryString(query ?? {}),
    body,
  };
}

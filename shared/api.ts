import type { BudgetInput, BudgetState } from "./budgets.ts";
import type { CallDetail } from "./callDetail.ts";
import type { CallsPage, CallsQuery, IngestResult } from "./callPages.ts";
import type { Conversations, ConversationsQuery } from "./conversations.ts";
import type { BrowserInvitation, DaemonStatus } from "./daemonStatus.ts";
import type { Performance, PerformanceQuery } from "./performance.ts";
import type {
  KnownOverride,
  PriceCatalogue,
  PriceOverride,
  Prices,
  PricesQuery,
  RepriceInput,
  Repricing,
  UnpricedModel,
} from "./prices.ts";
import type { BreakerInput, Breakers } from "./protection.ts";
import type { Range } from "./range.ts";
import type { Series, SeriesQuery, Spend, SpendQuery } from "./spend.ts";
import type {
  TeamJoinInput,
  TeamPreview,
  TeamPreviewQuery,
  TeamPush,
  TeamShare,
  TeamStatus,
} from "./team.ts";
import type { TeamMembers, TeamSeries, TeamSeriesQuery, TeamSpend, TeamSpendQuery } from "./teamSpend.ts";

export interface ApiRoute {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
}

/** Every route that clients call by name; `{id}` in a path is filled from `ApiRequests[name].id`. */
export const apiRoutes = {
  ingest: { method: "POST", path: "/v1/calls" },
  calls: { method: "GET", path: "/v1/calls" },
  call: { method: "GET", path: "/v1/calls/{id}" },
  spend: { method: "GET", path: "/v1/spend" },
  series: { method: "GET", path: "/v1/series" },
  performance: { method: "GET", path: "/v1/performance" },
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
  team: { method: "GET", path: "/v1/team" },
  joinTeam: { method: "PUT", path: "/v1/team" },
  leaveTeam: { method: "DELETE", path: "/v1/team" },
  giveTeamToken: { method: "PUT", path: "/v1/team/token" },
  shareWithTeam: { method: "PUT", path: "/v1/team/share" },
  previewTeam: { method: "GET", path: "/v1/team/preview" },
  pushToTeam: { method: "POST", path: "/v1/team/push" },
  teamSpend: { method: "GET", path: "/v1/team/spend" },
  teamSeries: { method: "GET", path: "/v1/team/series" },
  teamMembers: { method: "GET", path: "/v1/team/members" },
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
  /** `id` is its `callId`. Refused (404) where there is no such call. */
  call: { id: string; response: CallDetail };
  spend: { query: SpendQuery; response: Spend };
  series: { query: SeriesQuery; response: Series };
  performance: { query: PerformanceQuery; response: Performance };
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
  /**
   * `removedIds`: budgets that stood in an editor's settings, were removed, and have not been set again. Daemons before
   * it was known say nothing of them.
   */
  budgets: { response: { budgets: BudgetState[]; removedIds?: string[] } };
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
  team: { response: TeamStatus };
  joinTeam: { body: TeamJoinInput; response: TeamStatus };
  /** `erase`: all that this machine has told the team is taken back first; where that fails, the team is not left. */
  leaveTeam: { query: { erase?: boolean }; response: TeamStatus };
  giveTeamToken: { body: { token: string }; response: TeamStatus };
  /** What the team has of this machine is taken back, and pushed again as it is shared now. */
  shareWithTeam: { body: TeamShare; response: TeamStatus };
  previewTeam: { query: TeamPreviewQuery; response: TeamPreview };
  pushToTeam: { body: Record<string, never>; response: TeamPush };
  /** Refused (409) where no team was joined, as are the next two. */
  teamSpend: { query: TeamSpendQuery; response: TeamSpend };
  teamSeries: { query: TeamSeriesQuery; response: TeamSeries };
  teamMembers: { response: TeamMembers };
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

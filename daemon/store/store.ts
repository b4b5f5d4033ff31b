import type { Budget } from "../../shared/budgets.ts";
import type { Call, Endpoint, JsonObject } from "../../shared/call.ts";
import type { CallsPage, CallsQuery } from "../../shared/callPages.ts";
import type { Conversations, ConversationsQuery } from "../../shared/conversations.ts";
import type { Dimension, Filters } from "../../shared/dimensions.ts";
import type { PerformanceFigures, PerformanceRow } from "../../shared/performance.ts";
import type { UnpricedModel } from "../../shared/prices.ts";
import type { ResolvedRange } from "../../shared/range.ts";
import type { Spend, SpendQuery } from "../../shared/spend.ts";
import type {
  MirrorBudget,
  MirrorContributor,
  MirrorDays,
  MirrorState,
  MirrorUpdate,
  TeamFacts,
  TeamFactsQuery,
} from "./teamMirror.ts";
import type { OutboxPiece, OutboxQuery, OutboxReceipt, TeamMachine, TeamMembership } from "./teamRecords.ts";

/**
 * The store, as the rest of the daemon sees it. Behind it stands one worker thread with the one connection to
 * `taximeter.db`: a slow query here never stops the event loop. Instants are milliseconds since the epoch, amounts
 * nano-dollars. What a resolved `putCalls` stored survives the death of the process at any moment; the last moments
 * before a loss of power may be lost, without harm to the rest.
 *
 * Everything rejects with `StoreUnavailableError` once the store is closed, or where its thread dies over it; the thread
 * is started again by the next request. What was rejected may be asked again: nothing is counted twice.
 */
export interface Store {
  /**
   * Inserts or updates calls and their rollups in one transaction; one outcome per call, in order. A call is known by its
   * `callId`, else by provider and `responseId`: then the later, fuller report wins (see `mergeCalls`).
   */
  putCalls(calls: readonly StoredCall[]): Promise<PutOutcome[]>;
  /** The call with this provider and response id, if there is one. */
  callOfResponse(provider: string, responseId: string): Promise<StoredCall | null>;
  /** Brings the final usage to the call with this provider and response id, if there is one. */
  completeCall(completion: CallCompletion): Promise<PutOutcome>;
  /** Calls that are still `pending` and will be for ever become `aborted`. Answers how many. */
  closePendingCalls(lost: LostCalls): Promise<number>;

  /**
   * Calls to be priced again, a piece at a time: those among the next few hundred that are of the query. Where they go on is
   * `nextCursor`, `null` after the last. What is stored after the first piece was read is not among them.
   */
  callsToReprice(query: RepriceQuery): Promise<RepricePiece>;
  /**
   * Puts `after` in the place of `before`, with the rollups, in one transaction. A call that is no longer as it was read
   * stays as it is. Answers the ids of those that changed. Ids, times and provider are not changed by it.
   */
  replaceCalls(replacements: readonly CallReplacement[]): Promise<string[]>;

  calls(query: Resolved<CallsQuery>): Promise<CallsPage>;
  /** One call and all attempts of its operation, first to last; `null` where there is none of this id. */
  callWithAttempts(callId: string): Promise<CallWithAttempts | null>;
  spend(query: Resolved<SpendQuery>): Promise<Spend>;
  conversations(query: Resolved<ConversationsQuery>): Promise<Conversations>;
  series(query: SeriesRequest): Promise<SeriesSums[]>;
  performance(query: PerformanceRequest): Promise<PerformanceSums>;
  unpricedModels(range: TimeRange): Promise<UnpricedModel[]>;

  budgets(): Promise<Budget[]>;
  /** Ids of budgets that stood in an editor's settings, were removed, and have not been set again. */
  removedBudgets(): Promise<string[]>;
  putBudget(budget: Budget): Promise<void>;
  removeBudget(id: string): Promise<boolean>;
  /** `true` for the first that claims this notice, after that `false` until it is forgotten. */
  claimBudgetNotice(id: string, periodStart: string, threshold: number): Promise<boolean>;
  /** Notices of thresholds above this percentage may be claimed again: with another limit they are reached anew. */
  forgetBudgetNotices(id: string, abovePercent: number): Promise<void>;

  /** The team that was joined, `null` where none was. */
  team(): Promise<TeamMembership | null>;
  /** `null` leaves it: nothing is to be pushed any more. */
  setTeam(membership: TeamMembership | null): Promise<void>;
  /** Who this store is to a team, made up where it was nobody yet. */
  teamMachine(): Promise<TeamMachine>;
  /** The next piece of what is to be pushed, the latest first; `null` where there is none. */
  teamPiece(query: OutboxQuery): Promise<OutboxPiece | null>;
  /** The team has taken in a piece, under this claim; `null`: a former machine's, without one. */
  settleTeamPiece(receipt: OutboxReceipt & { claim: string | null }, nowMs: number): Promise<void>;
  /** To be called before anything is pushed under it. */
  rememberTeamClaim(claim: string): Promise<void>;
  knowsTeamClaim(claim: string): Promise<boolean>;
  /** All that is stored is to be pushed, or pushed again. */
  pushAllToTeam(): Promise<void>;
  outstandingForTeam(): Promise<number>;
  /** Another store pushes as this machine: it is another from now on, with the calls that it has not pushed yet. */
  becomeTeamMachine(): Promise<TeamMachine>;

  /** What is known of these days of the team at this address. */
  teamMirrorState(url: string, days: MirrorDays): Promise<MirrorState>;
  updateTeamMirror(update: MirrorUpdate): Promise<void>;
  clearTeamMirror(): Promise<void>;
  /** Sums over what is known, by falling cost. */
  teamFacts(query: TeamFactsQuery): Promise<TeamFacts>;
  /** Who pushes to the team, the last one first. */
  teamContributors(): Promise<MirrorContributor[]>;
  teamMirrorBudgets(): Promise<MirrorBudget[]>;
  /** Ids of the team's budgets that give no notices here. */
  mutedTeamBudgets(): Promise<string[]>;
  muteTeamBudget(id: string, muted: boolean): Promise<void>;

  statistics(): Promise<StoreStatistics>;
  /** Writes a consistent copy (`VACUUM INTO`) to a file that must not exist. */
  backup(file: string): Promise<void>;
  close(): Promise<void>;
}

/** A call as stored: the public shape, its cost as a number, and what repricing needs. */
export interface StoredCall extends Omit<Call, "costUsd"> {
  costNanoUsd: number | null;
  endpoint: Endpoint | null;
  rawUsage: JsonObject | null;
}

/** What a call cost and why: always taken together from one report, so that a cost never stands beside another's tokens. */
export type Charge = Pick<
  StoredCall,
  | "usage"
  | "rawUsage"
  | "costNanoUsd"
  | "costStatus"
  | "priceKey"
  | "priceVersion"
  | "serviceTier"
  | "responseModel"
>;

/** The part of a call that its final usage changes. */
export type CallCompletion = Charge & Pick<StoredCall, "provider" | "status"> & { responseId: string };

export interface RepriceQuery {
  range: TimeRange;
  provider?: string;
  /** Asked for or answered by; upper and lower case are one. */
  model?: string;
  cursor?: string;
}

export interface RepricePiece {
  calls: StoredCall[];
  /** How many were looked at to find them. */
  scanned: number;
  nextCursor: string | null;
}

export interface CallReplacement {
  before: StoredCall;
  after: StoredCall;
}

/** `callId` is that of the stored row, which is not the report's own where the response was known already. */
export interface PutOutcome {
  outcome: "accepted" | "duplicate" | "updated" | "ignored";
  callId: string | null;
}

export interface TimeRange {
  fromMs: number;
  /** Exclusive. */
  toMs: number;
}

/** A query whose range has been resolved. */
export type Resolved<Query> = Omit<Query, "from" | "to" | "timeZone"> & {
  range: TimeRange;
  resolved: ResolvedRange;
};

export interface SeriesRequest {
  /** Bounds of the buckets, rising; one more than there are buckets. All on the quarter hour but the first and last. */
  boundsMs: number[];
  groupBy: Dimension | null;
  filters: Filters;
  top: number;
}

export interface SeriesSums {
  key: string | null;
  /** The sum of all keys beyond the top ones. */
  other: boolean;
  costNanoUsd: number[];
  calls: number[];
}

export interface CallWithAttempts {
  call: StoredCall;
  attempts: StoredCall[];
}

export interface PerformanceRequest {
  /** Buckets, rising and touching. */
  intervals: readonly TimeRange[];
  groupBy: Dimension;
  filters: Filters;
  limit: number;
}

export interface PerformanceSums {
  /** By falling number of calls. */
  rows: PerformanceRow[];
  total: PerformanceFigures;
  /** One for each interval. */
  overTime: PerformanceFigures[];
}

export interface StoreStatistics {
  calls: number;
  /** Of the database file with its log, on disk. */
  bytes: number;
  /** When the earliest call started, in milliseconds: where `all` begins. */
  firstStartedAtMs: number | null;
}

/** The message is one sentence for a user. */
export class StoreUnavailableError extends Error {
  override name = "StoreUnavailableError";
}

/** The file was written by a newer Taximeter. The message is one sentence for a user. */
export class StoreTooNewError extends Error {
  override name = "StoreTooNewError";
}

/** A value that only the store can judge is wrong (a page's cursor). */
export class StoreInputError extends Error {
  override name = "StoreInputError";
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** Which pending calls nobody will end. Times are milliseconds since 1970. */
export interface LostCalls {
  /** Runs whose process has ended: what was under way in it, */
  ofRuns: readonly string[];
  /** and whatever has been under way since before this. */
  startedBefore: number;
  /** Exchanges that ended with work left to the provider (jobs, batches) wait longer. */
  unfinishedBefore: number;
}

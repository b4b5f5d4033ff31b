import type { SpendSums } from "./spend.ts";

/**
 * A team shares one libSQL database: each daemon pushes into it what its developer spends. Shapes of `/v1/team`; what the
 * team's database looks like is said in `daemon/team/schema.ts`.
 */

/** `rollups`: sums of quarter hours. `calls`: the single calls as well. */
export const teamShares = ["rollups", "calls"] as const;
export type TeamShareKind = (typeof teamShares)[number];

/**
 * What leaves the machine only where the developer chose it. `conversation` and `labels` are of single calls and need
 * `calls`. A call's model, provider, operation, source, feature and project (the name of its workspace folder, without the
 * path) are always shared, for they are what a team's spend is seen by.
 */
export const sharedDetails = ["branch", "callSite", "workspace", "conversation", "labels"] as const;
export type SharedDetail = (typeof sharedDetails)[number];

/** Details that only single calls have. */
export const detailsOfCalls: readonly SharedDetail[] = ["conversation", "labels"];

export interface TeamShare {
  kind: TeamShareKind;
  details: SharedDetail[];
}

export const defaultTeamShare: TeamShare = { kind: "rollups", details: [] };

/**
 * Where the daemon has the token from. `memory`: whoever joined keeps it (VS Code's SecretStorage) and gives it again after
 * a restart. It is never written to a file in clear.
 */
export const teamTokenPlaces = ["memory", "keychain", "environment"] as const;
export type TeamTokenPlace = (typeof teamTokenPlaces)[number];

/** What keeps a team's database from being read or written. One at a time is told. */
export const teamProblemKinds = [
  /** The daemon was restarted and nobody has given it the token yet. */
  "noToken",
  /** No connection, or no answer in time. */
  "unreachable",
  /** The token has expired, was revoked, or is of another database. */
  "refused",
  /** The token may read only. */
  "readOnlyToken",
  /** Turso: the plan's quota is used up. */
  "blocked",
  /** Asked too often, or too much at once. */
  "limited",
  /** The database is full, or the server has trouble of its own. */
  "failing",
  /** What answers is no libSQL server. */
  "noDatabase",
  /** The schema is newer than this Taximeter. */
  "schemaTooNew",
] as const;
export type TeamProblemKind = (typeof teamProblemKinds)[number];

export interface TeamProblem {
  kind: TeamProblemKind;
  /** A sentence for the developer, with what can be done. */
  message: string;
  /** Since when, ISO 8601. */
  since: string;
}

/** The team as this machine knows it. `null` in place of `url`: none was joined, and all else says nothing. */
export interface TeamStatus {
  url: string | null;
  developer: string;
  /** By what the team tells this machine from others: random, made once for each `TAXIMETER_HOME`. */
  machine: string | null;
  joinedAt: string | null;
  /** The zone of the team's days, chosen by whoever created the database. */
  timeZone: string | null;
  share: TeamShare;
  /** `null`: the server wants none. `held`: the daemon has it; else whoever keeps it has not given it since it started. */
  token: { place: TeamTokenPlace; expiresAt: string | null; held: boolean } | null;
  /** Rollup rows and calls that have changed and have not reached the team yet. */
  outstanding: number;
  lastPushedAt: string | null;
  problem: TeamProblem | null;
  /** What is well to know, one sentence each: a token about to expire. */
  warnings: string[];
}

export interface TeamJoinInput {
  /** `libsql://…`, `https://…`, or `http://…` of a server of your own. Without a token in it. */
  url: string;
  /** Absent: the server wants none. */
  token?: string;
  /** Whether the daemon is to keep the token in the system's keychain. Default: it holds it in memory only. */
  keepToken?: boolean;
  /** Default: as it was, at first sums alone. */
  share?: TeamShare;
}

/** Of a push that was asked for. */
export interface TeamPush {
  /** Rows and calls that the team has taken in. */
  pushed: number;
  outstanding: number;
  problem: TeamProblem | null;
}

/** What a row that leaves belongs to; `null` is none, or not shared. */
export interface SharedDimensions {
  developer: string;
  provider: string;
  operation: string;
  model: string | null;
  source: string | null;
  sourceKind: string | null;
  feature: string | null;
  project: string | null;
  branch: string | null;
  callSite: string | null;
  workspace: string | null;
}

/** Sums over one quarter hour, as they leave: all of a row. Amounts as decimal strings in US dollars. */
export interface SharedRollup extends SharedDimensions, SpendSums {
  /** Start of the quarter hour, ISO 8601. */
  from: string;
}

/** A single call, as it leaves: all of a row. */
export interface SharedCall extends SharedDimensions {
  callId: string;
  startedAt: string;
  status: string;
  httpStatus: number | null;
  errorType: string | null;
  durationMs: number | null;
  attempt: number;
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: string | null;
  costStatus: string;
  conversation: string | null;
  labels: Record<string, string> | null;
}

/** What leaves, by the very code that sends it: what is outstanding, or where nothing is, the latest. */
export interface TeamPreview {
  share: TeamShare;
  outstanding: number;
  rollups: SharedRollup[];
  calls: SharedCall[];
}

export interface TeamPreviewQuery {
  /** Rows of each kind, 1 to 200; 20 by default. */
  limit?: number;
  /** As it would be with this share; by default the one that holds. */
  share?: TeamShareKind;
  details?: SharedDetail[];
}

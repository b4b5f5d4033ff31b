import type { TeamShare, TeamTokenPlace } from "../../shared/team.ts";
import type { StoredDimensions } from "./callDimensions.ts";
import type { SumColumn } from "./rollupSums.ts";
import type { StoredCall } from "./store.ts";

/** What the store remembers of the team, besides what is to be pushed. */
export interface TeamMembership {
  url: string;
  /** The zone of the team's days. */
  timeZone: string;
  share: TeamShare;
  joinedAtMs: number;
  /** Who gives the token after a restart; `null`: the server wants none. */
  tokenPlace: TeamTokenPlace | null;
  lastPushedAtMs: number | null;
  /** What was shared has changed: all that the team has of this machine is to be taken back, then pushed again. */
  takingBack: boolean;
}

/** Who this store is to the team. */
export interface TeamMachine {
  /** Random, unique. */
  machine: string;
  /** The claims that the team may have of it: the last that it is known to have, and those tried since, oldest first. */
  claims: string[];
  /** Whether the team is known to have taken in anything of it. */
  hasPushed: boolean;
}

/** A row of `rollups` with its dimensions. `changed`: it is to be pushed; if its calls are 0, it is no more. */
export interface RollupRecord extends StoredDimensions, Record<SumColumn, number> {
  bucket_ms: number;
  changed: boolean;
}

/** By what the store knows later what has been pushed, and what has changed again since. */
export type OutboxReceipt = {
  rollups: [bucketMs: number, dimensionId: number, revision: number][];
  calls: [callId: string, revision: number][];
};

/**
 * A piece of what is to be pushed: all rollups of the quarter hours that are touched, for a row that leaves may be the sum
 * of several. `revision` is above that of every piece of the
 * machine before; of a former machine's, it is that of its end.
 */
export interface OutboxPiece extends TeamMachine {
  /** It is of a machine that this store once was, before it was copied. */
  former: boolean;
  revision: number;
  rollups: RollupRecord[];
  calls: StoredCall[];
  /** Ids of calls that are no more: they proved to be another one. */
  goneCalls: string[];
  receipt: OutboxReceipt;
}

export interface OutboxQuery {
  /** The most rollups and the most calls to be pushed at once. */
  limit: number;
  /** The latest of what is stored instead, whether it is to be pushed or not: for a look at it. */
  latest?: boolean;
}

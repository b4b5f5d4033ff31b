import type { TeamJoinInput, TeamPreview, TeamPush, TeamShare, TeamStatus } from "../../shared/team.ts";
import type { Store } from "../store/store.ts";
import type { Timers } from "./pushTimer.ts";
import type { TeamDatabase } from "./teamDatabase.ts";
import type { TokenKeeper } from "./tokenKeeper.ts";

/** The team, as the rest of the daemon sees it. */
export interface TeamKeeper {
  /** Knows from now on which team was joined. To be called before the first request. */
  prepare(): Promise<void>;
  /** From now on it pushes what changed. */
  start(): Promise<void>;
  status(): Promise<TeamStatus>;
  /** One sentence each, for the daemon's own status. */
  warnings(): string[];
  /** Rejects with `TeamFailure` where the team cannot be joined; then all is as it was. */
  join(input: TeamJoinInput & { url: string }): Promise<TeamStatus>;
  /** Whoever joined gives the token again, after a restart or in the place of one that expired. */
  giveToken(token: string): Promise<TeamStatus>;
  share(share: TeamShare): Promise<TeamStatus>;
  preview(limit: number, share?: Partial<TeamShare>): Promise<TeamPreview>;
  push(): Promise<TeamPush>;
  /** With `erase` it first takes back all that this machine has told; where that fails, nothing is left. */
  leave(erase: boolean): Promise<TeamStatus>;
  /** The database of the team for those who read it; `null` where none was joined, or its token is not known. */
  database(): TeamDatabase | null;
  /** Stored calls have changed. */
  callsCommitted(): void;
  /** Resolves when no push is under way. */
  settled(): Promise<void>;
  /** Pushes what it can in a moment, and ends. */
  close(): Promise<void>;
}

export interface TeamSurroundings {
  store: Store;
  developer: string;
  version: string;
  /** The zone that a team's days are of, where this daemon makes its schema. */
  timeZone: string;
  tokens: TokenKeeper;
  /** `TAXIMETER_TEAM_URL`: a team to be joined without being asked, with the token of the environment. */
  urlFromEnvironment: string | null;
  nowMs(): number;
  timers: Timers;
  /** From 0 to 1, evenly. */
  random(): number;
  onChanged(): void;
  /** All that was outstanding has reached the team, others' too, perhaps. */
  onPushed?(): void;
  log(line: string): void;
  /** Longest wait for an answer; for tests. */
  requestTimeoutMs?: number;
}

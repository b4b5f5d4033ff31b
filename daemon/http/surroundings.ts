import type { DaemonStatus } from "../../shared/daemonStatus.ts";
import type { Range, ResolvedRange } from "../../shared/range.ts";
import type { Series, SeriesQuery } from "../../shared/spend.ts";
import type { BudgetKeeper } from "../budgets/budgetKeeper.ts";
import type { Ingest } from "../ingest/ingest.ts";
import type { RunWord } from "../lifecycle/runs.ts";
import type { LiveHub } from "../live/hub.ts";
import type { SpanIntake } from "../otlp/spanIntake.ts";
import type { PriceBook } from "../pricing/priceBook.ts";
import type { BreakerKeeper } from "../protection/breakerKeeper.ts";
import type { ProtectionKeeper } from "../protection/protectionKeeper.ts";
import type { Reprice } from "../repricing/reprice.ts";
import type { Store, TimeRange } from "../store/store.ts";
import type { TeamKeeper } from "../team/team.ts";
import type { TeamBudgets } from "../team/teamBudgets.ts";
import type { TeamView } from "../team/teamView.ts";
import type { BrowserSessions } from "./browserSessions.ts";
import type { DashboardFiles } from "./dashboardFiles.ts";

/** All that the API stands on. */
export interface ApiSurroundings {
  /** What the listener proves itself by, and what a client must know. */
  identity: { token: string; nonce: string; version: string };
  /** The port we listen on; known once we do. */
  port(): number;
  store: Pick<
    Store,
    | "calls"
    | "callWithAttempts"
    | "spend"
    | "conversations"
    | "series"
    | "performance"
    | "unpricedModels"
    | "statistics"
    | "backup"
  >;
  ingest: Pick<Ingest, "take">;
  spans: SpanIntake;
  breakers: Pick<BreakerKeeper, "state" | "set">;
  protection: Pick<ProtectionKeeper, "inForce">;
  budgets: Pick<BudgetKeeper, "states" | "removedIds" | "set" | "remove" | "claimNotice">;
  /** They take a moment to load, once. */
  prices(): Promise<PriceBook>;
  reprice: Reprice;
  team: Pick<TeamKeeper, "status" | "join" | "giveToken" | "share" | "preview" | "push" | "leave">;
  teamView: TeamView;
  teamBudgets: Pick<TeamBudgets, "states" | "set" | "remove">;
  live: Pick<LiveHub, "subscribe">;
  sessions: BrowserSessions;
  dashboard: DashboardFiles;
  /** Throws `Problem` where the range is none. */
  resolve(range: Range): { range: TimeRange; resolved: ResolvedRange };
  series(query: SeriesQuery): Promise<Series>;
  status(): Promise<DaemonStatus>;
  setRecording(recording: boolean): Promise<void>;
  /** A dev process reported: its run, and how many calls it has had to drop since. */
  heardOf(word: RunWord): void;
  /** Begins to leave, after the answer. */
  shutdown(reason: string): void;
  /** Something was asked: the daemon is not idle. */
  touch(): void;
  log(line: string): void;
}

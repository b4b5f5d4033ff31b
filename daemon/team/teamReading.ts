import type { Range, ResolvedRange } from "../../shared/range.ts";
import type { BudgetCrossing } from "../live/hub.ts";
import type { Store, TimeRange } from "../store/store.ts";
import { createTeamBudgets, type TeamBudgets } from "./teamBudgets.ts";
import type { TeamDatabase } from "./teamDatabase.ts";
import { createTeamRefresh } from "./teamRefresh.ts";
import { createTeamView, type TeamView } from "./teamView.ts";
import { createTeamWatch, type TeamWatch } from "./teamWatch.ts";

export interface TeamReadingSurroundings {
  store: Store;
  database(): TeamDatabase | null;
  developer: string;
  /** Throws where the range is none. */
  resolve(range: Range): { range: TimeRange; resolved: ResolvedRange };
  nowMs(): number;
  sleep(ms: number): Promise<unknown>;
  /** Whether an editor or a dashboard is open. */
  isWatched(): boolean;
  onBudgets(crossed: BudgetCrossing | null): void;
  /** What the team has spent today is known anew. */
  onToday(): void;
  log(line: string): void;
}

/** All that reads the team, around one copy of its days. */
export interface TeamReading {
  view: TeamView;
  budgets: TeamBudgets;
  watch: TeamWatch;
}

export function createTeamReading(surroundings: TeamReadingSurroundings): TeamReading {
  const { store, database, developer, resolve, nowMs, sleep, isWatched, onBudgets, onToday, log } =
    surroundings;
  const refresh = createTeamRefresh({ store, database, nowMs, sleep, log });
  const budgets = createTeamBudgets({
    store,
    refresh,
    database,
    developer,
    nowMs,
    sleep,
    onChanged: onBudgets,
  });
  return {
    view: createTeamView({ store, refresh, resolve, nowMs }),
    budgets,
    watch: createTeamWatch({ isWatched, look: () => budgets.look().then(onToday), nowMs, log }),
  };
}

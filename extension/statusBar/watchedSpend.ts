import type { LiveQuery } from "../../shared/live.ts";
import type { Period, Scope } from "../settings.ts";

export interface Watched {
  period: Period;
  scope: Scope;
}

/** What the status bar watches. Without a folder open there is no workspace to narrow the figure to. */
export function watchedQuery(
  { period, scope }: Watched,
  { sessionStart, workspaceFolders }: { sessionStart: Date; workspaceFolders: readonly string[] },
): LiveQuery {
  const from = period === "session" ? sessionStart.toISOString() : period;
  if (scope === "all" || workspaceFolders.length === 0) return { from };
  return { from, filters: { workspace: [...workspaceFolders] } };
}

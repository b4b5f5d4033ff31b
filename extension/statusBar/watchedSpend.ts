import type { LiveQuery } from "../../shared/live.ts";
import type { Period, Scope } from "../settings.ts";

export interface Watched {
  period: Period;
  scope: Scope;
}

/** The folders whose spend is shown; none are all projects. Without a folder open there is none to narrow it to. */
export function watchedWorkspaces(shown: { scope: Scope; workspaceFolders: readonly string[] }): string[] {
  return shown.scope === "all" ? [] : [...shown.workspaceFolders];
}

/** What the status bar watches. */
export function watchedQuery(
  { period, scope }: Watched,
  { sessionStart, workspaceFolders }: { sessionStart: Date; workspaceFolders: readonly string[] },
): LiveQuery {
  const from = period === "session" ? sessionStart.toISOString() : period;
  const workspace = watchedWorkspaces({ scope, workspaceFolders });
  return workspace.length === 0 ? { from } : { from, filters: { workspace } };
}

import type { Memento } from "vscode";
import type { AppliedTeam, TeamSetting } from "./teamSync.ts";

const KEY = "taximeter.appliedTeam";

/** Kept by VS Code for all windows of this machine. */
export function createTeamMemory(memento: Pick<Memento, "get" | "update">): AppliedTeam {
  return {
    read: () => memento.get<TeamSetting>(KEY) ?? { url: null, share: { kind: "rollups", details: [] } },
    write: async (applied) => memento.update(KEY, applied),
  };
}

import * as vscode from "vscode";
import { ApiRequestError } from "../../daemon/client/errors.ts";
import { messageOf } from "../../shared/messageOf.ts";
import type { Log } from "../commands/sayFailure.ts";
import { commands } from "../contributions.ts";
import type { TeamSetting, TeamSync } from "./teamSync.ts";

/** Hands over what the settings say of the team. What the team's database refuses is told once in a window. */
export function createTeamHandOver(sync: TeamSync, log: Log): (setting: TeamSetting) => Promise<void> {
  const told = new Set<string>();
  return async (setting) => {
    try {
      await sync.apply(setting);
    } catch (error) {
      const reason = messageOf(error);
      log.warn(`The team could not be handed over: ${reason}`);
      if (!(error instanceof ApiRequestError) || told.has(reason)) return;
      told.add(reason);
      const join = vscode.l10n.t("Join a Team");
      const chosen = await vscode.window.showWarningMessage(`Taximeter: ${reason}`, join);
      if (chosen === join) await vscode.commands.executeCommand(commands.joinTeam);
    }
  };
}

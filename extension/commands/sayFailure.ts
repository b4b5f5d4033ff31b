import * as vscode from "vscode";
import { ApiRequestError, DaemonUnavailableError } from "../../daemon/client/errors.ts";
import { messageOf } from "../../shared/messageOf.ts";
import { commands } from "../contributions.ts";

export type Log = Pick<vscode.LogOutputChannel, "info" | "warn" | "error" | "show">;

/** Tells the user in words why something could not be done; what was not foreseen goes to the log in full. */
export async function sayFailure(error: unknown, log: Log): Promise<void> {
  const showLog = vscode.l10n.t("Show Log");
  if (error instanceof DaemonUnavailableError) {
    log.warn(`The daemon is not available: ${error.message}`);
    const restart = vscode.l10n.t("Restart Daemon");
    const chosen = await vscode.window.showErrorMessage(`Taximeter: ${error.message}`, restart, showLog);
    if (chosen === restart) await vscode.commands.executeCommand(commands.restartDaemon);
    if (chosen === showLog) log.show();
    return;
  }
  if (error instanceof ApiRequestError) {
    log.warn(`The daemon refused: ${error.message}`);
    await vscode.window.showErrorMessage(vscode.l10n.t("Taximeter: {0}", error.message));
    return;
  }
  const message = messageOf(error);
  log.error(error instanceof Error ? (error.stack ?? message) : message);
  const chosen = await vscode.window.showErrorMessage(vscode.l10n.t("Taximeter: {0}", message), showLog);
  if (chosen === showLog) log.show();
}

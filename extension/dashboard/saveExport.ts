import * as vscode from "vscode";
import { messageOf } from "../../shared/messageOf.ts";
import type { SaveFileMessage } from "../../shared/messages.ts";
import type { Log } from "../commands/sayFailure.ts";

/** Asks where an export of the dashboard shall be saved, and says where it was. */
export async function saveExport(file: SaveFileMessage, log: Log): Promise<void> {
  const { name, encoding, content } = file;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    saveLabel: vscode.l10n.t("Export"),
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (target === undefined) return;
  try {
    await vscode.workspace.fs.writeFile(
      target,
      Buffer.from(content, encoding === "text" ? "utf8" : "base64"),
    );
  } catch (error) {
    log.error(`The export ${target.toString()} could not be written: ${String(error)}`);
    void vscode.window.showErrorMessage(
      vscode.l10n.t("{0} could not be written: {1}", name, messageOf(error)),
    );
    return;
  }
  const open = vscode.l10n.t("Open");
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t("Exported to {0}.", vscode.workspace.asRelativePath(target)),
    open,
  );
  if (answer === open) await vscode.commands.executeCommand("vscode.open", target);
}

import * as vscode from "vscode";

/** A terminal keeps the environment that it was opened with: those that were there before us are not metered. */
export async function sayReopenTerminals(): Promise<void> {
  const open = vscode.l10n.t("New Terminal");
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      "Apps run in terminals that are open already are not metered by Taximeter. Open a new terminal for them.",
    ),
    open,
  );
  if (chosen === open) await vscode.commands.executeCommand("workbench.action.terminal.new");
}

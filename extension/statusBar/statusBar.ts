import * as vscode from "vscode";
import { commands } from "../contributions.ts";
import type { StatusBarModel } from "./statusBarModel.ts";
import { tooltipCommands } from "./tooltipLinks.ts";

export interface StatusBar extends vscode.Disposable {
  show(model: StatusBarModel): void;
  hide(): void;
}

const backgrounds = {
  warning: "statusBarItem.warningBackground",
  error: "statusBarItem.errorBackground",
} as const;

export function createStatusBar(): StatusBar {
  const item = vscode.window.createStatusBarItem("taximeter.spend", vscode.StatusBarAlignment.Right, 100);
  item.name = vscode.l10n.t("Taximeter: AI spend");
  item.command = commands.openDashboard;
  let shown: string | null = null;
  return {
    show(model) {
      // Each assignment goes to the window, `show` too, and closes the tooltip that is being read: what did not change
      // is not said again.
      const key = JSON.stringify(model);
      if (key === shown) return;
      shown = key;
      const tooltip = new vscode.MarkdownString(model.tooltip, true);
      tooltip.isTrusted = { enabledCommands: [...tooltipCommands] };
      item.text = model.text;
      item.tooltip = tooltip;
      item.accessibilityInformation = { label: model.label };
      item.backgroundColor =
        model.background === null ? undefined : new vscode.ThemeColor(backgrounds[model.background]);
      item.show();
    },
    hide() {
      shown = null;
      item.hide();
    },
    dispose: () => item.dispose(),
  };
}

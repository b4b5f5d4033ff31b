import * as vscode from "vscode";
import { parseDashboardPlace } from "../../shared/dashboardPlace.ts";
import { SETTINGS_SECTION, settings, WALKTHROUGH } from "../contributions.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import type { Dashboard } from "../dashboard/dashboardPanel.ts";
import type { Language } from "../language.ts";
import { type Period, periods, type Scope, type Settings, scopes } from "../settings.ts";
import type { CommandHandlers } from "./commandHandlers.ts";
import { pick } from "./pick.ts";

type Names =
  | "openDashboard"
  | "openDashboardInBrowser"
  | "switchStatusBarPeriod"
  | "switchStatusBarScope"
  | "copyRunLine"
  | "openSettings"
  | "openWalkthrough";

export function viewCommands(options: {
  dashboard: Dashboard;
  link: DaemonLink;
  language: Language;
  current: () => Settings;
  /** Path of the command line's bundle. */
  cliPath: string;
  extensionId: string;
}): Pick<CommandHandlers, Names> {
  const { dashboard, link, language, current, cliPath, extensionId } = options;
  const { l10n } = language;
  return {
    openDashboard: (place) => dashboard.open(parseDashboardPlace(place)),
    async openDashboardInBrowser() {
      const { url } = await link.request("inviteBrowser", { body: {} });
      const address = vscode.Uri.parse(url, true);
      if (await isReachable(address)) await vscode.env.openExternal(address);
      else await offerPanel(dashboard, language);
    },
    async switchStatusBarPeriod() {
      const shown = current().statusBarPeriod;
      const present = (period: Period) =>
        chosenItem(periodName(period, language), period === shown, language);
      const period = await pick(periods, present, l10n.t("Which period does the status bar show?"));
      if (period !== undefined) await write(settings.statusBarPeriod, period);
    },
    async switchStatusBarScope() {
      const shown = current().statusBarScope;
      const present = (scope: Scope) => chosenItem(scopeName(scope, language), scope === shown, language);
      const scope = await pick(scopes, present, l10n.t("Whose spend does the status bar show?"));
      if (scope !== undefined) await write(settings.statusBarScope, scope);
    },
    async copyRunLine() {
      await vscode.env.clipboard.writeText(`node "${cliPath}" run -- `);
      void vscode.window.showInformationMessage(
        l10n.t("Copied. Paste it before a command, in any terminal, to meter the AI calls of that command."),
      );
    },
    openSettings: () =>
      vscode.commands.executeCommand("workbench.action.openSettings", `@ext:${extensionId}`),
    openWalkthrough: () =>
      vscode.commands.executeCommand(
        "workbench.action.openWalkthrough",
        `${extensionId}#${WALKTHROUGH}`,
        false,
      ),
  };
}

/**
 * Whether the user's browser reaches the daemon by its own address. Behind a proxy, or forwarded to another port, it
 * would be refused: the daemon serves no host but itself.
 */
async function isReachable(address: vscode.Uri): Promise<boolean> {
  const outside = await vscode.env.asExternalUri(address);
  const { port } = new URL(address.toString(true));
  return outside.scheme === "http" && [`127.0.0.1:${port}`, `localhost:${port}`].includes(outside.authority);
}

async function offerPanel(dashboard: Dashboard, { l10n }: Language): Promise<void> {
  const open = l10n.t("Open Dashboard");
  const chosen = await vscode.window.showInformationMessage(
    l10n.t("Your browser does not reach the daemon at its own address, and the daemon serves no other."),
    open,
  );
  if (chosen === open) dashboard.open(null);
}

/** Where the setting stands in the workspace already it is changed there, else for the user. */
async function write(setting: string, value: string): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  const inWorkspace = configuration.inspect(setting)?.workspaceValue !== undefined;
  const { Workspace, Global } = vscode.ConfigurationTarget;
  await configuration.update(setting, value, inWorkspace ? Workspace : Global);
}

function chosenItem(label: string, chosen: boolean, { l10n }: Language): vscode.QuickPickItem {
  return chosen ? { label, description: l10n.t("shown now") } : { label };
}

function periodName(period: Period, { l10n }: Language): string {
  switch (period) {
    case "session":
      return l10n.t("This session of the window");
    case "today":
      return l10n.t("Today");
    case "week":
      return l10n.t("This week");
    case "month":
      return l10n.t("This month");
    default:
      return period satisfies never;
  }
}

function scopeName(scope: Scope, { l10n }: Language): string {
  switch (scope) {
    case "workspace":
      return l10n.t("The folders open in this window");
    case "all":
      return l10n.t("All projects");
    default:
      return scope satisfies never;
  }
}

import * as vscode from "vscode";
import { SETTINGS_SECTION, settings } from "../contributions.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import { type Language, timeOfDay } from "../language.ts";
import type { Settings } from "../settings.ts";
import type { CommandHandlers } from "./commandHandlers.ts";
import { pick } from "./pick.ts";

/** On and off by the setting, so that it is seen where all else is set; the daemon follows. */
export function protectionCommands(options: {
  link: DaemonLink;
  language: Language;
  current: () => Settings;
}): Pick<CommandHandlers, "switchCircuitBreakers"> {
  const { link, language, current } = options;
  const { l10n } = language;
  return {
    async switchCircuitBreakers() {
      const { circuits } = await link.request("breakers", {});
      const open = circuits.filter(({ state }) => state === "open");
      const isOn = current().circuitBreaker;
      // A window without a folder has no settings of a workspace.
      const here = vscode.workspace.workspaceFolders !== undefined;
      const on = here ? l10n.t("On in this workspace") : l10n.t("On in every workspace");
      const off = here ? l10n.t("Off in this workspace") : l10n.t("Off in every workspace");
      const present = (value: boolean): vscode.QuickPickItem => ({
        label: value ? on : off,
        ...(value === isOn ? { description: l10n.t("as it is now") } : {}),
        detail: value
          ? l10n.t("Calls to a model that fails again and again are stopped for a while, before they leave.")
          : l10n.t("Calls leave whatever became of those before."),
      });
      const [first] = open;
      const placeHolder =
        first === undefined
          ? l10n.t("Circuit breakers: none is open")
          : l10n.t(
              "Circuit breakers: {0} open, {1} until {2}",
              open.length,
              first.model ?? first.provider,
              first.until === null ? "…" : timeOfDay(language, first.until),
            );
      const chosen = await pick([true, false], present, placeHolder);
      if (chosen === undefined || chosen === isOn) return;
      const { Workspace, Global } = vscode.ConfigurationTarget;
      const target = here ? Workspace : Global;
      await vscode.workspace
        .getConfiguration(SETTINGS_SECTION)
        .update(settings.circuitBreaker, chosen, target);
    },
  };
}

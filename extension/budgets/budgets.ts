import * as vscode from "vscode";
import type { LiveEvent } from "../../shared/live.ts";
import type { Log } from "../commands/sayFailure.ts";
import { SETTINGS_SECTION, settings as settingKeys } from "../contributions.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import type { Language } from "../language.ts";
import type { Settings } from "../settings.ts";
import { createBudgetMemory } from "./budgetMemory.ts";
import { createBudgetNotices } from "./budgetNotices.ts";
import { followedSetting } from "./budgetSetting.ts";
import { createBudgetSync } from "./budgetSync.ts";
import { warnOfBudget } from "./budgetWarning.ts";

export interface Budgets {
  /** Hands the setting over, where the user changed it since the last time; what fails is tried at the next call. */
  apply(settings: Settings): void;
  /** Warns of what the event tells to have been reached. */
  take(event: LiveEvent): void;
  /** A budget was set (`limitUsd`) or removed (`null`) by command: it warns again, and the setting follows. */
  changed(id: string, limitUsd: string | null, settings: Settings): Promise<void>;
}

export function createBudgets(options: {
  link: DaemonLink;
  state: vscode.Memento;
  language: Language;
  log: Log;
}): Budgets {
  const { link, state, language, log } = options;
  const memory = createBudgetMemory(state);
  const sync = createBudgetSync(link, memory.applied);
  const mute = (id: string) => memory.setMuted(id, true);
  const notices = createBudgetNotices(link, memory.isMuted, (notice) => {
    void warnOfBudget(notice, language, mute);
  });
  const logFailure = (what: string) => (error: unknown) =>
    log.warn(`${what}: ${error instanceof Error ? error.message : String(error)}`);

  return {
    apply: ({ budgets }) => {
      sync.apply(budgets).catch(logFailure("The budgets of the settings could not be handed over"));
    },
    take: (event) => {
      notices.take(event).catch(logFailure("A budget's notice could not be claimed"));
    },
    async changed(id, limitUsd, settings) {
      await memory.setMuted(id, false);
      const followed = followedSetting(settings.budgets, id, limitUsd);
      if (followed === null) return;
      const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
      await configuration.update(settingKeys.budgets, followed, vscode.ConfigurationTarget.Global);
    },
  };
}

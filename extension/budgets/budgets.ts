import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import type { BudgetInput, BudgetState } from "../../shared/budgets.ts";
import type { LiveEvent } from "../../shared/live.ts";
import { type Log, sayFailure } from "../commands/sayFailure.ts";
import { SETTINGS_SECTION, settings as settingKeys } from "../contributions.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import type { Language } from "../language.ts";
import type { Settings } from "../settings.ts";
import { createBudgetMemory } from "./budgetMemory.ts";
import { createBudgetNotices } from "./budgetNotices.ts";
import { askRaise } from "./budgetQuestions.ts";
import { followedSetting } from "./budgetSetting.ts";
import { type BudgetSettingFile, createBudgetSync } from "./budgetSync.ts";
import { warnOfBudget } from "./budgetWarning.ts";

export interface Budgets {
  /** Brings setting and daemon into step; what fails is tried again at the next call. */
  apply(settings: Settings): void;
  /** Warns of what the event tells to have been reached, and takes over into the setting what was changed elsewhere. */
  take(event: LiveEvent): void;
}

/** How long a window that is not in use leaves the writing of the setting to others, at least and at most. */
const OTHERS_FIRST_MS = { least: 600, most: 1_800 };

export function createBudgets(options: {
  link: DaemonLink;
  state: vscode.Memento;
  /** Names this machine and its daemon among all that the editor works on. */
  place: string;
  language: Language;
  log: Log;
}): Budgets {
  const { link, state, place, language, log } = options;
  const sync = createBudgetSync(link, createBudgetMemory(state, place), settingFile());
  const notices = createBudgetNotices(link, (notice) => {
    warnOfBudget(notice, language, {
      async raise(budget) {
        const limitUsd = await askRaise(budget, language);
        if (limitUsd !== undefined) await changeBudget(link, budget, { limitUsd });
      },
      async setMuted(budget, muted) {
        await changeBudget(link, budget, { muted });
      },
    }).catch((error: unknown) => void sayFailure(error, log));
  });
  const logFailure = (what: string) => (error: unknown) =>
    log.warn(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  const notInStep = logFailure("The budgets of the settings are not in step with the daemon's");

  return {
    apply: ({ budgets }) => {
      sync.apply(budgets).catch(notInStep);
    },
    take: (event) => {
      if (event.type === "snapshot" || event.type === "budget") {
        sync.told(event.data.budgets, event.type === "snapshot").catch(notInStep);
      }
      notices.take(event).catch(logFailure("A budget's notice could not be claimed"));
    },
  };
}

/** Changes something of a budget; all else of it stays as it was, as the daemon has it by now. */
export async function changeBudget(
  link: DaemonLink,
  { id, period, scope }: BudgetState,
  change: Partial<BudgetInput>,
): Promise<BudgetState> {
  const { budgets } = await link.request("budgets", {});
  const limitUsd = budgets.find((budget) => budget.id === id)?.limitUsd;
  if (limitUsd === undefined && change.limitUsd === undefined) {
    throw new Error(vscode.l10n.t("The budget is not there any more."));
  }
  return link.request("setBudget", { body: { period, scope, limitUsd: limitUsd ?? "", ...change } });
}

/** The user's own settings, in the file that VS Code keeps them in. Those of a workspace are never looked at. */
function settingFile(): BudgetSettingFile {
  return {
    async turn() {
      if (vscode.window.state.focused) return;
      const { least, most } = OTHERS_FIRST_MS;
      await sleep(least + Math.random() * (most - least), undefined, { ref: false });
    },
    async follow(id, budget) {
      const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
      const raw: unknown = configuration.inspect(settingKeys.budgets)?.globalValue;
      const followed = followedSetting(raw, id, budget);
      if (followed === null) return;
      try {
        await configuration.update(settingKeys.budgets, followed, vscode.ConfigurationTarget.Global);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        void vscode.window.showWarningMessage(
          vscode.l10n.t(
            "The setting taximeter.budgets could not follow a budget that was changed: {0}",
            reason,
          ),
        );
        throw error;
      }
    },
  };
}

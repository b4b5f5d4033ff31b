import { join } from "node:path";
import * as vscode from "vscode";
import type { BudgetInput, BudgetState } from "../../shared/budgets.ts";
import type { LiveEvent } from "../../shared/live.ts";
import { messageOf } from "../../shared/messageOf.ts";
import { type Log, sayFailure } from "../commands/sayFailure.ts";
import { SETTINGS_SECTION, settings as settingKeys } from "../contributions.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import type { Language } from "../language.ts";
import type { Settings } from "../settings.ts";
import { createBudgetMemory } from "./budgetMemory.ts";
import { createBudgetNotices } from "./budgetNotices.ts";
import { askRaise } from "./budgetQuestions.ts";
import { followedSetting, type SettingBudget } from "./budgetSetting.ts";
import { createBudgetSync } from "./budgetSync.ts";
import { warnOfBudget } from "./budgetWarning.ts";
import { createLeadership } from "./leadership.ts";

export interface Budgets extends vscode.Disposable {
  /** Brings setting and daemon into step; what fails is tried again at the next call. */
  apply(settings: Settings): void;
  /** Warns of what the event tells to have been reached, and takes over into the setting what was changed elsewhere. */
  take(event: LiveEvent): void;
  /** This window does nothing for now, so that another may. */
  rest(): void;
}

export function createBudgets(options: {
  link: DaemonLink;
  /** The folder that this editor's windows share, on the machine of the daemon. */
  storage: string;
  /** `TAXIMETER_HOME`. */
  home: string;
  language: Language;
  log: Log;
}): Budgets {
  const { link, storage, home, language, log } = options;
  const leadership = createLeadership(join(storage, "budgets.leader"));
  const applied = createBudgetMemory(join(storage, "budgets.json"), home);
  const sync = createBudgetSync({ link, applied, leadership, follow: writeSetting });
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
  const logFailure = (what: string) => (error: unknown) => log.warn(`${what}: ${messageOf(error)}`);
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
    rest: leadership.release,
    dispose: leadership.release,
  };
}

/** Changes something of a budget; all else of it stays as it was, as the daemon has it by now. */
export async function changeBudget(
  link: DaemonLink,
  { id, period, scope, team }: BudgetState,
  change: Partial<BudgetInput>,
): Promise<BudgetState> {
  const { budgets } = await link.request("budgets", {});
  const limitUsd = budgets.find((budget) => budget.id === id)?.limitUsd;
  if (limitUsd === undefined && change.limitUsd === undefined) {
    throw new Error(vscode.l10n.t("The budget is not there any more."));
  }
  return link.request("setBudget", {
    body: { period, scope, limitUsd: limitUsd ?? "", ...(team ? { team } : {}), ...change },
  });
}

/** The user's own settings, in the file that VS Code keeps them in. Those of a workspace are never looked at. */
async function writeSetting(
  id: string,
  before: SettingBudget,
  after: SettingBudget | null,
): Promise<boolean> {
  const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  const raw: unknown = configuration.inspect(settingKeys.budgets)?.globalValue;
  const followed = followedSetting(raw, id, before, after);
  if (followed === null) return false;
  try {
    await configuration.update(settingKeys.budgets, followed, vscode.ConfigurationTarget.Global);
    return true;
  } catch (error) {
    const reason = messageOf(error);
    void vscode.window.showWarningMessage(
      vscode.l10n.t("The setting taximeter.budgets could not follow a budget that was changed: {0}", reason),
    );
    throw error;
  }
}

import * as vscode from "vscode";
import type { DashboardPlace } from "../../shared/dashboardPlace.ts";
import type { TeamShare, TeamStatus } from "../../shared/team.ts";
import { commands, SETTINGS_SECTION, settings } from "../contributions.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import { count, type Language } from "../language.ts";
import type { TeamPreview } from "../team/teamPreview.ts";
import { askShare, askToken, askUrl } from "../team/teamQuestions.ts";
import type { AppliedTeam, TeamSetting } from "../team/teamSync.ts";
import type { TeamTokens } from "../team/teamTokens.ts";
import type { CommandHandlers } from "./commandHandlers.ts";
import { pick } from "./pick.ts";

type Names = "joinTeam" | "showTeam" | "leaveTeam";

export function teamCommands(options: {
  link: DaemonLink;
  language: Language;
  tokens: TeamTokens;
  applied: AppliedTeam;
  preview: TeamPreview;
  current: () => TeamSetting;
}): Pick<CommandHandlers, Names> {
  const { link, language, tokens, applied, preview, current } = options;
  const { l10n } = language;

  /** The settings say what holds, for the next machine and for whoever looks there; it has been handed over already. */
  async function write({ url, share }: TeamSetting): Promise<void> {
    await applied.write({ url, share });
    const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
    const { Global } = vscode.ConfigurationTarget;
    await configuration.update(settings.teamUrl, url ?? undefined, Global);
    await configuration.update(settings.teamShare, share.kind === "rollups" ? undefined : share.kind, Global);
    await configuration.update(
      settings.teamDetails,
      share.details.length === 0 ? undefined : share.details,
      Global,
    );
  }

  async function changeShare(now: TeamShare): Promise<void> {
    const share = await askShare(now, language);
    if (share === undefined) return;
    const team = await link.request("shareWithTeam", { body: share });
    await write({ url: team.url, share: team.share });
  }

  async function join(): Promise<void> {
    const now = await link.request("team", {});
    const url = await askUrl(now.url ?? current().url, language);
    if (url === undefined) return;
    const token = await askToken(language);
    if (token === undefined) return;
    const share = await askShare(now.share, language);
    if (share === undefined) return;
    const team = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: l10n.t("Joining the team") },
      () => link.request("joinTeam", { body: { url, share, ...(token === "" ? {} : { token }) } }),
    );
    if (token === "") await tokens.forget(url);
    else await tokens.keep(url, token);
    await write({ url: team.url, share: team.share });
    const see = l10n.t("Show What Leaves");
    const sentence = l10n.t("Joined {0}. What you spend is pushed there from now on.", team.url ?? url);
    const chosen =
      team.problem === null
        ? await vscode.window.showInformationMessage(sentence, see)
        : await vscode.window.showWarningMessage(team.problem.message, see);
    if (chosen === see) await preview.open();
  }

  async function push(): Promise<void> {
    const { pushed, problem } = await link.request("pushToTeam", { body: {} });
    if (problem !== null) throw new Error(problem.message);
    void vscode.window.showInformationMessage(
      pushed === 0
        ? l10n.t("The team has all of it.")
        : l10n.t("Pushed to the team: {0} rows.", count(language, pushed)),
    );
  }

  return {
    joinTeam: join,

    async showTeam() {
      const team = await link.request("team", {});
      if (team.url === null) return join();
      const place: DashboardPlace = { view: "team" };
      const actions: [label: string, run: () => unknown][] = [
        [
          l10n.t("Show What the Team Spends"),
          () => vscode.commands.executeCommand(commands.openDashboard, place),
        ],
        [l10n.t("Push Now"), push],
        [l10n.t("Show What Leaves"), () => preview.open()],
        [l10n.t("Choose What Is Shared…"), () => changeShare(team.share)],
        [l10n.t("Join Again, with Another Token…"), join],
        [l10n.t("Leave…"), () => vscode.commands.executeCommand(commands.leaveTeam)],
      ];
      const chosen = await pick(actions, ([label]) => ({ label }), summary(team, language));
      await chosen?.[1]();
    },

    async leaveTeam() {
      const { url } = await link.request("team", {});
      if (url === null) {
        void vscode.window.showInformationMessage(l10n.t("No team was joined."));
        return;
      }
      const leave = l10n.t("Leave");
      const erase = l10n.t("Leave and Erase");
      const chosen = await vscode.window.showWarningMessage(
        l10n.t("Leave {0}?", url),
        {
          modal: true,
          detail: l10n.t(
            "What was pushed stays in the team’s database, unless you erase it: then all that this machine has pushed is taken back. What is stored on this machine stays as it is.",
          ),
        },
        leave,
        erase,
      );
      if (chosen !== leave && chosen !== erase) return;
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: l10n.t("Leaving the team") },
        () => link.request("leaveTeam", { query: { erase: chosen === erase } }),
      );
      await tokens.forget(url);
      await write({ url: null, share: { kind: "rollups", details: [] } });
    },
  };
}

function summary({ url, outstanding, problem }: TeamStatus, language: Language): string {
  const { l10n } = language;
  if (problem !== null) return problem.message;
  return outstanding === 0
    ? l10n.t("{0} has all of it", url ?? "")
    : l10n.t("{0}: {1} rows are to be pushed", url ?? "", count(language, outstanding));
}

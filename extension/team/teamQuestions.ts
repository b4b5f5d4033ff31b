import * as vscode from "vscode";
import {
  detailsOfCalls,
  type SharedDetail,
  sharedDetails,
  type TeamShare,
  teamShares,
} from "../../shared/team.ts";
import { parseTeamUrl } from "../../shared/teamUrl.ts";
import { pick } from "../commands/pick.ts";
import type { Language } from "../language.ts";

/** `undefined` where the user left it. */
export async function askUrl(known: string | null, { l10n }: Language): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    title: l10n.t("Join a Team"),
    prompt: l10n.t("The address of the team’s libSQL database: of Turso, or of a server of your own"),
    placeHolder: "libsql://team-name.turso.io",
    value: known ?? "",
    ignoreFocusOut: true,
    validateInput: (text) =>
      parseTeamUrl(text).ok
        ? null
        : l10n.t("It must be an address such as {0}, without a token in it.", "libsql://team-name.turso.io"),
  });
  const parsed = typed === undefined ? null : parseTeamUrl(typed);
  return parsed?.ok ? parsed.url : undefined;
}

/** Empty for a server that wants none. */
export async function askToken({ l10n }: Language): Promise<string | undefined> {
  const token = await vscode.window.showInputBox({
    title: l10n.t("Join a Team"),
    prompt: l10n.t("The database’s token, kept in VS Code’s secret storage. Empty: the server wants none"),
    password: true,
    ignoreFocusOut: true,
  });
  return token?.trim();
}

export async function askShare(now: TeamShare, { l10n }: Language): Promise<TeamShare | undefined> {
  const kind = await pick(
    teamShares,
    (known) => ({
      label: known === "rollups" ? l10n.t("Sums of quarter hours") : l10n.t("Single calls as well"),
      detail: l10n.t("By developer, project, source, feature, provider and model"),
      ...(known === now.kind ? { description: l10n.t("as it is now") } : {}),
    }),
    l10n.t("What does the team see of what you spend?"),
  );
  if (kind === undefined) return undefined;
  const offered = sharedDetails.filter((detail) => kind === "calls" || !detailsOfCalls.includes(detail));
  const items = offered.map((detail) => ({
    label: detailName(detail, { l10n }),
    picked: now.details.includes(detail),
    detail,
  }));
  const chosen = await vscode.window.showQuickPick(
    items.map(({ detail, ...item }) => ({ ...item, value: detail })),
    { canPickMany: true, placeHolder: l10n.t("What may the team see besides? Nothing of it need be") },
  );
  return chosen === undefined ? undefined : { kind, details: chosen.map(({ value }) => value) };
}

function detailName(detail: SharedDetail, { l10n }: Pick<Language, "l10n">): string {
  switch (detail) {
    case "branch":
      return l10n.t("Git branches");
    case "callSite":
      return l10n.t("Lines of code that call");
    case "workspace":
      return l10n.t("Paths of workspaces");
    case "conversation":
      return l10n.t("Ids of conversations");
    case "labels":
      return l10n.t("Labels of calls");
    default:
      return detail satisfies never;
  }
}

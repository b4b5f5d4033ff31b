import * as vscode from "vscode";
import type { BudgetScope } from "../../shared/budgets.ts";
import type { Dimension } from "../../shared/dimensions.ts";
import { pick } from "../commands/pick.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import type { Language } from "../language.ts";
import { dimensionName } from "../reports/dimensionNames.ts";
import { spentFigure } from "../statusBar/statusBarView.ts";

/** What a budget is offered for; all else can be set in the settings and on the command line. */
const offered = ["source", "feature", "provider", "model", "workspace"] as const;
/** Values that occurred in so many days are offered, the costliest first. */
const RECENTLY = "30d";
const OFFERED_VALUES = 100;
const LABELLED_CALLS = 500;

/** One value of one dimension, of those that occur or typed; `undefined` where the user left it. */
export async function askScope(
  link: DaemonLink,
  folders: readonly string[],
  language: Language,
): Promise<BudgetScope | undefined> {
  const dimension = await askDimension(link, language);
  if (dimension === undefined) return undefined;
  const value = await askValue(link, dimension, dimension === "workspace" ? folders : [], language);
  return value === undefined ? undefined : { dimension, value };
}

async function askDimension(link: DaemonLink, language: Language): Promise<Dimension | undefined> {
  const { calls } = await link.request("calls", { query: { from: RECENTLY, limit: LABELLED_CALLS } });
  const labels = new Set(calls.flatMap(({ attributes }) => Object.keys(attributes)));
  const dimensions: Dimension[] = [
    ...offered,
    ...[...labels].sort().map((name): Dimension => `label:${name}`),
  ];
  return pick(
    dimensions,
    (dimension) => ({ label: dimensionName(dimension, language) }),
    language.l10n.t("What is the budget for?"),
  );
}

async function askValue(
  link: DaemonLink,
  dimension: Dimension,
  first: readonly string[],
  language: Language,
): Promise<string | undefined> {
  const { l10n } = language;
  const query = { from: RECENTLY, groupBy: [dimension], limit: OFFERED_VALUES };
  const { rows } = await link.request("spend", { query });
  const spent = new Map(
    rows.flatMap((row) =>
      row.key === null || row.key === "" ? [] : [[row.key, spentFigure(row, language)]],
    ),
  );
  const values = [...new Set([...first, ...spent.keys()])];
  const name = dimensionName(dimension, language);
  const present = (value: string | null): vscode.QuickPickItem => {
    if (value === null) return { label: l10n.t("Another…"), alwaysShow: true };
    const figure = spent.get(value);
    return figure === undefined
      ? { label: value }
      : { label: value, description: l10n.t("{0} in 30 days", figure) };
  };
  const chosen =
    values.length === 0
      ? null
      : await pick<string | null>([...values, null], present, l10n.t("{0}: which one?", name));
  if (chosen !== null) return chosen;
  const typed = await vscode.window.showInputBox({
    title: name,
    prompt: l10n.t("Exactly as it is reported"),
    validateInput: (text) => (text.trim() === "" ? l10n.t("A name is needed.") : undefined),
  });
  return typed?.trim();
}

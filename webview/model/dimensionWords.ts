import type { SourceKind } from "../../shared/call.ts";
import type { Dimension, NamedDimension } from "../../shared/dimensions.ts";
import type { TeamDimensionName } from "../../shared/teamSpend.ts";
import { t } from "../localisation/t.ts";

interface DimensionWords {
  /** Title of a tab and of a column. */
  name: string;
  /** How a call without a value is shown. */
  none: string;
}

/** One's own, or a team's. */
export type ShownDimension = Dimension | TeamDimensionName;

const words: Record<NamedDimension | TeamDimensionName, DimensionWords> = {
  source: { name: t("Source"), none: t("unattributed") },
  sourceKind: { name: t("Kind"), none: t("unattributed") },
  feature: { name: t("Feature"), none: t("no feature") },
  provider: { name: t("Provider"), none: t("unknown provider") },
  model: { name: t("Model"), none: t("unknown model") },
  operation: { name: t("Operation"), none: t("unknown operation") },
  conversation: { name: t("Conversation"), none: t("no conversation") },
  callSite: { name: t("Call site"), none: t("unknown place") },
  developer: { name: t("Developer"), none: t("unknown developer") },
  workspace: { name: t("Workspace"), none: t("no workspace") },
  branch: { name: t("Branch"), none: t("no branch") },
  test: { name: t("Test"), none: t("not in a test") },
  project: { name: t("Project"), none: t("no project") },
  day: { name: t("Day"), none: t("no day") },
};

export function dimensionWords(dimension: ShownDimension): DimensionWords {
  const known = Object.entries(words).find(([name]) => name === dimension)?.[1];
  if (known !== undefined) return known;
  const label = dimension.slice("label:".length);
  return { name: label, none: t("no {0}", label) };
}

export const sourceKindWords: Record<SourceKind, string> = {
  route: t("route"),
  job: t("job"),
  action: t("action"),
  test: t("test"),
  script: t("script"),
  custom: t("custom"),
};

export function labelDimension(name: string): Dimension {
  return `label:${name}`;
}

/** The last part of a path, whichever way its slashes lean. */
export function folderName(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}

/** A value of a dimension as it is shown: workspaces by their folder's name, an absent value in words. */
export function keyWords(dimension: ShownDimension, key: string | null): string {
  if (key === null || key === "") return dimensionWords(dimension).none;
  if (dimension === "workspace") return folderName(key);
  return dimension === "sourceKind" ? (kindWords(key) ?? key) : key;
}

function kindWords(key: string): string | undefined {
  return Object.entries(sourceKindWords).find(([kind]) => kind === key)?.[1];
}

/** The tabs of the breakdown, in this order; the others stand in the menu behind them. */
export const tabDimensions: readonly NamedDimension[] = [
  "source",
  "model",
  "feature",
  "provider",
  "callSite",
];
export const menuDimensions: readonly NamedDimension[] = [
  "sourceKind",
  "operation",
  "conversation",
  "workspace",
  "branch",
  "developer",
  "test",
];

import type { Dimension, NamedDimension } from "../../shared/dimensions.ts";
import { UNATTRIBUTED } from "../../shared/sources.ts";

interface DimensionWords {
  /** Title of a tab and of a column. */
  name: string;
  /** How a call without a value is shown. */
  none: string;
}

const words: Record<NamedDimension, DimensionWords> = {
  source: { name: "Source", none: UNATTRIBUTED },
  sourceKind: { name: "Kind", none: UNATTRIBUTED },
  feature: { name: "Feature", none: "no feature" },
  provider: { name: "Provider", none: "unknown provider" },
  model: { name: "Model", none: "unknown model" },
  operation: { name: "Operation", none: "unknown operation" },
  conversation: { name: "Conversation", none: "no conversation" },
  callSite: { name: "Call site", none: "unknown place" },
  developer: { name: "Developer", none: "unknown developer" },
  workspace: { name: "Workspace", none: "no workspace" },
  branch: { name: "Branch", none: "no branch" },
  test: { name: "Test", none: "not in a test" },
};

export function dimensionWords(dimension: Dimension): DimensionWords {
  const known = Object.entries(words).find(([name]) => name === dimension)?.[1];
  if (known !== undefined) return known;
  const label = dimension.slice("label:".length);
  return { name: label, none: `no ${label}` };
}

/** The last part of a path, whichever way its slashes lean. */
export function folderName(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}

/** A value of a dimension as it is shown: workspaces by their folder's name, an absent value in words. */
export function keyWords(dimension: Dimension, key: string | null): string {
  if (key === null || key === "") return dimensionWords(dimension).none;
  return dimension === "workspace" ? folderName(key) : key;
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
  "operation",
  "conversation",
  "workspace",
  "branch",
  "developer",
  "test",
];

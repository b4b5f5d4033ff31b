import type { BudgetScope } from "../../shared/budgets.ts";
import type { Call } from "../../shared/call.ts";
import { type Dimension, isDimension } from "../../shared/dimensions.ts";
import { t } from "../localisation/t.ts";
import { dimensionWords } from "./dimensionWords.ts";

/** Chosen for a budget over all calls. */
export const EVERYTHING = "";

/** What a budget is offered for; all else can be set on the command line. */
const offered = ["workspace", "source", "feature", "provider", "model"] as const;

export interface ScopeChoice {
  /** A dimension, or `EVERYTHING`. */
  value: string;
  label: string;
}

/** What a budget can be for: everything, one value of a dimension, one of a label that occurs. */
export function scopeChoices(labels: readonly string[]): ScopeChoice[] {
  return [
    { value: EVERYTHING, label: t("Everything") },
    ...offered.map((dimension) => ({ value: dimension, label: dimensionWords(dimension).name })),
    ...labels.map((name) => ({ value: `label:${name}`, label: t("Label {0}", name) })),
  ];
}

/** What a budget of the team's can be for, as its own budgets name it, and as the team calls it. */
export const teamScopes = {
  workspace: "project",
  developer: "developer",
  source: "source",
  feature: "feature",
  provider: "provider",
  model: "model",
} as const;

export function teamScopeChoices(): ScopeChoice[] {
  return [
    { value: EVERYTHING, label: t("Everything") },
    ...Object.entries(teamScopes).map(([value, name]) => ({ value, label: dimensionWords(name).name })),
  ];
}

/** The scope that was chosen; `null` is everything, `undefined` none: a value is missing. */
export function scopeOf(dimension: string, value: string): BudgetScope | null | undefined {
  if (!isDimension(dimension)) return null;
  return value.trim() === "" ? undefined : { dimension, value: value.trim() };
}

export function dimensionOf(choice: string): Dimension | null {
  return isDimension(choice) ? choice : null;
}

/** Names of the labels of these calls, in their order. */
export function labelNames(calls: readonly Pick<Call, "attributes">[]): string[] {
  return [...new Set(calls.flatMap(({ attributes }) => Object.keys(attributes)))].toSorted();
}

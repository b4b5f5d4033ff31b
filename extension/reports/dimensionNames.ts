import type { Dimension, NamedDimension } from "../../shared/dimensions.ts";
import type { Language } from "../language.ts";

/** What a dimension is called in the editor. */
export function dimensionName(dimension: Dimension, { l10n }: Language): string {
  const names: Record<NamedDimension, string> = {
    source: l10n.t("Source"),
    sourceKind: l10n.t("Kind of source"),
    feature: l10n.t("Feature"),
    provider: l10n.t("Provider"),
    model: l10n.t("Model"),
    operation: l10n.t("Operation"),
    conversation: l10n.t("Conversation"),
    callSite: l10n.t("Call site"),
    developer: l10n.t("Developer"),
    workspace: l10n.t("Workspace"),
    branch: l10n.t("Branch"),
    test: l10n.t("Test"),
  };
  return isLabel(dimension) ? l10n.t("Label {0}", dimension.slice("label:".length)) : names[dimension];
}

/** The same within a sentence or a title: English writes it small there, German does not. */
export function dimensionInSentence(dimension: Dimension, language: Language): string {
  const name = dimensionName(dimension, language);
  return language.locale.startsWith("en") ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

function isLabel(dimension: Dimension): dimension is `label:${string}` {
  return dimension.startsWith("label:");
}

import { callSiteName, modelOf } from "../../shared/call.ts";
import type { StoredCall } from "./store.ts";

/** What spend is grouped by, by its column in `dimensions`, in the order of the columns. */
export const dimensionColumns = [
  "provider",
  "operation",
  "model",
  "source",
  "source_kind",
  "feature",
  "developer",
  "workspace",
  "git_branch",
  "call_site",
] as const;

/** As it is stored: the empty string is "none". */
export type StoredDimensions = Record<(typeof dimensionColumns)[number], string>;

/** Of one call. The model is the one that its developer knows it by. */
export function dimensionsOf(call: StoredCall): StoredDimensions {
  return {
    provider: call.provider,
    operation: call.operation,
    model: modelOf(call) ?? "",
    source: call.source ?? "",
    source_kind: call.sourceKind ?? "",
    feature: call.feature ?? "",
    developer: call.developer,
    workspace: call.workspace ?? "",
    git_branch: call.gitBranch ?? "",
    call_site: call.callSite === null ? "" : callSiteName(call.callSite),
  };
}

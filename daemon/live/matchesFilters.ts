import { type Call, callSiteName, modelOf } from "../../shared/call.ts";
import type { Dimension, Filters, NamedDimension } from "../../shared/dimensions.ts";
import { ownValue } from "../../shared/ownValue.ts";

/** A call as it is stored or shown. */
type Described = Omit<Call, "costUsd">;

const values: Record<NamedDimension, (call: Described) => string | null> = {
  source: (call) => call.source,
  sourceKind: (call) => call.sourceKind,
  feature: (call) => call.feature,
  provider: (call) => call.provider,
  model: modelOf,
  operation: (call) => call.operation,
  conversation: (call) => call.conversationId,
  callSite: ({ callSite }) => (callSite === null ? null : callSiteName(callSite)),
  developer: (call) => call.developer,
  workspace: (call) => call.workspace,
  branch: (call) => call.gitBranch,
  test: (call) => (call.sourceKind === "test" ? call.source : null),
};

function dimensionValue(call: Described, dimension: string): string {
  if (dimension.startsWith("label:"))
    return ownValue(call.attributes, dimension.slice("label:".length)) ?? "";
  return (isNamed(dimension) ? values[dimension](call) : null) ?? "";
}

function isNamed(dimension: string): dimension is NamedDimension {
  return Object.hasOwn(values, dimension);
}

/** Whether a call has what the filters ask for: the same answer, for one call at hand, as the store's over all of them. */
export function matchesFilters(call: Described, filters: Filters): boolean {
  return Object.entries(filters).every(
    ([dimension, wanted]) => wanted === undefined || wanted.includes(dimensionValue(call, dimension)),
  );
}

/** Whether a call is within one value of one dimension. */
export function isWithin(call: Described, dimension: Dimension, value: string): boolean {
  return dimensionValue(call, dimension) === value;
}

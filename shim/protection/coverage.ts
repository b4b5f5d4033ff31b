import type { BudgetScope } from "../../shared/budgets.ts";
import type { Operation } from "../../shared/call.ts";
import type { Source } from "../../shared/sources.ts";
import type { Scope } from "../context/attribution.ts";

/** What a call is by the dimensions of budgets, as far as it is known before it leaves. */
export interface CallDimensions {
  provider: string;
  model: string | null;
  operation: Operation | null;
  scope: Scope;
  source: Source | null;
  workspace: string | null;
  gitBranch: string | null;
}

/** Whether a budget of this scope covers the call. The empty string stands for "none", as in filters. */
export function covers(scope: BudgetScope | null, call: CallDimensions): boolean {
  return scope === null || (valueIn(scope.dimension, call) ?? "") === scope.value;
}

function valueIn(dimension: BudgetScope["dimension"], call: CallDimensions): string | null | undefined {
  switch (dimension) {
    case "source":
      return call.source?.source;
    case "sourceKind":
      return call.source?.sourceKind;
    case "feature":
      return call.scope.feature;
    case "provider":
      return call.provider;
    case "model":
      return call.model;
    case "operation":
      return call.operation;
    case "conversation":
      return call.scope.conversationId;
    case "workspace":
      return call.workspace;
    case "branch":
      return call.gitBranch;
    case "test":
      return call.source?.sourceKind === "test" ? call.source.source : null;
    case "callSite":
    case "developer":
      // Not known here: the daemon takes no hard stop that goes by these.
      return undefined;
    default:
      return call.scope.attributes[dimension.slice("label:".length)];
  }
}

import { type Usage, type UsageUnit, usageUnits } from "../../shared/usage.ts";
import type { StoredCall } from "./store.ts";

/**
 * Ten thousand dollars. No attempt costs that much; a report that says so is wrong, and must not push the sums beyond
 * what a whole JavaScript number holds.
 */
export const MAX_CALL_COST_NANO_USD = 10_000 * 1_000_000_000;
/** Likewise for a count of anything. */
export const MAX_UNITS = 1e12;

/** Units that are counted in whole numbers; credits and seconds, say, come in fractions. */
const wholeUnits: ReadonlySet<UsageUnit> = new Set(usageUnits.filter((unit) => unit.endsWith("Tokens")));

/** The call as the store gives it back: whole numbers where they are whole, in their bounds, and no empty names. */
export function normaliseCall(call: StoredCall): StoredCall {
  return {
    ...call,
    startedAt: new Date(call.startedAt).toISOString(),
    attempt: Math.max(1, Math.round(call.attempt)),
    retryCount: Math.max(0, Math.round(call.retryCount)),
    httpStatus: call.httpStatus === null ? null : Math.round(call.httpStatus),
    durationMs: call.durationMs === null ? null : Math.max(0, call.durationMs),
    usage: normaliseUsage(call.usage),
    costNanoUsd:
      call.costNanoUsd === null
        ? null
        : Math.round(Math.min(MAX_CALL_COST_NANO_USD, Math.max(0, call.costNanoUsd))),
    source: call.source || null,
    sourceKind: call.source ? call.sourceKind : null,
    feature: call.feature || null,
    conversationId: call.conversationId || null,
    requestModel: call.requestModel || null,
    responseModel: call.responseModel || null,
    responseId: call.responseId || null,
    workspace: call.workspace || null,
    gitBranch: call.gitBranch || null,
    runId: call.runId || null,
  };
}

export function normaliseUsage(usage: Usage): Usage {
  const normalised: Usage = {};
  for (const unit of usageUnits) {
    const units = usage[unit];
    if (units === undefined) continue;
    const bounded = Math.min(MAX_UNITS, Math.max(0, units));
    normalised[unit] = wholeUnits.has(unit) ? Math.round(bounded) : bounded;
  }
  return normalised;
}

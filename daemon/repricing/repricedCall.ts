import { isDeepStrictEqual } from "node:util";
import type { Pricer } from "../pricing/pricer.ts";
import { normaliseCall } from "../store/normaliseCall.ts";
import type { StoredCall } from "../store/store.ts";
import { type Interpretation, interpret } from "../usage/interpret.ts";

/** What a call means: what repricing may change of it, besides its cost. */
type Meaning = Pick<StoredCall, "operation" | "requestModel" | "responseModel" | "serviceTier" | "usage"> & {
  declaredCostNanoUsd: number | null;
};

/**
 * A stored call as it would be read and priced today, at the prices of its own day; `null` where that is what it is. What
 * its provider declared stands: nobody knows better. That another version of a list would say the same is no change.
 */
export function repricedCall(call: StoredCall, pricer: Pricer): StoredCall | null {
  const { declaredCostNanoUsd, ...meaning } = meaningOf(call);
  const cost =
    call.costStatus === "declared"
      ? {}
      : pricer.price({
          ...meaning,
          provider: call.provider,
          endpoint: call.endpoint,
          workspace: call.workspace,
          rawUsage: call.rawUsage,
          declaredCostNanoUsd,
          startedAtMs: Date.parse(call.startedAt),
          status: call.status,
          httpStatus: call.httpStatus,
        });
  const repriced = normaliseCall({ ...call, ...meaning, ...cost });
  const { priceVersion } = call;
  return isDeepStrictEqual({ ...repriced, priceVersion }, call) ? null : repriced;
}

/**
 * From the facts that a shim copied, where there are such. What somebody reported ready-made, or what later readers no
 * longer find anything in, means what it meant.
 */
function meaningOf(call: StoredCall): Meaning {
  const { operation, requestModel, responseModel, serviceTier, usage } = call;
  const asStored = { operation, requestModel, responseModel, serviceTier, usage, declaredCostNanoUsd: null };
  const found = interpretAgain(call);
  if (found === null) return asStored;
  const { declaredCostNanoUsd } = found;
  if (Object.keys(found.usage).length === 0) return { ...asStored, declaredCostNanoUsd };
  return {
    operation: found.operation,
    requestModel: found.requestModel ?? requestModel,
    responseModel: found.responseModel ?? responseModel,
    serviceTier: found.serviceTier ?? serviceTier,
    usage: found.usage,
    declaredCostNanoUsd,
  };
}

function interpretAgain(call: StoredCall): Interpretation | null {
  const { endpoint, rawUsage } = call;
  if (endpoint === null || rawUsage === null) return null;
  const meaning = interpret({
    callId: call.callId,
    startedAt: call.startedAt,
    status: call.status,
    provider: call.provider,
    endpoint,
    rawUsage,
    requestModel: call.requestModel,
    responseModel: call.responseModel,
    serviceTier: call.serviceTier,
    responseId: call.responseId,
  });
  return "ignored" in meaning ? null : meaning;
}

import type { PriceableCall } from "../../daemon/pricing/priceableCall.ts";

/** A call that ended well on 2026-11-20, asking for pricing. */
export function makePriceable(over: Partial<PriceableCall> = {}): PriceableCall {
  return {
    provider: "openai",
    endpoint: null,
    workspace: null,
    requestModel: "gpt-4o-mini",
    responseModel: null,
    serviceTier: null,
    usage: {},
    rawUsage: null,
    declaredCostNanoUsd: null,
    startedAtMs: Date.parse("2026-11-20T12:00:00Z"),
    status: "ok",
    httpStatus: 200,
    ...over,
  };
}

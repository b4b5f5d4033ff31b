import type { CallDetail, CostLine } from "../../shared/callDetail.ts";
import { NANO_USD_PER_USD, nanoUsdToDecimal } from "../../shared/money.ts";
import type { PriceableCall } from "../pricing/priceableCall.ts";
import { fieldOfUnit } from "../pricing/priceEntry.ts";
import type { Pricer } from "../pricing/pricer.ts";
import { publicCall } from "../store/publicCall.ts";
import type { CallWithAttempts, StoredCall } from "../store/store.ts";

/** A call with how its cost is made up, as it would be priced today, and the attempts around it. */
export function explainedCall({ call, attempts }: CallWithAttempts, pricer: Pricer): CallDetail {
  const priceable = priceableCall(call);
  const cost =
    call.costStatus === "declared" || call.status === "pending" ? [] : linesOf(pricer.explain(priceable));
  return {
    call: publicCall(call),
    cost,
    costAsStored: cost.length === 0 || pricer.price(priceable).costNanoUsd === call.costNanoUsd,
    attempts: attempts.map(publicCall),
  };
}

function priceableCall(call: StoredCall): PriceableCall {
  const { provider, endpoint, workspace, requestModel, responseModel, serviceTier, usage, rawUsage } = call;
  return {
    provider,
    endpoint,
    workspace,
    requestModel,
    responseModel,
    serviceTier,
    usage,
    rawUsage,
    declaredCostNanoUsd: null,
    startedAtMs: Date.parse(call.startedAt),
    status: call.status,
    httpStatus: call.httpStatus,
  };
}

function linesOf(models: ReturnType<Pricer["explain"]>): CostLine[] {
  return models.flatMap(({ priceKey, units }) =>
    units.map(({ unit, count, usd, per }) => ({
      field: fieldOfUnit(unit),
      count,
      usd,
      per,
      costUsd: usd === null ? null : nanoUsdToDecimal(Math.round(((count * usd) / per) * NANO_USD_PER_USD)),
      priceKey,
    })),
  );
}

import type { Call } from "../../shared/call.ts";
import { nanoUsdToDecimal } from "../../shared/money.ts";
import type { StoredCall } from "./store.ts";

/** A stored call as clients see it: without what only repricing needs. */
export function publicCall(stored: StoredCall): Call {
  const { costNanoUsd, endpoint: _endpoint, rawUsage: _rawUsage, ...call } = stored;
  return { ...call, costUsd: costNanoUsd === null ? null : nanoUsdToDecimal(costNanoUsd) };
}

import type { CallStatus, Endpoint, JsonObject } from "../../shared/call.ts";
import type { Usage } from "../../shared/usage.ts";

/** What a price depends on. */
export interface PriceableCall {
  provider: string;
  /** Where it went to, which may decide the price; `null` where it is not known. */
  endpoint: Endpoint | null;
  /** Absolute path of the workspace, which may have prices of its own. */
  workspace: string | null;
  requestModel: string | null;
  responseModel: string | null;
  serviceTier: string | null;
  usage: Usage;
  rawUsage: JsonObject | null;
  declaredCostNanoUsd: number | null;
  /** Milliseconds since the epoch: prices are those of the call's own day. */
  startedAtMs: number;
  status: CallStatus;
  /** `null` where no response came. */
  httpStatus: number | null;
}

import type { Call } from "./call.ts";
import type { PriceField } from "./prices.ts";

/** One thing that a call was billed for, at today's prices. */
export interface CostLine {
  /** What it is a price of, as `prices.json` names it. */
  field: PriceField;
  /** How many were billed: tokens, searches, seconds. */
  count: number;
  /** Dollars for `per` of them, service tier and place included; `null` where no price is known. */
  usd: number | null;
  per: number;
  /** `null` where no price is known. */
  costUsd: string | null;
  /** Whose price it is, `provider:model`; `null` where none is known. */
  priceKey: string | null;
}

/** Answer of `GET /v1/calls/{id}`. */
export interface CallDetail {
  call: Call;
  /**
   * How the cost is made up. Empty where the provider declared it, where it is free, or where nothing is priced. It is
   * worked out anew: where `costAsStored` is false, prices have changed since the call was priced.
   */
  cost: CostLine[];
  costAsStored: boolean;
  /** All attempts of the same operation that are known, this one among them, first to last. */
  attempts: Call[];
}

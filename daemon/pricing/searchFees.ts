import type { JsonObject } from "../../shared/call.ts";
import { objectIn, textIn } from "../usage/fields.ts";
import type { FoundPrices } from "./prices.ts";

/**
 * What Perplexity charges for each request besides its tokens, in dollars, by how much of the web is put before the model:
 * https://docs.perplexity.ai/docs/getting-started/pricing. The catalogue lists the highest fee only.
 */
const perplexityFees: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "perplexity:sonar": { low: 0.005, medium: 0.008, high: 0.012 },
  "perplexity:sonar-reasoning": { low: 0.005, medium: 0.008, high: 0.012 },
  "perplexity:sonar-pro": { low: 0.006, medium: 0.01, high: 0.014 },
  "perplexity:sonar-reasoning-pro": { low: 0.006, medium: 0.01, high: 0.014 },
};

/** Listed prices with the request fee of this very call; with the lowest, as a lower bound, where its size was not said. */
export function withSearchFee(found: FoundPrices, rawUsage: JsonObject | null): FoundPrices {
  const fees = perplexityFees[found.key];
  if (fees === undefined) return found;
  const fee = fees[textIn(objectIn(rawUsage ?? {}, "usage"), "search_context_size") ?? ""];
  return {
    ...found,
    lowerBound: fee === undefined,
    prices: { ...found.prices, request: { usd: fee ?? fees["low"] ?? 0, per: 1, tiers: [] } },
  };
}

import type { JsonObject } from "../../shared/call.ts";
import { ownValue } from "../../shared/ownValue.ts";
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
  const fee = ownValue(fees, textIn(objectIn(rawUsage ?? {}, "usage"), "search_context_size") ?? "");
  return {
    ...found,
    lowerBound: fee === undefined,
    prices: { ...found.prices, request: { usd: fee ?? fees["low"] ?? 0, per: 1, tiers: [] } },
  };
}

/** A search by itself, without a model: 5 dollars for 1,000, says the same page. */
const searches: Readonly<Record<string, { path: RegExp; usd: number }>> = {
  perplexity: { path: /\/search$/, usd: 0.005 },
};

/** What a provider takes for a request that names no model, or `undefined`. */
export function searchPrice(provider: string, path: string | undefined): FoundPrices | undefined {
  const search = ownValue(searches, provider);
  if (search === undefined || path === undefined || !search.path.test(path)) return undefined;
  return {
    key: `${provider}:*`,
    version: "search fees@2026-11-21",
    prices: { request: { usd: search.usd, per: 1, tiers: [] } },
    free: false,
  };
}

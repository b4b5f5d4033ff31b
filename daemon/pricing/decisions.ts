import type { FoundPrices } from "./prices.ts";

/**
 * OpenAI's decisions cost the input alone, cached or not, at the list price of the model's input; what comes out is free:
 * https://developers.openai.com/api/docs/guides/decisions (2026-10-09, GPT-6 Luna). Of other models no price is known.
 */
export function withDecisions(found: FoundPrices, serviceTier: string | null): FoundPrices {
  if (serviceTier !== "decisions" || !found.key.startsWith("openai:")) return found;
  const { input } = found.prices;
  if (found.key !== "openai:gpt-6-luna" || input === undefined) {
    return { ...found, prices: {}, lowerBound: true };
  }
  const free = { usd: 0, per: 1e6, tiers: [] };
  return { ...found, prices: { input, cacheRead: input, cacheWrite: input, output: free } };
}

import { NANO_USD_PER_USD } from "../../shared/money.ts";
import type { Buckets } from "./buckets.ts";
import type { BilledUnit, Price, Prices } from "./prices.ts";
import { billedUnits } from "./prices.ts";

export interface Costing {
  /** Not rounded. */
  nanoUsd: number;
  /** Units that were used but have no price of their own: what they cost is left out, or is at least what was counted. */
  unpricedUnits: BilledUnit[];
}

interface StandIn {
  unit: BilledUnit;
  factor: number;
  /** Whether the provider says that this is the price; otherwise it is a lower bound. */
  known: boolean;
}

/**
 * Prices buckets of usage. A unit without a price of its own takes another's where that is what the provider charges, or
 * where it cannot be more; else it is left out. `tokenFactor` is what a service tier makes of the prices of tokens; fees are
 * the same in every tier.
 */
export function costOf(
  { counts, inputTokens }: Buckets,
  prices: Prices,
  provider: string,
  tokenFactor: number,
): Costing {
  const unpricedUnits: BilledUnit[] = [];
  // Summed in millionths of a nano-dollar, which are whole numbers for every price per million tokens or thousand calls.
  let millionths = 0;
  for (const unit of billedUnits) {
    const used = counts[unit] ?? 0;
    // A price per request is due once for a call, whether or not the provider counts requests.
    const count = unit === "request" && prices.request !== undefined ? Math.max(used, 1) : used;
    if (count <= 0) continue;
    const own = prices[unit];
    const standIn = own === undefined ? standInFor(unit, prices, provider) : undefined;
    const price = own ?? (standIn && prices[standIn.unit]);
    if (own === undefined && standIn?.known !== true) unpricedUnits.push(unit);
    if (price !== undefined) {
      const factor = (standIn?.factor ?? 1) * (fees.has(unit) ? 1 : tokenFactor);
      millionths += count * rate(price, inputTokens) * factor * (1e6 / price.per);
    }
  }
  return { nanoUsd: millionths / 1e6, unpricedUnits };
}

/** What is charged beside tokens. */
const fees: ReadonlySet<BilledUnit> = new Set(["webSearch", "fileSearch", "request"]);

/** Nano-dollars for `price.per` units. A tier is the price of the whole call, not of what lies above its limit. */
function rate({ usd, tiers }: Price, inputTokens: number): number {
  const tier = tiers.findLast(({ above }) => inputTokens > above);
  return Math.round((tier?.usd ?? usd) * NANO_USD_PER_USD);
}

function standInFor(unit: BilledUnit, prices: Prices, provider: string): StandIn | undefined {
  const of = (other: BilledUnit, known: boolean, factor = 1): StandIn | undefined =>
    prices[other] === undefined ? undefined : { unit: other, factor, known };
  switch (unit) {
    case "reasoning":
      // Thinking is billed as output by every provider that reports it as a part of it.
      return of("output", true);
    case "inputImage":
      // Image input is converted to tokens at the text price: openai.com/api/pricing, ai.google.dev/gemini-api/docs/pricing
      // ("text / image / video"), platform.claude.com/docs (vision). The catalogue lists the models where it is not, but not Cohere's embeddings.
      return of("input", provider !== "cohere");
    case "inputAudio":
      // Google lists a price for audio only where it differs; OpenAI's audio always costs more than its text.
      return of("input", isGoogle(provider));
    case "cacheReadAudio":
      return of("cacheRead", isGoogle(provider));
    case "cacheWrite1h":
      // Twice the input price: https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing
      return provider === "anthropic"
        ? of("input", true, 2)
        : (of("cacheWrite", false) ?? of("input", false));
    case "cacheWrite":
      // No provider writes to a cache for less than it reads uncached input.
      return of("input", false);
    case "outputAudio":
    case "outputImage":
      return of("output", false);
    default:
      return undefined;
  }
}

function isGoogle(provider: string): boolean {
  return provider === "google" || provider === "gcp.vertex_ai";
}

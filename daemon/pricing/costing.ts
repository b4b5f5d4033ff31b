import { NANO_USD_PER_USD } from "../../shared/money.ts";
import type { Buckets } from "./buckets.ts";
import type { BilledUnit, FoundPrices, Price, Prices } from "./prices.ts";
import { billedUnits } from "./prices.ts";

export interface Costing {
  /** Not rounded. */
  nanoUsd: number;
  /** Units that were used but have no price of their own: what they cost is left out, or is at least what was counted. */
  unpricedUnits: BilledUnit[];
  /** What was billed, unit by unit. */
  lines: CostedUnit[];
}

/** `usd` is for `per` of the unit, factors included; `null` where there is no price. */
export interface CostedUnit {
  unit: BilledUnit;
  count: number;
  usd: number | null;
  per: number;
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
  { counts, inputTokens, inputTokensAtMost }: Buckets,
  { key, prices }: Pick<FoundPrices, "key" | "prices">,
  provider: string,
  tokenFactor: number,
): Costing {
  const unpricedUnits: BilledUnit[] = [];
  const lines: CostedUnit[] = [];
  // Summed in millionths of a nano-dollar, which are whole numbers for every price per million tokens or thousand calls.
  let millionths = 0;
  for (const unit of billedUnits) {
    const count = billedCount(unit, counts[unit] ?? 0, prices, provider);
    if (count <= 0) continue;
    const own = prices[unit];
    const standIn = own === undefined ? standInFor(unit, prices, provider, key) : undefined;
    const price = own ?? (standIn && prices[standIn.unit]);
    if (own === undefined && standIn?.known !== true) unpricedUnits.push(unit);
    if (price === undefined) {
      lines.push({ unit, count, usd: null, per: 1 });
    } else {
      // Some of many requests may have been long ones, which cost more.
      if (price.tiers.some(({ above }) => above >= inputTokens && above < inputTokensAtMost))
        unpricedUnits.push(unit);
      const factor = (standIn?.factor ?? 1) * (fees.has(unit) ? 1 : tokenFactor);
      const nanoUsd = rate(price, inputTokens) * factor;
      millionths += count * nanoUsd * (1e6 / price.per);
      lines.push({ unit, count, usd: nanoUsd / NANO_USD_PER_USD, per: price.per });
    }
  }
  return { nanoUsd: millionths / 1e6, unpricedUnits, lines };
}

/** Groq bills a transcription for at least so long: https://console.groq.com/docs/speech-to-text */
const GROQ_SHORTEST_SECONDS = 10;

/** How many of a unit are paid for, where not as many as were used. */
function billedCount(unit: BilledUnit, used: number, prices: Prices, provider: string): number {
  // A price per request is due once for a call, whether or not the provider counts requests.
  if (unit === "request" && prices.request !== undefined) return Math.max(used, 1);
  if (unit === "second" && used > 0 && provider === "groq") return Math.max(used, GROQ_SHORTEST_SECONDS);
  return used;
}

/** What is charged beside tokens. */
const fees: ReadonlySet<BilledUnit> = new Set(["webSearch", "fileSearch", "request"]);

/** Nano-dollars for `price.per` units. A tier is the price of the whole call, not of what lies above its limit. */
function rate({ usd, tiers }: Price, inputTokens: number): number {
  const tier = tiers.findLast(({ above }) => inputTokens > above);
  return Math.round((tier?.usd ?? usd) * NANO_USD_PER_USD);
}

function standInFor(unit: BilledUnit, prices: Prices, provider: string, key: string): StandIn | undefined {
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
    case "inputVideo":
      // Google's price of text is that of images and video as well, where it lists no other.
      return of("input", isGoogle(provider));
    case "inputAudio":
      // Google lists a price for audio only where it differs; OpenAI's audio always costs more than its text.
      return of("input", isGoogle(provider));
    case "cacheReadAudio":
      return of("cacheRead", isGoogle(provider));
    case "cacheReadImage":
      return of("cacheRead", prices.inputImage === undefined);
    case "cacheWrite1h":
      // Twice the input price of Claude, whoever sells it: https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing,
      // and in AWS' price list for those that it lists it for (Opus 5.5).
      return key.includes("claude") ? of("input", true, 2) : (of("cacheWrite", false) ?? of("input", false));
    case "cacheWrite":
      // No provider writes to a cache for less than it reads uncached input.
      return of("input", false);
    case "outputImage":
      // All that comes out of these are images, so that is what their price of output is for.
      return of("output", key.startsWith("openai:gpt-image-"));
    case "outputAudio":
    case "outputVideo":
      return of("output", false);
    default:
      return undefined;
  }
}

function isGoogle(provider: string): boolean {
  return provider === "google" || provider === "gcp.vertex_ai";
}

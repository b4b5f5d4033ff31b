import { ownValue } from "../../shared/ownValue.ts";
import type { Buckets } from "./buckets.ts";
import type { Factor } from "./prices.ts";

/** Names under which providers report that the list price holds. */
const standardTiers: ReadonlySet<string> = new Set([
  "default",
  "standard",
  "standard_only",
  "auto",
  "on_demand",
  "unspecified",
  "service_tier_unspecified",
  "traffic_type_unspecified",
  // They have prices of their own, see `withDecisions`.
  "decisions",
]);

/** Tiers at half the list price somewhere, so that the list price would not be a lower bound. */
const halfPriceTiers: ReadonlySet<string> = new Set(["flex", "batch", "on_demand_flex"]);

/**
 * What tokens cost in a tier, as a multiple of the list price, where the provider's price list says so for all its models:
 * - OpenAI: https://developers.openai.com/api/docs/pricing (flex and batch; Azure's batch is the same)
 * - Anthropic: https://platform.claude.com/docs/en/build-with-claude/batch-processing
 * - Gemini: https://ai.google.dev/gemini-api/docs/optimization (flex and batch; Vertex has the first as well)
 * - Bedrock: AWS Price List of 2026-09-01, AmazonBedrock, us-east-1 (flex and batch half, priority 1.75 times)
 * - Groq: https://console.groq.com/docs/flex-processing (other limits, the same price)
 */
const factors: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  openai: { flex: 0.5, batch: 0.5 },
  "azure.ai.openai": { batch: 0.5 },
  anthropic: { batch: 0.5 },
  google: { flex: 0.5, batch: 0.5 },
  "gcp.vertex_ai": { on_demand_flex: 0.5 },
  "aws.bedrock": { flex: 0.5, batch: 0.5, priority: 1.75 },
  groq: { flex: 1 },
};

/**
 * OpenAI's priority, since 2026-07-30 "fast mode", which differs by model: its price over the list price, both from OpenAI's
 * list. https://openai.com/api-fast-mode (2026-08-21), before https://openai.com/api-priority-processing
 */
const openaiPriority: Readonly<Record<string, number>> = {
  "openai:gpt-5.6-sol": 2,
  "openai:gpt-5.6-terra": 2,
  "openai:gpt-5.6-luna": 2,
  "openai:gpt-5.5": 12.5 / 5,
  "openai:gpt-5.4": 2,
  "openai:gpt-5.4-mini": 2,
  "openai:gpt-5.2": 2,
  "openai:gpt-5.1": 2,
  "openai:gpt-5": 2,
  "openai:gpt-5-mini": 0.45 / 0.25,
  "openai:gpt-4.1": 3.5 / 2,
  "openai:gpt-4.1-mini": 0.7 / 0.4,
  "openai:gpt-4.1-nano": 2,
  "openai:gpt-4o": 4.25 / 2.5,
  "openai:gpt-4o-2024-05-13": 8.75 / 5,
  "openai:gpt-4o-mini": 0.25 / 0.15,
  "openai:o3": 3.5 / 2,
  "openai:o4-mini": 2 / 1.1,
};

/** Models whose priority has no long context, so that it is not known what such a call would cost. */
const withoutLongContext = /^openai:gpt-5\.[45]/;
const LONG_CONTEXT = 272_000;

/** Gemini's priority costs 1.8 times, says the price list of these; "75 % to 100 % more", say the docs of all. */
const geminiPriority = /^google:gemini-3\.[78]/;
const GEMINI_PRIORITY = 1.8;
const GEMINI_PRIORITY_AT_LEAST = 1.75;

/**
 * "Cached tokens are priced the same as for non-batch" was Gemini's word once; whether it still holds is not known here, nor
 * is it in the price list: half of a cached token's price is the least.
 */
const batchesWithoutCache: ReadonlySet<string> = new Set(["google"]);

/** `priceKey` is the `provider:model` that the list price was found under. Where not known, the factor can't be too high. */
export function tierOf(
  provider: string,
  serviceTier: string | null,
  priceKey: string,
  { inputTokens, counts }: Buckets,
): Factor {
  const name = serviceTier?.toLowerCase() ?? "standard";
  if (standardTiers.has(name)) return { factor: 1, known: true };
  const factor = ownValue(ownValue(factors, provider), name);
  if (factor !== undefined) {
    const isCached = name === "batch" && (counts.cacheRead ?? 0) > 0;
    return { factor, known: !(isCached && batchesWithoutCache.has(provider)) };
  }
  if (provider === "openai" && (name === "priority" || name === "fast")) {
    const priority = openaiPriority[priceKey];
    const isTooLong = inputTokens >= LONG_CONTEXT && withoutLongContext.test(priceKey);
    return { factor: isTooLong ? 1 : (priority ?? 1), known: priority !== undefined && !isTooLong };
  }
  if (isGeminiPriority(provider, name)) {
    const known = geminiPriority.test(priceKey);
    return { factor: known ? GEMINI_PRIORITY : GEMINI_PRIORITY_AT_LEAST, known };
  }
  return { factor: halfPriceTiers.has(name) ? 0.5 : 1, known: false };
}

function isGeminiPriority(provider: string, tier: string): boolean {
  return provider === "google"
    ? tier === "priority"
    : provider === "gcp.vertex_ai" && tier === "on_demand_priority";
}

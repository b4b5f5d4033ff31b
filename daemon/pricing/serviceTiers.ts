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
]);

/** Tiers at half the list price somewhere, so that the list price would not be a lower bound. */
const halfPriceTiers: ReadonlySet<string> = new Set(["flex", "batch", "on_demand_flex"]);

/**
 * What tokens cost in a tier, as a multiple of the list price, where the provider's price list says so for all its models:
 * - OpenAI: https://developers.openai.com/api/docs/pricing (flex and batch; Azure's batch is the same)
 * - Anthropic: https://platform.claude.com/docs/en/build-with-claude/batch-processing
 * - Gemini: https://ai.google.dev/gemini-api/docs/pricing (flex and batch)
 * - Bedrock: https://aws.amazon.com/bedrock/pricing (flex and batch, and three quarters on top for priority)
 * - Groq: https://console.groq.com/docs/flex-processing (other limits, the same price)
 */
const factors: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  openai: { flex: 0.5, batch: 0.5 },
  "azure.ai.openai": { batch: 0.5 },
  anthropic: { batch: 0.5 },
  google: { flex: 0.5, batch: 0.5 },
  "aws.bedrock": { flex: 0.5, batch: 0.5, priority: 1.75 },
  groq: { flex: 1 },
};

/** OpenAI's priority, which differs by model: priority price over list price, both from OpenAI's list. */
const openaiPriority: Readonly<Record<string, number>> = {
  "openai:gpt-5": 2.5 / 1.25,
  "openai:gpt-5.1": 2.5 / 1.25,
  "openai:gpt-5.2": 3.5 / 1.75,
  "openai:gpt-5-mini": 0.45 / 0.25,
  "openai:gpt-4.1": 3.5 / 2,
  "openai:gpt-4.1-mini": 0.7 / 0.4,
  "openai:gpt-4.1-nano": 0.2 / 0.1,
  "openai:gpt-4o": 4.25 / 2.5,
  "openai:gpt-4o-mini": 0.25 / 0.15,
  "openai:o3": 3.5 / 2,
  "openai:o4-mini": 2 / 1.1,
};

/** What a tier makes of the list price of tokens. Where it is not known, the factor is one that cannot be too high. */
export interface TierPrice {
  factor: number;
  known: boolean;
}

/** `priceKey` is the `provider:model` that the list price was found under. */
export function tierOf(provider: string, serviceTier: string | null, priceKey: string): TierPrice {
  const name = serviceTier?.toLowerCase() ?? "standard";
  if (standardTiers.has(name)) return { factor: 1, known: true };
  const priority = name === "priority" && provider === "openai" ? openaiPriority[priceKey] : undefined;
  const factor = factors[provider]?.[name] ?? priority;
  if (factor !== undefined) return { factor, known: true };
  return { factor: halfPriceTiers.has(name) ? 0.5 : 1, known: false };
}

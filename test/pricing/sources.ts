/**
 * Where the prices of the golden tables come from: the provider's own page, and how it is known that it says so.
 *
 * - `page`: the page itself was read, as it was on that day.
 * - `catalogue`: the list of @pydantic/genai-prices of that day has the same figure, and names the page.
 * - `second hand`: somebody else's copy or account of the page says so.
 * - `not verified`: as remembered; nothing at hand says so.
 */
export interface Source {
  page: string;
  known: "page" | "catalogue" | "second hand" | "not verified";
  day: string;
}

const catalogue = (page: string): Source => ({ page, known: "catalogue", day: "2026-09-23" });
const read = (page: string, day: string): Source => ({ page, known: "page", day });
const secondHand = (page: string, day: string): Source => ({ page, known: "second hand", day });
const unverified = (page: string): Source => ({ page, known: "not verified", day: "2026-11-21" });

export const sources = {
  /** No price is in play: what is not known has none. */
  none: { page: "", known: "page", day: "2026-11-21" },
  openai: catalogue("https://developers.openai.com/api/docs/pricing"),
  openaiFastMode: read("https://openai.com/api-fast-mode", "2026-08-21"),
  openaiPriority: read("https://openai.com/api-priority-processing", "2026-07-29"),
  openaiFlex: secondHand("https://developers.openai.com/api/docs/pricing", "2026-08-27"),
  openaiResidency: read("https://developers.openai.com/api/docs/guides/data-residency", "2026-11-21"),
  openaiDecisions: secondHand("https://developers.openai.com/api/docs/guides/decisions", "2026-10-09"),
  openaiSpeech: read("https://developers.openai.com/api/docs/models/tts-1", "2026-11-21"),
  openaiAudioPreview: unverified("https://developers.openai.com/api/docs/models/gpt-4o-audio-preview"),
  anthropic: catalogue("https://platform.claude.com/docs/en/about-claude/pricing"),
  anthropicCaching: catalogue("https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing"),
  anthropicBatch: read("https://platform.claude.com/docs/about-claude/models/whats-new-opus-5", "2026-11-21"),
  anthropicFastMode: read("https://platform.claude.com/docs/en/build-with-claude/fast-mode", "2026-02-28"),
  anthropicFastModeNow: secondHand(
    "https://platform.claude.com/docs/en/build-with-claude/fast-mode",
    "2026-11-21",
  ),
  anthropicResidency: secondHand(
    "https://platform.claude.com/docs/en/about-claude/pricing#data-residency-pricing",
    "2026-04-30",
  ),
  google: catalogue("https://ai.google.dev/gemini-api/docs/pricing"),
  googleTiers: read("https://ai.google.dev/gemini-api/docs/optimization", "2026-11-21"),
  bedrock: catalogue("https://aws.amazon.com/bedrock/pricing"),
  bedrockTiers: secondHand(
    "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonBedrock/current/us-east-1/index.json",
    "2026-09-01",
  ),
  bedrockEmbeddings: unverified("https://aws.amazon.com/bedrock/pricing"),
  vertex: catalogue("https://cloud.google.com/vertex-ai/generative-ai/pricing"),
  vertexPremium: catalogue("https://cloud.google.com/vertex-ai/generative-ai/pricing#claude-models"),
  vertexFlex: secondHand("https://cloud.google.com/vertex-ai/generative-ai/pricing", "2026-07-24"),
  azure: catalogue("https://azure.microsoft.com/pricing/details/cognitive-services/openai-service"),
  groq: catalogue("https://groq.com/pricing"),
  groqFlex: unverified("https://console.groq.com/docs/flex-processing"),
  groqShortest: catalogue("https://console.groq.com/docs/speech-to-text"),
  mistral: catalogue("https://mistral.ai/pricing"),
  mistralLatest: unverified("https://docs.mistral.ai/models"),
  deepseek: read("https://api-docs.deepseek.com/quick_start/pricing", "2026-11-15"),
  deepseekSummer: read("https://api-docs.deepseek.com/quick_start/pricing", "2026-08-21"),
  deepseekBefore: read("https://api-docs.deepseek.com/quick_start/pricing", "2026-08-13"),
  deepseekOld: unverified("https://api-docs.deepseek.com/news/news250929"),
  cohere: catalogue("https://cohere.com/pricing"),
  cohereRerank: secondHand("https://cohere.com/pricing", "2026-04-30"),
  voyage: catalogue("https://docs.voyageai.com/docs/pricing"),
  xai: catalogue("https://docs.x.ai/docs/models"),
  moonshot: catalogue("https://platform.moonshot.ai/docs/pricing/chat"),
  zai: catalogue("https://docs.z.ai/guides/overview/pricing"),
  together: catalogue("https://www.together.ai/pricing"),
  fireworks: catalogue("https://fireworks.ai/pricing"),
  cerebras: catalogue("https://www.cerebras.ai/pricing"),
  openrouter: catalogue("https://openrouter.ai/models"),
  perplexity: catalogue("https://docs.perplexity.ai/docs/getting-started/pricing"),
  perplexityFees: read("https://docs.perplexity.ai/docs/legacy/sonar/models/sonar", "2026-11-21"),
  perplexityProFees: unverified("https://docs.perplexity.ai/docs/getting-started/pricing"),
  perplexitySearch: read("https://docs.perplexity.ai/docs/getting-started/pricing", "2026-11-21"),
} as const satisfies Record<string, Source>;

export type SourceName = keyof typeof sources;

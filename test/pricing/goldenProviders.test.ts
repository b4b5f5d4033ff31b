import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PriceableCall } from "../../daemon/pricing/priceableCall.ts";
import { createPricer, type Pricer } from "../../daemon/pricing/pricer.ts";
import type { CostStatus } from "../../shared/call.ts";
import type { Usage } from "../../shared/usage.ts";
import { makePriceable } from "./priceable.ts";
import { type SourceName, sources } from "./sources.ts";

/**
 * As `golden.test.ts`, for those who serve models beside their makers, and for everybody else: worked out by hand from the
 * price lists, in US dollars as a sum that can be followed. Where a case does not name its source, it is its provider's.
 */
const M = 1_000_000;

interface Golden {
  name: string;
  /** Where its prices come from, if not from its provider's list. */
  from?: SourceName;
  model: string | null;
  usage: Usage;
  usd: number | null;
  status?: CostStatus;
  key?: string | null;
  call?: Partial<PriceableCall>;
}

const thousandEach: Usage = { inputTokens: 1_000, outputTokens: 1_000 };
const cached: Usage = { inputTokens: 1_000, cacheReadInputTokens: 600, outputTokens: 1_000 };

/** 1,000 tokens in and out, at dollars per million. */
function plain(model: string, input: number, output: number, key?: string): Golden {
  const usd = (1_000 * input + 1_000 * output) / M;
  return { name: `${input} in, ${output} out`, model, usage: thousandEach, usd, ...(key ? { key } : {}) };
}

/** 400 fresh and 600 cached tokens in, 1,000 out. */
function withCache(model: string, input: number, cacheRead: number, output: number): Golden {
  const usd = (400 * input + 600 * cacheRead + 1_000 * output) / M;
  return { name: `${input} in, ${cacheRead} cached, ${output} out`, model, usage: cached, usd };
}

function embeddings(model: string, input: number, from?: SourceName): Golden {
  return {
    name: `${input} in`,
    ...(from ? { from } : {}),
    model,
    usage: { inputTokens: 5_000 },
    usd: (5_000 * input) / M,
  };
}

function unlisted(name: string, model: string, call: Partial<PriceableCall> = {}): Golden {
  return { name, from: "none", model, usage: thousandEach, usd: null, key: null, call };
}

function vertexCall(host: string, location: string): Partial<PriceableCall> {
  const path = `/v1/projects/acme/locations/${location}/publishers/anthropic/models/x:rawPredict`;
  return { endpoint: { host, path, method: "POST" } };
}

const at = (time: string) => ({ startedAtMs: Date.parse(time) });

/** The price list of each provider; `none`: there is none. */
const lists = {
  "aws.bedrock": "bedrock",
  "gcp.vertex_ai": "vertex",
  "azure.ai.openai": "azure",
  groq: "groq",
  mistral_ai: "mistral",
  deepseek: "deepseek",
  cohere: "cohere",
  voyage: "voyage",
  x_ai: "xai",
  moonshot_ai: "moonshot",
  z_ai: "zai",
  together: "together",
  fireworks: "fireworks",
  cerebras: "cerebras",
  openrouter: "openrouter",
  perplexity: "perplexity",
  ollama: "none",
  ollama_cloud: "none",
  snowflake: "none",
  huggingface: "none",
  exa: "none",
  firecrawl: "none",
  tavily: "none",
} as const satisfies Record<string, SourceName>;

const cases: Record<keyof typeof lists, Golden[]> = {
  "aws.bedrock": [
    // [B] Nova: micro 0.035 and 0.14, lite 0.06 and 0.24, pro 0.80 and 3.20; cache reads a quarter
    plain("us.amazon.nova-micro-v1:0", 0.035, 0.14, "aws:amazon.nova-micro-v1:0"),
    plain("amazon.nova-lite-v1:0", 0.06, 0.24),
    withCache("eu.amazon.nova-pro-v1:0", 0.8, 0.2, 3.2),
    // [B] Sonnet 4.5: 3 and 15 by the global profile, a tenth more where a region is chosen
    plain("global.anthropic.claude-sonnet-4-5-20250929-v1:0", 3, 15),
    plain("us.anthropic.claude-sonnet-4-5-20250929-v1:0", 3.3, 16.5),
    plain("anthropic.claude-sonnet-4-5-20250929-v1:0", 3.3, 16.5),
    {
      // Invoke's answer says claude-opus-4-8 without the profile that was asked for, which decides
      ...plain("global.anthropic.claude-opus-4-8", 5, 25),
      name: "what was asked for decides, not what answers",
      call: { responseModel: "claude-opus-4-8" },
    },
    // [B] Haiku 4.5 1.10 and 5.50 in a region; Sonnet 4 and 3.7 before such a difference, 3 and 15
    plain("eu.anthropic.claude-haiku-4-5-20251001-v1:0", 1.1, 5.5),
    plain("us.anthropic.claude-sonnet-4-20250514-v1:0", 3, 15),
    plain("us.anthropic.claude-3-7-sonnet-20250219-v1:0", 3, 15),
    {
      // [B] Sonnet 4: 0.30 read, 3.75 written
      name: "the cache, each token once",
      model: "us.anthropic.claude-sonnet-4-20250514-v1:0",
      usage: {
        inputTokens: 1_300,
        cacheReadInputTokens: 1_000,
        cacheCreationInputTokens: 200,
        outputTokens: 10,
      },
      usd: (100 * 3 + 1_000 * 0.3 + 200 * 3.75 + 10 * 15) / M,
    },
    {
      // [B] Opus 5.5 in a region: 4.40 in, 0.22 read, 5.50 and 8.80 written, 22 out
      name: "an hour's cache at its own price",
      model: "us.anthropic.claude-opus-5-5",
      usage: {
        inputTokens: 1_300,
        cacheReadInputTokens: 1_000,
        cacheCreationInputTokens: 200,
        cacheCreation1hInputTokens: 150,
        outputTokens: 10,
      },
      usd: (100 * 4.4 + 1_000 * 0.22 + 50 * 5.5 + 150 * 8.8 + 10 * 22) / M,
    },
    {
      // Haiku 4.5: twice its 1.10, which the catalogue does not list
      name: "an hour's cache is twice the input",
      from: "anthropicCaching",
      model: "eu.anthropic.claude-haiku-4-5-20251001-v1:0",
      usage: {
        inputTokens: 300,
        cacheCreationInputTokens: 200,
        cacheCreation1hInputTokens: 200,
        outputTokens: 0,
      },
      usd: (100 * 1.1 + 200 * 2.2) / M,
    },
    {
      // Nova has no price for writes: at least what reading it costs
      name: "another's cache for an hour is a lower bound",
      model: "us.amazon.nova-pro-v1:0",
      usage: {
        inputTokens: 300,
        cacheCreationInputTokens: 200,
        cacheCreation1hInputTokens: 200,
        outputTokens: 0,
      },
      usd: (300 * 0.8) / M,
      status: "incomplete",
    },
    // [B] Llama 3.3 70B 0.72 and 0.72, Mistral Large 2402 4 and 12, DeepSeek R1 1.35 and 5.40
    plain("us.meta.llama3-3-70b-instruct-v1:0", 0.72, 0.72),
    plain("mistral.mistral-large-2402-v1:0", 4, 12),
    plain("us.deepseek.r1-v1:0", 1.35, 5.4),
    plain("openai.gpt-oss-120b-1:0", 0.15, 0.6),
    // [B] embeddings: Titan 0.10, its second version 0.02; Cohere 0.10, its fourth 0.12
    embeddings("amazon.titan-embed-text-v1", 0.1),
    embeddings("amazon.titan-embed-text-v2:0", 0.02, "bedrockEmbeddings"),
    embeddings("cohere.embed-english-v3", 0.1, "bedrockEmbeddings"),
    embeddings("cohere.embed-v4:0", 0.12, "bedrockEmbeddings"),
    {
      // [B] priority is three quarters on top, flex half
      name: "priority",
      from: "bedrockTiers",
      model: "us.amazon.nova-pro-v1:0",
      usage: thousandEach,
      call: { serviceTier: "priority" },
      usd: ((1_000 * 0.8 + 1_000 * 3.2) * 1.75) / M,
    },
    {
      name: "flex",
      from: "bedrockTiers",
      model: "us.amazon.nova-pro-v1:0",
      usage: thousandEach,
      call: { serviceTier: "flex" },
      usd: (1_000 * 0.4 + 1_000 * 1.6) / M,
    },
    unlisted("another version is another model", "amazon.nova-lite-v2:0"),
    unlisted("a profile of the user's own", "arn:aws:bedrock:us-east-1:1:application-inference-profile/x"),
    unlisted("a likeness is no match", "us.anthropic.claude-sonnet-4-7-v1:0"),
  ],
  "gcp.vertex_ai": [
    // [V] 2.5 Pro: 1.25 and 10, above 200K 2.50 and 15; 2.0 Flash 0.10 and 0.40
    plain("gemini-2.5-pro", 1.25, 10, "google:gemini-2.5-pro"),
    {
      name: "a long context, all of it",
      model: "gemini-2.5-pro",
      usage: { inputTokens: 200_001, outputTokens: 1_000 },
      usd: (200_001 * 2.5 + 1_000 * 15) / M,
    },
    plain("gemini-2.0-flash-001", 0.1, 0.4),
    // [V] 3 Flash: 0.50, 0.05 cached, 3
    withCache("gemini-3-flash-preview", 0.5, 0.05, 3),
    // [V] Claude Opus 4.8: 5, 0.50, 25 at the global endpoint
    withCache("claude-opus-4-8", 5, 0.5, 25),
    // Opus 4.1: 15 and 75. Sonnet 5, which is listed under its maker only: 2 and 10
    plain("claude-opus-4-1@20250805", 15, 75),
    plain("claude-sonnet-5", 2, 10, "anthropic:claude-sonnet-5"),
    embeddings("gemini-embedding-001", 0.15),
    {
      ...plain("claude-sonnet-4-5@20250929", 3.3, 16.5),
      name: "Claude in a region costs a tenth more",
      from: "vertexPremium",
      call: vertexCall("us-east5-aiplatform.googleapis.com", "us-east5"),
    },
    {
      ...plain("claude-opus-5", 5.5, 27.5),
      name: "and in a group of them",
      from: "vertexPremium",
      call: vertexCall("aiplatform.eu.rep.googleapis.com", "eu"),
    },
    {
      ...plain("claude-opus-5", 5, 25),
      name: "but not at the global endpoint",
      from: "vertexPremium",
      call: vertexCall("aiplatform.googleapis.com", "global"),
    },
    {
      ...plain("claude-opus-4-1@20250805", 15, 75),
      name: "nor of the models before 4.5",
      from: "vertexPremium",
      call: vertexCall("us-east5-aiplatform.googleapis.com", "us-east5"),
    },
    {
      ...plain("claude-opus-5", 5, 25),
      name: "through a gateway of one's own it is not known",
      from: "vertexPremium",
      status: "incomplete",
      call: { endpoint: { host: "llm.corp.example", path: "/claude-opus-5:rawPredict", method: "POST" } },
    },
    {
      ...plain("gemini-2.5-pro", 1.25, 10),
      name: "Gemini costs the same everywhere",
      call: vertexCall("us-central1-aiplatform.googleapis.com", "us-central1"),
    },
    {
      // twice the input's 5
      name: "Claude's cache for an hour",
      from: "anthropicCaching",
      model: "claude-opus-5",
      usage: { inputTokens: 300, cacheCreationInputTokens: 200, cacheCreation1hInputTokens: 200 },
      usd: (100 * 5 + 200 * 10) / M,
    },
    {
      name: "flex is half",
      from: "vertexFlex",
      model: "gemini-2.5-pro",
      usage: thousandEach,
      call: { serviceTier: "ON_DEMAND_FLEX" },
      usd: (1_000 * 0.625 + 1_000 * 5) / M,
    },
    {
      name: "characters have no price",
      model: "gemini-embedding-001",
      usage: { characters: 12 },
      usd: null,
      key: "google:gemini-embedding-001",
    },
    {
      name: "bought throughput",
      model: "gemini-2.5-pro",
      usage: thousandEach,
      call: { serviceTier: "PROVISIONED_THROUGHPUT" },
      usd: (1_000 * 1.25 + 1_000 * 10) / M,
      status: "incomplete",
    },
  ],
  "azure.ai.openai": [
    {
      // [Z] gpt-4o: 2.50, 1.25 cached, 10
      ...withCache("prod", 2.5, 1.25, 10),
      name: "by the model that answered",
      call: { responseModel: "gpt-4o-2024-11-20" },
      key: "openai:gpt-4o",
    },
    {
      // [Z] a deployment may bear the name of another model than it runs
      ...plain("gpt-4o", 0.15, 0.6),
      name: "not by the name of the deployment",
      call: { responseModel: "gpt-4o-mini-2024-07-18" },
      key: "openai:gpt-4o-mini",
    },
    unlisted("nor where the answer names none", "gpt-4o"),
    {
      name: "a deployment named as its model",
      model: "o3",
      usage: thousandEach,
      call: { responseModel: "o3" },
      // [Z] o3: 2 and 8
      usd: (1_000 * 2 + 1_000 * 8) / M,
      key: "azure:o3-2025-04-16",
    },
  ],
  groq: [
    // [Q] gpt-oss-120b 0.15, 0.075 cached, 0.60; Llama 3.3 70B 0.59 and 0.79, 3.1 8B 0.05 and 0.08; Qwen3 32B 0.29 and 0.59
    withCache("openai/gpt-oss-120b", 0.15, 0.075, 0.6),
    plain("llama-3.3-70b-versatile", 0.59, 0.79),
    plain("llama-3.1-8b-instant", 0.05, 0.08),
    plain("qwen/qwen3-32b", 0.29, 0.59),
    {
      ...plain("openai/gpt-oss-120b", 0.15, 0.6),
      name: "on demand is the list price",
      call: { serviceTier: "on_demand" },
    },
    {
      // [Q] flex has other limits, not another price
      ...plain("openai/gpt-oss-120b", 0.15, 0.6),
      from: "groqFlex",
      name: "flex is the list price",
      call: { serviceTier: "flex" },
    },
    {
      // [Q] Whisper large v3 turbo: 0.04 an hour
      name: "transcription by the hour",
      model: "whisper-large-v3-turbo",
      usage: { seconds: 90 },
      usd: (90 * 0.04) / 3_600,
    },
    {
      // [Q] and for ten seconds at least
      name: "a short transcription",
      from: "groqShortest",
      model: "whisper-large-v3-turbo",
      usage: { seconds: 2.5 },
      usd: (10 * 0.04) / 3_600,
    },
  ],
  mistral_ai: [
    // [M] Large 3 0.50 and 1.50, Ministral 8B 0.15 and 0.15, Codestral 0.30 and 0.90, Embed 0.10
    plain("mistral-large-2512", 0.5, 1.5),
    withCache("ministral-8b-2512", 0.15, 0.015, 0.15),
    plain("codestral-2508", 0.3, 0.9),
    embeddings("mistral-embed", 0.1),
    {
      // [M] Large 3 became `latest` on 2025-12-02
      ...withCache("mistral-large-latest", 0.5, 0.05, 1.5),
      from: "mistralLatest",
      name: "the newest in summer 2026",
      call: at("2026-07-01T12:00:00Z"),
    },
    {
      // Large 2: 2 and 6
      ...plain("mistral-large-latest", 2, 6),
      name: "the newest in autumn 2025",
      call: at("2025-11-01T12:00:00Z"),
    },
    {
      // Large 4 costs more: not less than this
      ...withCache("mistral-large-latest", 0.5, 0.05, 1.5),
      from: "mistralLatest",
      name: "the newest now is one of two",
      status: "incomplete",
    },
    {
      // [M] OCR 2512: 2 for 1,000 pages
      name: "pages",
      model: "mistral-ocr-2512",
      usage: { pages: 29 },
      usd: 29 * 0.002,
    },
  ],
  deepseek: [
    {
      // [D] Flash: 0.15, 0.003 cached, 0.60 at quiet hours; a Friday noon UTC is one
      ...withCache("deepseek-flash", 0.15, 0.003, 0.6),
      name: "quiet hours",
    },
    {
      // [D] twice that at 9 to 12 and 14 to 18 o'clock in Beijing
      ...withCache("deepseek-v4-flash", 0.3, 0.006, 1.2),
      name: "busy hours",
      call: at("2026-11-20T07:00:00Z"),
    },
    {
      ...withCache("deepseek-v4-flash", 0.15, 0.003, 0.6),
      name: "not busy on a Saturday",
      call: at("2026-11-21T07:00:00Z"),
    },
    {
      // V3.2: 0.28, 0.028, 0.42
      ...withCache("deepseek-chat", 0.28, 0.028, 0.42),
      name: "the chat of old",
      from: "deepseekOld",
      call: at("2025-12-01T12:00:00Z"),
    },
    {
      // V3 until 2025-09-05: 0.27, 0.07, 1.10 by day
      ...withCache("deepseek-chat", 0.27, 0.07, 1.1),
      name: "the chat of long ago",
      from: "deepseekOld",
      call: at("2025-04-01T12:00:00Z"),
    },
    { ...withCache("deepseek-v4-pro", 0.66, 0.022, 1.98), name: "Pro at quiet hours" },
    {
      // [D] before 2026-08-16T16:00Z: 0.14, 0.0028, 0.28 at all hours
      ...withCache("deepseek-v4-flash", 0.14, 0.0028, 0.28),
      name: "before there were busy hours",
      from: "deepseekBefore",
      call: at("2026-08-12T07:00:00Z"),
    },
    {
      // [D] from then 0.22, 0.007, 0.66, and twice that on a Sunday morning as well
      ...withCache("deepseek-v4-flash", 0.44, 0.014, 1.32),
      name: "when every day was busy",
      from: "deepseekSummer",
      call: at("2026-08-23T07:00:00Z"),
    },
    {
      ...withCache("deepseek-v4-flash", 0.15, 0.003, 0.6),
      name: "V4.1 answers for it since 2026-09-10",
      call: at("2026-09-12T07:00:00Z"),
    },
    {
      ...withCache("deepseek-v4-pro", 0.15, 0.003, 0.6),
      name: "when Flash may have answered for Pro",
      status: "incomplete",
      call: at("2026-09-20T12:00:00Z"),
    },
  ],
  cohere: [
    // [C] Command A 2.50 and 10, R7B 0.0375 and 0.15, R 0.15 and 0.60, Embed 4 0.12
    plain("command-a-03-2025", 2.5, 10),
    plain("command-r7b-12-2024", 0.0375, 0.15),
    plain("command-r-08-2024", 0.15, 0.6),
    embeddings("embed-v4.0", 0.12),
    {
      // [C] images 0.47, which the catalogue does not list: at least as text
      name: "images embedded are a lower bound",
      model: "embed-v4.0",
      usage: { inputTokens: 1_000, inputImageTokens: 400 },
      usd: (1_000 * 0.12) / M,
      status: "incomplete",
    },
    {
      // [C] Rerank 3.5: 2 for 1,000 searches
      name: "a reranking of many documents is several searches",
      from: "cohereRerank",
      model: "rerank-v3.5",
      usage: { requests: 3 },
      usd: 3 * 0.002,
    },
  ],
  voyage: [
    embeddings("voyage-3.5", 0.06),
    embeddings("voyage-code-3", 0.18),
    embeddings("voyage-3-large", 0.18),
  ],
  x_ai: [
    // [X] Grok 4 3, 0.75, 15; Grok 4 Fast 0.20, 0.05, 0.50
    withCache("grok-4-0709", 3, 0.75, 15),
    withCache("grok-4-fast-reasoning", 0.2, 0.05, 0.5),
    {
      name: "thinking is output",
      model: "grok-4",
      usage: { inputTokens: 32, outputTokens: 103, reasoningOutputTokens: 94 },
      usd: (32 * 3 + 103 * 15) / M,
    },
  ],
  moonshot_ai: [withCache("kimi-k2-0905-preview", 0.6, 0.15, 2.5), withCache("kimi-k2.5", 0.6, 0.1, 3)],
  z_ai: [withCache("glm-5.2", 1.4, 0.26, 4.4), unlisted("not listed", "glm-4.7")],
  together: [plain("meta-llama/Llama-3.3-70B-Instruct-Turbo", 0.88, 0.88)],
  fireworks: [
    withCache("accounts/fireworks/models/deepseek-v3p2", 0.56, 0.28, 1.68),
    withCache("accounts/fireworks/models/kimi-k2p5", 0.6, 0.1, 3),
  ],
  cerebras: [plain("gpt-oss-120b", 0.35, 0.75), plain("zai-glm-4.7", 2.25, 2.75)],
  openrouter: [
    withCache("openai/gpt-4o-mini", 0.15, 0.075, 0.6),
    {
      name: "what it says goes before what it lists",
      model: "openai/gpt-4o-mini",
      usage: thousandEach,
      call: { declaredCostNanoUsd: 123_456 },
      usd: 0.000123456,
      status: "declared",
      key: null,
    },
  ],
  perplexity: [
    ...(["sonar", "sonar-pro"] as const).flatMap((model): Golden[] =>
      (["low", "medium", "high"] as const).map((size, index) => {
        // [P] Sonar 1 and 1, a request 5, 8 or 12 for 1,000; Sonar Pro 3 and 15, a request 6, 10 or 14
        const [input, output, fees] = model === "sonar" ? [1, 1, [5, 8, 12]] : [3, 15, [6, 10, 14]];
        return {
          name: `a request with a ${size} context`,
          from: model === "sonar" ? "perplexityFees" : "perplexityProFees",
          model,
          usage: thousandEach,
          call: { rawUsage: { usage: { search_context_size: size } } },
          usd: (1_000 * input + 1_000 * output) / M + (fees[index] ?? 0) / 1_000,
        };
      }),
    ),
    {
      name: "a request whose context was not told",
      from: "perplexityFees",
      model: "sonar",
      usage: thousandEach,
      usd: 2_000 / M + 0.005,
      status: "incomplete",
    },
    {
      // [P] Search API: 5 for 1,000 requests
      name: "a search without a model",
      from: "perplexitySearch",
      model: null,
      usage: {},
      call: { endpoint: { host: "api.perplexity.ai", path: "/search", method: "POST" } },
      usd: 0.005,
      key: "perplexity:*",
    },
    {
      // [P] Deep Research: 2 in, 2 citations, 8 out, 3 reasoning, a search 5 for 1,000
      name: "Deep Research",
      model: "sonar-deep-research",
      usage: {
        inputTokens: 20_049,
        outputTokens: 81_160,
        reasoningOutputTokens: 73_997,
        webSearches: 18,
      },
      usd: (20_049 * 2 + 7_163 * 8 + 73_997 * 3) / M + 18 * 0.005,
    },
  ],
  ollama: [
    { name: "on one's own machine", model: "llama3.2", usage: thousandEach, usd: 0, status: "free" },
    { name: "which counts nothing", model: "llama3.2", usage: {}, usd: 0, status: "free" },
  ],
  ollama_cloud: [unlisted("is not one's own machine", "gpt-oss:20b")],
  snowflake: [unlisted("is billed by its own credits", "claude-sonnet-4-6")],
  huggingface: [unlisted("depends on who served it", "meta-llama/Llama-4-Scout-17B-16E-Instruct")],
  exa: [
    {
      name: "declared",
      model: null,
      usage: {},
      call: { declaredCostNanoUsd: 5_000_000 },
      usd: 0.005,
      status: "declared",
    },
    { name: "not declared", model: null, usage: {}, usd: null, key: null },
  ],
  firecrawl: [
    { name: "credits of a plan that is not known", model: null, usage: { credits: 5 }, usd: null, key: null },
  ],
  tavily: [
    { name: "credits of a plan that is not known", model: null, usage: { credits: 1 }, usd: null, key: null },
  ],
};

let pricer: Pricer;
beforeAll(async () => {
  pricer = await createPricer({ overridesFile: null, now: () => Date.parse("2026-11-20T12:00:00Z") });
});

describe.each(Object.entries(cases))("%s", (provider, golden) => {
  it.each(golden)("$model: $name", ({ model, usage, usd, status, key, call }) => {
    const cost = pricer.price(makePriceable({ provider, requestModel: model, usage, ...call }));
    expect(cost.costNanoUsd).toBe(usd === null ? null : Math.round(usd * 1e9));
    expect(cost.costStatus).toBe(status ?? (usd === null ? "unpriced" : "computed"));
    if (key !== undefined) expect(cost.priceKey).toBe(key);
  });
});

it("has 110 cases and more, beside the 90 of golden.test.ts, and knows which are not vouched for", () => {
  const all = Object.entries(cases).flatMap(([provider, golden]) =>
    golden.map(({ from, model, name }) => ({
      from: from ?? lists[provider as keyof typeof lists],
      case: `${provider} ${model}: ${name}`,
    })),
  );
  expect(all.length).toBeGreaterThanOrEqual(110);
  const unverified = all.filter(({ from }) => sources[from].known === "not verified");
  expect(unverified.length).toBeLessThanOrEqual(13);
  expect(new Set(unverified.map(({ from }) => from))).toEqual(
    new Set(["bedrockEmbeddings", "groqFlex", "mistralLatest", "deepseekOld", "perplexityProFees"]),
  );
});

describe("credits of the user's plan", () => {
  const folder = mkdtempSync(join(tmpdir(), "taximeter-prices-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    // Firecrawl's Standard plan: 83 for 100,000 credits; Tavily's pay as you go: 0.008. Both as a user would write them.
    ["firecrawl", 0.00083, 7],
    ["tavily", 0.008, 1.5],
  ])("%s at %d", async (provider, creditUsd, credits) => {
    const file = join(folder, `${provider}.json`);
    writeFileSync(file, JSON.stringify({ models: [{ provider, creditUsd }] }));
    const own = await createPricer({ overridesFile: file, now: Date.now });
    // Firecrawl's agents name a model, which the price of a credit does not depend on.
    for (const requestModel of [null, "spark-1-pro"]) {
      expect(own.price(makePriceable({ provider, requestModel, usage: { credits } }))).toMatchObject({
        costNanoUsd: Math.round(credits * creditUsd * 1e9),
        costStatus: "computed",
        priceKey: `${provider}:*`,
      });
    }
  });
});

import { beforeAll, describe, expect, it } from "vitest";
import type { PriceableCall } from "../../daemon/pricing/priceableCall.ts";
import { createPricer, type Pricer } from "../../daemon/pricing/pricer.ts";
import type { CostStatus } from "../../shared/call.ts";
import type { Usage } from "../../shared/usage.ts";
import { makePriceable } from "./priceable.ts";
import { type SourceName, sources } from "./sources.ts";

/**
 * Costs worked out by hand from the providers' price lists, which each case names (`sources.ts`: the page, its day, and how
 * it is known), in US dollars as a sum that can be followed: tokens × dollars per million. Nothing here is read from the
 * catalogue. [O], [A], [C] and [G] are OpenAI, Anthropic, Anthropic's prompt caching and Google.
 */
const M = 1_000_000;

interface Golden {
  name: string;
  /** Where its prices come from. */
  from: SourceName;
  model: string;
  usage: Usage;
  usd: number | null;
  status?: CostStatus;
  key?: string | null;
  call?: Partial<PriceableCall>;
}

const openai: Golden[] = [
  {
    // [O] gpt-4o-mini: 0.15 in, 0.60 out
    name: "input and output",
    from: "openai",
    model: "gpt-4o-mini",
    usage: { inputTokens: 1000, outputTokens: 100 },
    usd: (1000 * 0.15 + 100 * 0.6) / M,
    key: "openai:gpt-4o-mini",
  },
  {
    // [O] gpt-4o-mini: 0.075 cached
    name: "cached input is not paid twice",
    from: "openai",
    model: "gpt-4o-mini-2024-07-18",
    usage: { inputTokens: 1000, cacheReadInputTokens: 600, outputTokens: 100 },
    usd: (400 * 0.15 + 600 * 0.075 + 100 * 0.6) / M,
  },
  {
    // [O] gpt-4o: 2.50 in, 1.25 cached, 10 out
    name: "all of the input cached",
    from: "openai",
    model: "gpt-4o-2024-08-06",
    usage: { inputTokens: 2048, cacheReadInputTokens: 2048, outputTokens: 1 },
    usd: (2048 * 1.25 + 10) / M,
    key: "openai:gpt-4o",
  },
  {
    // [O] gpt-4o-2024-05-13: 5 in, 15 out; a snapshot with a price of its own
    name: "a dated snapshot with its own price",
    from: "openai",
    model: "gpt-4o-2024-05-13",
    usage: { inputTokens: 1000, outputTokens: 1000 },
    usd: (1000 * 5 + 1000 * 15) / M,
    key: "openai:gpt-4o-2024-05-13",
  },
  {
    // [O] gpt-4o-2024-05-13 lists no cached price: that part is left out, the rest is a lower bound
    name: "cached input without a price",
    from: "openai",
    model: "gpt-4o-2024-05-13",
    usage: { inputTokens: 1000, cacheReadInputTokens: 600, outputTokens: 0 },
    usd: (400 * 5) / M,
    status: "incomplete",
  },
  {
    // [O] o3-mini: 1.10 in, 4.40 out; reasoning is part of the output
    name: "reasoning is output, once",
    from: "openai",
    model: "o3-mini-2025-01-31",
    usage: { inputTokens: 50, outputTokens: 1000, reasoningOutputTokens: 900 },
    usd: (50 * 1.1 + 1000 * 4.4) / M,
  },
  {
    // [O] gpt-5: 1.25 in, 0.125 cached, 10 out
    name: "gpt-5 with everything",
    from: "openai",
    model: "gpt-5-2025-08-07",
    usage: {
      inputTokens: 3000,
      cacheReadInputTokens: 1280,
      outputTokens: 700,
      reasoningOutputTokens: 512,
    },
    usd: (1720 * 1.25 + 1280 * 0.125 + 700 * 10) / M,
  },
  {
    // [O] gpt-5-mini: 0.25 in, 2 out
    name: "gpt-5-mini is not gpt-5",
    from: "openai",
    model: "gpt-5-mini-2025-08-07",
    usage: { inputTokens: 1000, outputTokens: 1000 },
    usd: (1000 * 0.25 + 1000 * 2) / M,
    key: "openai:gpt-5-mini",
  },
  {
    // [O] gpt-5-nano: 0.05 in, 0.40 out
    name: "less than a millionth of a dollar",
    from: "openai",
    model: "gpt-5-nano",
    usage: { inputTokens: 3, outputTokens: 1 },
    usd: (3 * 0.05 + 0.4) / M,
  },
  {
    // [O] gpt-4.1: 2 in, 8 out; web search 10 per 1,000 calls
    name: "web searches",
    from: "openai",
    model: "gpt-4.1-2025-04-14",
    usage: { inputTokens: 1000, outputTokens: 100, webSearches: 3 },
    usd: (1000 * 2 + 100 * 8) / M + 3 * 0.01,
  },
  {
    // [O] o3-mini has no web search: the fee is left out
    name: "web searches without a price",
    from: "openai",
    model: "o3-mini",
    usage: { inputTokens: 1000, outputTokens: 0, webSearches: 1 },
    usd: (1000 * 1.1) / M,
    status: "incomplete",
  },
  {
    // [O] file search 2.50 per 1,000 calls, beside gpt-4o at 2.50 in
    name: "file searches",
    from: "openai",
    model: "gpt-4o",
    usage: { inputTokens: 1000, outputTokens: 0 },
    call: { rawUsage: { itemCounts: { file_search_call: 2 } } },
    usd: (1000 * 2.5) / M + 2 * 0.0025,
  },
  {
    // [O] containers are billed by the session
    name: "code interpreter",
    from: "openai",
    model: "gpt-4o",
    usage: { inputTokens: 1000, outputTokens: 0 },
    call: { rawUsage: { itemCounts: { code_interpreter_call: 1 } } },
    usd: (1000 * 2.5) / M,
    status: "incomplete",
  },
  {
    // [O] the image is billed at an image model's price, which is not named
    name: "an image made by the tool",
    from: "openai",
    model: "gpt-5",
    usage: { inputTokens: 1000, outputTokens: 10 },
    call: { rawUsage: { tool_usage: { image_gen: { total_tokens: 1290 } } } },
    usd: (1000 * 1.25 + 10 * 10) / M,
    status: "incomplete",
  },
  {
    // [O] the same from an answer that has no `tool_usage` yet
    name: "an image made by the tool, seen by its item",
    from: "openai",
    model: "gpt-5",
    usage: { inputTokens: 1000, outputTokens: 10 },
    call: { rawUsage: { itemCounts: { image_generation_call: 1 } } },
    usd: (1000 * 1.25 + 10 * 10) / M,
    status: "incomplete",
  },
  {
    // [O] gpt-4o-search-preview: a fee for each call that the usage does not show
    name: "a search model's hidden fee",
    from: "openai",
    model: "gpt-4o-search-preview-2025-03-11",
    usage: { inputTokens: 100, outputTokens: 100 },
    usd: (100 * 2.5 + 100 * 10) / M,
    status: "incomplete",
  },
  {
    // [O] gpt-5.4: 2.50 in, 0.25 cached, 15 out below 272K input
    name: "just below the long context",
    from: "openai",
    model: "gpt-5.4-2026-03-05",
    usage: { inputTokens: 271_999, cacheReadInputTokens: 1_999, outputTokens: 1000 },
    usd: (270_000 * 2.5 + 1_999 * 0.25 + 1000 * 15) / M,
  },
  {
    // [O] gpt-5.4 from 272K: 5 in, 0.50 cached, 22.50 out, for the whole request
    name: "the long context reprices the whole call",
    from: "openai",
    model: "gpt-5.4-2026-03-05",
    usage: { inputTokens: 272_000, cacheReadInputTokens: 2_000, outputTokens: 1000 },
    usd: (270_000 * 5 + 2_000 * 0.5 + 1000 * 22.5) / M,
  },
  {
    // [O] gpt-5.6-sol until 2026-08-20: 5 in, 6.25 written, 30 out
    name: "a price of its day, before a cut",
    from: "openai",
    model: "gpt-5.6-sol",
    usage: { inputTokens: 4020, cacheCreationInputTokens: 4012, outputTokens: 5 },
    call: { startedAtMs: Date.parse("2026-08-20T23:59:59Z") },
    usd: (8 * 5 + 4012 * 6.25 + 5 * 30) / M,
  },
  {
    // [O] gpt-5.6-sol from 2026-08-21: 4 in, 5 written, 20 out
    name: "a price of its day, after a cut",
    from: "openai",
    model: "gpt-5.6-sol",
    usage: { inputTokens: 4020, cacheCreationInputTokens: 4012, outputTokens: 5 },
    call: { startedAtMs: Date.parse("2026-08-21T00:00:00Z") },
    usd: (8 * 4 + 4012 * 5 + 5 * 20) / M,
  },
  {
    // [O] gpt-5.4 has no price for writes: no provider writes for less than it reads
    name: "cache writes without a price",
    from: "openai",
    model: "gpt-5.4",
    usage: { inputTokens: 1000, cacheCreationInputTokens: 800, outputTokens: 0 },
    usd: (1000 * 2.5) / M,
    status: "incomplete",
  },
  {
    // [O] flex: 0.625 and 5
    name: "flex",
    from: "openaiFlex",
    model: "gpt-5",
    usage: { inputTokens: 1000, outputTokens: 1000 },
    call: { serviceTier: "flex" },
    usd: (1000 * 0.625 + 1000 * 5) / M,
  },
  {
    // [O] priority: 2.50 in, 0.25 cached, 20 out
    name: "priority",
    from: "openaiPriority",
    model: "gpt-5",
    usage: { inputTokens: 1000, cacheReadInputTokens: 600, outputTokens: 1000 },
    call: { serviceTier: "priority" },
    usd: (400 * 2.5 + 600 * 0.25 + 1000 * 20) / M,
  },
  {
    // [O] priority: 4.25 in, 17 out
    name: "priority differs by model",
    from: "openaiPriority",
    model: "gpt-4o",
    usage: { inputTokens: 1000, outputTokens: 1000 },
    call: { serviceTier: "priority" },
    usd: (1000 * 4.25 + 1000 * 17) / M,
  },
  {
    // [O] priority: 0.25 in, 0.125 cached, 1 out
    name: "priority with a long fraction",
    from: "openaiPriority",
    model: "gpt-4o-mini",
    usage: { inputTokens: 900, cacheReadInputTokens: 600, outputTokens: 900 },
    call: { serviceTier: "priority" },
    usd: (300 * 0.25 + 600 * 0.125 + 900 * 1) / M,
  },
  {
    // [O] fast mode, once called priority: gpt-5.6-sol 8 in, 0.80 cached, 40 out; 10 written
    name: "fast mode",
    from: "openaiFastMode",
    model: "gpt-5.6-sol",
    usage: {
      inputTokens: 2000,
      cacheReadInputTokens: 1200,
      cacheCreationInputTokens: 300,
      outputTokens: 1000,
    },
    call: { serviceTier: "fast" },
    usd: (500 * 8 + 1200 * 0.8 + 300 * 10 + 1000 * 40) / M,
  },
  {
    // [O] and with a long context 16 in, 1.60 cached, 60 out
    name: "fast mode of a long context",
    from: "openaiFastMode",
    model: "gpt-5.6-sol",
    usage: { inputTokens: 300_000, cacheReadInputTokens: 100_000, outputTokens: 1000 },
    call: { serviceTier: "priority" },
    usd: (200_000 * 16 + 100_000 * 1.6 + 1000 * 60) / M,
  },
  {
    // [O] fast mode: gpt-5.5 12.50 in, 1.25 cached, 75 out
    name: "fast mode at two and a half times the price",
    from: "openaiFastMode",
    model: "gpt-5.5-2026-04-23",
    usage: { inputTokens: 1000, cacheReadInputTokens: 600, outputTokens: 1000 },
    call: { serviceTier: "priority" },
    usd: (400 * 12.5 + 600 * 1.25 + 1000 * 75) / M,
  },
  {
    // [O] fast mode of gpt-5.5 "excludes long context": at least the long context's 10 and 45
    name: "fast mode where there is none for a long context",
    from: "openaiFastMode",
    model: "gpt-5.5",
    usage: { inputTokens: 300_000, outputTokens: 1000 },
    call: { serviceTier: "priority" },
    usd: (300_000 * 10 + 1000 * 45) / M,
    status: "incomplete",
  },
  {
    // [O] priority: gpt-5.4-mini 1.50 in, 0.15 cached, 9 out
    name: "priority of a small model",
    from: "openaiPriority",
    model: "gpt-5.4-mini",
    usage: { inputTokens: 1000, cacheReadInputTokens: 600, outputTokens: 1000 },
    call: { serviceTier: "priority" },
    usd: (400 * 1.5 + 600 * 0.15 + 1000 * 9) / M,
  },
  {
    // [O] priority: gpt-4o-2024-05-13 8.75 in, 26.25 out
    name: "priority of a snapshot with its own price",
    from: "openaiPriority",
    model: "gpt-4o-2024-05-13",
    usage: { inputTokens: 1000, outputTokens: 1000 },
    call: { serviceTier: "priority" },
    usd: (1000 * 8.75 + 1000 * 26.25) / M,
  },
  {
    // [O] gpt-5.4 in the EU: a tenth more, as for all that came since 2026-03-05
    name: "data residency",
    from: "openaiResidency",
    model: "gpt-5.4",
    usage: { inputTokens: 1000, outputTokens: 1000 },
    call: { endpoint: { host: "eu.api.openai.com", path: "/v1/responses", method: "POST" } },
    usd: ((1000 * 2.5 + 1000 * 15) * 1.1) / M,
  },
  {
    // [O] gpt-4.1 came before: 2 in, 8 out
    name: "data residency of an older model",
    from: "openaiResidency",
    model: "gpt-4.1",
    usage: { inputTokens: 1000, outputTokens: 1000 },
    call: { endpoint: { host: "eu.api.openai.com", path: "/v1/responses", method: "POST" } },
    usd: (1000 * 2 + 1000 * 8) / M,
  },
  {
    // [O] gpt-5.4 elsewhere: 2.50 in, 15 out
    name: "no data residency",
    from: "openai",
    model: "gpt-5.4",
    usage: { inputTokens: 1000, outputTokens: 1000 },
    call: { endpoint: { host: "api.openai.com", path: "/v1/responses", method: "POST" } },
    usd: (1000 * 2.5 + 1000 * 15) / M,
  },
  {
    // [O] decisions by gpt-6-luna: the input, cached or not, at 0.10; nothing for what comes out
    name: "decisions",
    from: "openaiDecisions",
    model: "gpt-6-luna",
    usage: { inputTokens: 1000, cacheReadInputTokens: 600, outputTokens: 50, reasoningOutputTokens: 40 },
    call: { serviceTier: "decisions" },
    usd: (1000 * 0.1) / M,
  },
  {
    name: "decisions by a model that has no price for them",
    from: "none",
    model: "gpt-6-sol",
    usage: { inputTokens: 1000, outputTokens: 50 },
    call: { serviceTier: "decisions" },
    usd: null,
    key: "openai:gpt-6-sol",
  },
  {
    // [O] gpt-realtime: text 4 in, 16 out, audio 32 in, 0.40 cached, 64 out, images 5 in, 0.50 cached
    name: "a turn of speech, its cache told apart by kind",
    from: "openai",
    model: "gpt-realtime",
    usage: {
      inputTokens: 1000,
      inputAudioTokens: 600,
      inputImageTokens: 200,
      cacheReadInputTokens: 500,
      outputTokens: 300,
      outputAudioTokens: 250,
    },
    call: {
      rawUsage: {
        usage: {
          input_token_details: {
            cached_tokens_details: { text_tokens: 100, audio_tokens: 300, image_tokens: 100 },
          },
        },
      },
    },
    usd: (100 * 4 + 300 * 32 + 100 * 5 + 100 * 0.4 + 300 * 0.4 + 100 * 0.5 + 50 * 16 + 250 * 64) / M,
  },
  {
    // [O] gpt-image-1: text 5 in, images 10 in and 40 out
    name: "images made and edited",
    from: "openai",
    model: "gpt-image-1",
    usage: { inputTokens: 400, inputImageTokens: 350, outputTokens: 1056, outputImageTokens: 1056 },
    usd: (50 * 5 + 350 * 10 + 1056 * 40) / M,
  },
  {
    // [O] whisper-1: 0.006 a minute
    name: "transcription by the second",
    from: "openai",
    model: "whisper-1",
    usage: { seconds: 90 },
    usd: 1.5 * 0.006,
  },
  {
    // 15 dollars a million characters, of better sound 30
    name: "speech, by the character",
    from: "openaiSpeech",
    model: "tts-1",
    usage: { characters: 4_095 },
    usd: (4_095 * 15) / M,
  },
  {
    name: "better speech",
    from: "openaiSpeech",
    model: "tts-1-hd",
    usage: { characters: 1_000 },
    usd: 0.03,
  },
  {
    name: "speech whose tokens nobody told",
    from: "none",
    model: "gpt-4o-mini-tts",
    usage: { characters: 1_000 },
    usd: null,
    key: "openai:gpt-4o-mini-tts",
  },
  {
    name: "transcription of a length that nobody told",
    from: "none",
    model: "whisper-1",
    usage: {},
    usd: null,
    key: "openai:whisper-1",
  },
  {
    // [O] o3-mini has no priority: the list price, at least
    name: "priority of a model that is not listed with it",
    from: "openai",
    model: "o3-mini",
    usage: { inputTokens: 1000, outputTokens: 0 },
    call: { serviceTier: "priority" },
    usd: (1000 * 1.1) / M,
    status: "incomplete",
  },
  {
    // [O] gpt-4.1 in a batch: 1 in, 4 out; a web search is 10 per 1,000 there too
    name: "fees are the same in every tier",
    from: "openaiFlex",
    model: "gpt-4.1",
    usage: { inputTokens: 1000, outputTokens: 100, webSearches: 3 },
    call: { serviceTier: "batch" },
    usd: (1000 * 1 + 100 * 4) / M + 3 * 0.01,
  },
  {
    // [O] gpt-audio: text 2.50 in and 10 out, audio 32 in and 64 out
    name: "audio at its own price",
    from: "openai",
    model: "gpt-audio",
    usage: { inputTokens: 120, inputAudioTokens: 100, outputTokens: 80, outputAudioTokens: 70 },
    usd: (20 * 2.5 + 100 * 32 + 10 * 10 + 70 * 64) / M,
  },
  {
    // [O] gpt-4o-audio-preview: 40 in and 80 out for audio, which the catalogue lacks: text prices are a lower bound
    name: "audio without a price",
    from: "openaiAudioPreview",
    model: "gpt-4o-audio-preview-2024-12-17",
    usage: { inputTokens: 120, inputAudioTokens: 100, outputTokens: 80, outputAudioTokens: 70 },
    usd: (120 * 2.5 + 80 * 10) / M,
    status: "incomplete",
  },
  {
    // [O] vision: images are converted to tokens at the text price, gpt-4o 2.50
    name: "images in the prompt",
    from: "openai",
    model: "gpt-4o",
    usage: { inputTokens: 1000, inputImageTokens: 765, outputTokens: 0 },
    usd: (1000 * 2.5) / M,
  },
  {
    // [O] text-embedding-3-small: 0.02
    name: "embeddings",
    from: "openai",
    model: "text-embedding-3-small",
    usage: { inputTokens: 12_345 },
    usd: (12_345 * 0.02) / M,
  },
  {
    // [O] text-embedding-3-large: 0.13; it has no output, so output tokens have no price
    name: "output of a model that has none",
    from: "openai",
    model: "text-embedding-3-large",
    usage: { inputTokens: 1000, outputTokens: 5 },
    usd: (1000 * 0.13) / M,
    status: "incomplete",
  },
  {
    // [O] fine-tuned gpt-4o-mini: 0.30 in, 1.20 out
    name: "a fine-tuned model by its base",
    from: "openai",
    model: "ft:gpt-4o-mini-2024-07-18:acme:shop:AbC123",
    usage: { inputTokens: 1000, outputTokens: 1000 },
    usd: (1000 * 0.3 + 1000 * 1.2) / M,
    key: "openai:ft:gpt-4o-mini",
  },
  {
    name: "a model that nobody knows",
    from: "none",
    model: "gpt-9-ultra",
    usage: { inputTokens: 5 },
    usd: null,
    key: null,
  },
  {
    name: "no usage at all is not 0",
    from: "none",
    model: "gpt-4o",
    usage: {},
    usd: null,
    key: "openai:gpt-4o",
  },
];

const anthropic: Golden[] = [
  {
    // [A] Sonnet 4.5: 3 in, 15 out
    name: "input and output",
    from: "anthropic",
    model: "claude-sonnet-4-5-20250929",
    usage: { inputTokens: 1000, outputTokens: 100 },
    usd: (1000 * 3 + 100 * 15) / M,
    key: "anthropic:claude-sonnet-4-5",
  },
  {
    // [C] Sonnet 4.5: reads 0.30
    name: "cache reads",
    from: "anthropicCaching",
    model: "claude-sonnet-4-5",
    usage: { inputTokens: 10_020, cacheReadInputTokens: 10_000, outputTokens: 1 },
    usd: (20 * 3 + 10_000 * 0.3 + 15) / M,
  },
  {
    // [C] Haiku 4.5: 1 in, 1.25 for five minutes, 5 out
    name: "cache writes for five minutes",
    from: "anthropicCaching",
    model: "claude-haiku-4-5-20251001",
    usage: {
      inputTokens: 5_000,
      cacheCreationInputTokens: 4_000,
      cacheCreation1hInputTokens: 0,
      outputTokens: 10,
    },
    usd: (1_000 * 1 + 4_000 * 1.25 + 10 * 5) / M,
  },
  {
    // [C] Haiku 4.5: 2 for an hour
    name: "cache writes for an hour",
    from: "anthropicCaching",
    model: "claude-haiku-4-5",
    usage: {
      inputTokens: 5_000,
      cacheCreationInputTokens: 4_000,
      cacheCreation1hInputTokens: 4_000,
      outputTokens: 10,
    },
    usd: (1_000 * 1 + 4_000 * 2 + 10 * 5) / M,
  },
  {
    // [C] Opus 4.5: 5 in, 0.50 read, 6.25 and 10 written, 25 out
    name: "all kinds of cache at once",
    from: "anthropicCaching",
    model: "claude-opus-4-5-20251101",
    usage: {
      inputTokens: 1_600,
      cacheReadInputTokens: 1_000,
      cacheCreationInputTokens: 500,
      cacheCreation1hInputTokens: 200,
      outputTokens: 40,
    },
    usd: (100 * 5 + 1_000 * 0.5 + 300 * 6.25 + 200 * 10 + 40 * 25) / M,
  },
  {
    // [A] Sonnet 4.5 above 200K input: 6 in, 0.60 read, 22.50 out
    name: "the long context counts what is cached",
    from: "anthropic",
    model: "claude-sonnet-4-5",
    usage: { inputTokens: 200_001, cacheReadInputTokens: 190_001, outputTokens: 100 },
    usd: (10_000 * 6 + 190_001 * 0.6 + 100 * 22.5) / M,
  },
  {
    // [A] Sonnet 4.6 since 2026-03-13: flat, 3 in, 15 out
    name: "a long context at the flat price",
    from: "anthropic",
    model: "claude-sonnet-4-6",
    usage: { inputTokens: 300_000, outputTokens: 100 },
    usd: (300_000 * 3 + 100 * 15) / M,
  },
  {
    // [A] Sonnet 4.6 before: 6 in, 22.50 out above 200K
    name: "the same before the price changed",
    from: "anthropic",
    model: "claude-sonnet-4-6",
    usage: { inputTokens: 300_000, outputTokens: 100 },
    call: { startedAtMs: Date.parse("2026-03-12T12:00:00Z") },
    usd: (300_000 * 6 + 100 * 22.5) / M,
  },
  {
    // [A] thinking is output: Opus 4.8 25 out
    name: "thinking is output, once",
    from: "anthropic",
    model: "claude-opus-4-8",
    usage: { inputTokens: 10, outputTokens: 500, reasoningOutputTokens: 450 },
    usd: (10 * 5 + 500 * 25) / M,
  },
  {
    // [A] web search 10 per 1,000, beside Sonnet 4 at 3 and 15
    name: "web searches",
    from: "anthropic",
    model: "claude-sonnet-4-20250514",
    usage: { inputTokens: 1000, outputTokens: 100, webSearches: 2 },
    usd: (1000 * 3 + 100 * 15) / M + 2 * 0.01,
    key: "anthropic:claude-sonnet-4-0",
  },
  {
    // [A] Sonnet 5: 2 in, 10 out; "standard" is the list price
    name: "the standard tier by name",
    from: "anthropic",
    model: "claude-sonnet-5",
    usage: { inputTokens: 1000, outputTokens: 100 },
    call: { serviceTier: "standard" },
    usd: (1000 * 2 + 100 * 10) / M,
  },
  {
    // [A] batch is half the price
    name: "batch",
    from: "anthropicBatch",
    model: "claude-sonnet-5",
    usage: { inputTokens: 1000, outputTokens: 100 },
    call: { serviceTier: "batch" },
    usd: (1000 * 2 + 100 * 10) / M / 2,
  },
  {
    // [A] fast mode of Opus 4.6: 30 in, 150 out
    name: "fast mode",
    from: "anthropicFastMode",
    model: "claude-opus-4-6",
    usage: { inputTokens: 1000, outputTokens: 100 },
    call: { rawUsage: { usage: { speed: "fast" } } },
    usd: (1000 * 30 + 100 * 150) / M,
  },
  {
    // [A] fast mode of Opus 5.5: 8 in, 40 out, and twice its 0.20 read, 5 and 8 written
    name: "fast mode, the cache with it",
    from: "anthropicFastModeNow",
    model: "claude-opus-5-5",
    usage: {
      inputTokens: 1_600,
      cacheReadInputTokens: 1_000,
      cacheCreationInputTokens: 500,
      cacheCreation1hInputTokens: 200,
      outputTokens: 40,
    },
    call: { rawUsage: { usage: { speed: "fast" } } },
    usd: (100 * 8 + 1_000 * 0.4 + 300 * 10 + 200 * 16 + 40 * 40) / M,
  },
  {
    // [A] fast mode of Opus 5 (10 and 50), bound to the US (1.1×)
    name: "fast mode in the US only",
    from: "anthropicFastModeNow",
    model: "claude-opus-5",
    usage: { inputTokens: 1000, outputTokens: 100 },
    call: { rawUsage: { usage: { speed: "fast", inference_geo: "us" } } },
    usd: ((1000 * 10 + 100 * 50) * 1.1) / M,
  },
  {
    name: "fast mode of a model whose multiple is not known",
    from: "anthropic",
    model: "claude-sonnet-5",
    usage: { inputTokens: 1000, outputTokens: 100 },
    call: { rawUsage: { usage: { speed: "fast" } } },
    usd: (1000 * 2 + 100 * 10) / M,
    status: "incomplete",
  },
  {
    name: "the standard speed by name, anywhere",
    from: "anthropic",
    model: "claude-opus-5",
    usage: { inputTokens: 1000, outputTokens: 100 },
    call: { rawUsage: { usage: { speed: "standard", inference_geo: "global" } } },
    usd: (1000 * 5 + 100 * 25) / M,
  },
  {
    // [A] web fetch costs its tokens alone
    name: "web fetches",
    from: "anthropic",
    model: "claude-opus-4-8",
    usage: { inputTokens: 1000, outputTokens: 100 },
    call: { rawUsage: { usage: { server_tool_use: { web_fetch_requests: 3 } } } },
    usd: (1000 * 5 + 100 * 25) / M,
  },
  {
    // [A] by the hour of a container, beyond what is free
    name: "code execution",
    from: "anthropic",
    model: "claude-opus-4-8",
    usage: { inputTokens: 1000, outputTokens: 100 },
    call: { rawUsage: { usage: { server_tool_use: { code_execution_requests: 1 } } } },
    usd: (1000 * 5 + 100 * 25) / M,
    status: "incomplete",
  },
  {
    // [A] committed capacity: what it costs is in a contract
    name: "a priority tier",
    from: "anthropic",
    model: "claude-sonnet-4-6",
    usage: { inputTokens: 1000, outputTokens: 100 },
    call: { serviceTier: "priority" },
    usd: (1000 * 3 + 100 * 15) / M,
    status: "incomplete",
  },
  {
    // [A] inference bound to the US costs 1.1×
    name: "inference in the US only",
    from: "anthropicResidency",
    model: "claude-opus-4-6",
    usage: { inputTokens: 1000, outputTokens: 100 },
    call: { rawUsage: { usage: { inference_geo: "us" } } },
    usd: ((1000 * 5 + 100 * 25) * 1.1) / M,
  },
  {
    // [A] an advisor at Opus 5's 5 and 25, for a call of Haiku 4.5 at 1 and 5
    name: "another model's share at its own price",
    from: "anthropic",
    model: "claude-haiku-4-5",
    usage: { inputTokens: 20, outputTokens: 50 },
    call: {
      rawUsage: {
        model: "claude-haiku-4-5",
        usage: {
          iterations: [
            { type: "message", model: "claude-haiku-4-5", input_tokens: 20, output_tokens: 50 },
            { type: "advisor_message", model: "claude-opus-5", input_tokens: 900, output_tokens: 90 },
          ],
        },
      },
    },
    usd: (20 * 1 + 50 * 5 + 900 * 5 + 90 * 25) / M,
  },
  {
    name: "another model's share that has no price",
    from: "none",
    model: "claude-haiku-4-5",
    usage: { inputTokens: 20, outputTokens: 50 },
    call: {
      rawUsage: {
        model: "claude-haiku-4-5",
        usage: { iterations: [{ type: "advisor_message", model: "claude-omega-9", input_tokens: 9 }] },
      },
    },
    usd: (20 * 1 + 50 * 5) / M,
    status: "incomplete",
  },
  {
    name: "a successor does not take its predecessor's price",
    from: "none",
    model: "claude-sonnet-5-6",
    usage: { inputTokens: 1000, outputTokens: 100 },
    usd: null,
    key: null,
  },
];

const google: Golden[] = [
  {
    // [G] 2.5 Flash: 0.30 in, 2.50 out, thinking included
    name: "thoughts are output",
    from: "google",
    model: "gemini-2.5-flash",
    usage: { inputTokens: 100, outputTokens: 600, reasoningOutputTokens: 500 },
    usd: (100 * 0.3 + 600 * 2.5) / M,
    key: "google:gemini-2.5-flash",
  },
  {
    // [G] 2.5 Flash: 0.03 cached
    name: "cached input",
    from: "google",
    model: "gemini-2.5-flash",
    usage: { inputTokens: 5_000, cacheReadInputTokens: 4_096, outputTokens: 10 },
    usd: (904 * 0.3 + 4_096 * 0.03 + 10 * 2.5) / M,
  },
  {
    // [G] 2.5 Flash: audio 1.00 in
    name: "audio input",
    from: "google",
    model: "gemini-2.5-flash",
    usage: { inputTokens: 1_000, inputAudioTokens: 800, outputTokens: 10 },
    usd: (200 * 0.3 + 800 * 1 + 10 * 2.5) / M,
  },
  {
    // [G] 2.5 Flash: cached audio 0.10
    name: "cached audio, told apart",
    from: "google",
    model: "gemini-2.5-flash",
    usage: { inputTokens: 1_000, inputAudioTokens: 800, cacheReadInputTokens: 500, outputTokens: 0 },
    call: {
      rawUsage: { usageMetadata: { cacheTokensDetails: [{ modality: "AUDIO", tokenCount: 400 }] } },
    },
    usd: (100 * 0.3 + 400 * 1 + 100 * 0.03 + 400 * 0.1) / M,
  },
  {
    // [G] 2.5 Flash: as above, but which of the input was cached is not said
    name: "cached audio, not told apart",
    from: "google",
    model: "gemini-2.5-flash",
    usage: { inputTokens: 1_000, inputAudioTokens: 800, cacheReadInputTokens: 100, outputTokens: 0 },
    usd: (100 * 0.3 + 800 * 1 + 100 * 0.03) / M,
    status: "estimated",
  },
  {
    // [G] 2.5 Flash: "text / image / video" 0.30
    name: "images in the prompt",
    from: "google",
    model: "gemini-2.5-flash",
    usage: { inputTokens: 300, inputImageTokens: 258, outputTokens: 1 },
    usd: (300 * 0.3 + 2.5) / M,
  },
  {
    // [G] 2.5 Flash Image: 0.30 in, images 30 out
    name: "images made",
    from: "google",
    model: "gemini-2.5-flash-image",
    usage: { inputTokens: 10, outputTokens: 1_300, outputImageTokens: 1_290 },
    usd: (10 * 0.3 + 10 * 2.5 + 1_290 * 30) / M,
  },
  {
    // [G] 2.5 Pro up to 200K: 1.25 in, 10 out
    name: "at the limit of the context",
    from: "google",
    model: "gemini-2.5-pro",
    usage: { inputTokens: 200_000, outputTokens: 1_000 },
    usd: (200_000 * 1.25 + 1_000 * 10) / M,
  },
  {
    // [G] 2.5 Pro above 200K: 2.50 in, 0.25 cached, 15 out
    name: "above the limit the whole call is dearer",
    from: "google",
    model: "gemini-2.5-pro",
    usage: { inputTokens: 200_001, cacheReadInputTokens: 100_001, outputTokens: 1_000 },
    usd: (100_000 * 2.5 + 100_001 * 0.25 + 1_000 * 15) / M,
  },
  {
    // [G] 2.5 Pro has one input price for text, image, video and audio
    name: "audio where there is one price for all",
    from: "google",
    model: "gemini-2.5-pro",
    usage: { inputTokens: 1_000, inputAudioTokens: 900, outputTokens: 0 },
    usd: (1_000 * 1.25) / M,
  },
  {
    // [G] 3 Flash Preview: 0.50 in, 3 out
    name: "a preview",
    from: "google",
    model: "gemini-3-flash-preview",
    usage: { inputTokens: 1_000, outputTokens: 1_000 },
    call: { serviceTier: "standard" },
    usd: (1_000 * 0.5 + 1_000 * 3) / M,
  },
  {
    // [G] grounding is billed by the search, beside the tokens
    name: "grounding",
    from: "google",
    model: "gemini-2.5-flash",
    usage: { inputTokens: 101, outputTokens: 236, webSearches: 2 },
    usd: (101 * 0.3 + 236 * 2.5) / M,
    status: "incomplete",
  },
  {
    // [G] what tools brought is input; whether they were searches, which are billed, was not told
    name: "grounding that was not counted",
    from: "google",
    model: "gemini-2.5-flash",
    usage: { inputTokens: 101, outputTokens: 236 },
    call: { rawUsage: { usageMetadata: { toolUsePromptTokenCount: 90 } } },
    usd: (101 * 0.3 + 236 * 2.5) / M,
    status: "incomplete",
  },
  {
    // [G] "text / image / video" 0.30: a video's tokens are input like any other
    name: "video in the prompt",
    from: "google",
    model: "gemini-2.5-flash",
    usage: { inputTokens: 2_000, outputTokens: 10 },
    call: {
      rawUsage: { usageMetadata: { promptTokensDetails: [{ modality: "VIDEO", tokenCount: 1_900 }] } },
    },
    usd: (2_000 * 0.3 + 10 * 2.5) / M,
  },
  {
    // [G] Embedding 2: 0.20 for text, 12 for video
    name: "video at a price of its own",
    from: "google",
    model: "gemini-embedding-2",
    usage: { inputTokens: 1_000 },
    call: {
      rawUsage: { usageMetadata: { promptTokensDetails: [{ modality: "VIDEO", tokenCount: 900 }] } },
    },
    usd: (100 * 0.2 + 900 * 12) / M,
  },
  {
    // [G] flex: half
    name: "flex",
    from: "googleTiers",
    model: "gemini-2.5-flash",
    usage: { inputTokens: 1_000, outputTokens: 1_000 },
    call: { serviceTier: "flex" },
    usd: (1_000 * 0.15 + 1_000 * 1.25) / M,
  },
  {
    // [G] batch: half
    name: "batch",
    from: "googleTiers",
    model: "gemini-2.5-pro",
    usage: { inputTokens: 1_000, outputTokens: 1_000 },
    call: { serviceTier: "batch" },
    usd: (1_000 * 0.625 + 1_000 * 5) / M,
  },
  {
    // [G] whether what was cached costs half in a batch as well is not known: at least that
    name: "batch with a cache",
    from: "googleTiers",
    model: "gemini-2.5-pro",
    usage: { inputTokens: 1_000, cacheReadInputTokens: 400, outputTokens: 0 },
    call: { serviceTier: "batch" },
    usd: (600 * 0.625 + 400 * 0.0625) / M,
    status: "incomplete",
  },
  {
    // [G] priority is 75 % to 100 % more
    name: "priority where the list does not say how much more",
    from: "googleTiers",
    model: "gemini-2.5-flash",
    usage: { inputTokens: 1_000, outputTokens: 1_000 },
    call: { serviceTier: "priority" },
    usd: ((1_000 * 0.3 + 1_000 * 2.5) * 1.75) / M,
    status: "incomplete",
  },
  {
    // [G] 2.0 Flash-Lite: 0.075 in, 0.30 out; not 2.0 Flash
    name: "flash-lite is not flash",
    from: "google",
    model: "gemini-2.0-flash-lite-001",
    usage: { inputTokens: 1_000, outputTokens: 1_000 },
    usd: (1_000 * 0.075 + 1_000 * 0.3) / M,
    key: "google:gemini-2.0-flash-lite",
  },
  {
    // [G] Embedding: 0.15
    name: "embeddings",
    from: "google",
    model: "gemini-embedding-001",
    usage: { inputTokens: 2_000 },
    usd: (2_000 * 0.15) / M,
  },
  {
    // [G] 1.5 Flash-8B: 0.0375 in, which is 37.5 nano-dollars a token
    name: "half a nano-dollar goes up",
    from: "google",
    model: "gemini-flash-1.5-8b",
    usage: { inputTokens: 1 },
    usd: 0.000000038,
  },
  {
    // [G] Gemma: "free of charge"
    name: "a model without charge",
    from: "google",
    model: "gemma-4-31b-it",
    usage: { inputTokens: 1_000, outputTokens: 1_000 },
    usd: 0,
    status: "free",
  },
  {
    name: "a likeness is no match",
    from: "none",
    model: "gemini-2.5-flash-8b",
    usage: { inputTokens: 5 },
    usd: null,
    key: null,
  },
];

let pricer: Pricer;
beforeAll(async () => {
  pricer = await createPricer({ overridesFile: null, now: () => Date.parse("2026-11-20T12:00:00Z") });
});

describe.each([
  ["openai", openai],
  ["anthropic", anthropic],
  ["google", google],
])("%s", (provider, cases) => {
  it.each(cases)("$name ($model)", ({ model, usage, usd, status, key, call }) => {
    const cost = pricer.price(makePriceable({ provider, requestModel: model, usage, ...call }));
    expect(cost.costNanoUsd).toBe(usd === null ? null : Math.round(usd * 1e9));
    expect(cost.costStatus).toBe(status ?? (usd === null ? "unpriced" : "computed"));
    if (key !== undefined) expect(cost.priceKey).toBe(key);
    const listed = expect.stringMatching(/^(?:genai-prices@0\.1\.8|corrections@\d{4}-\d\d-\d\d)$/);
    expect(cost.priceVersion).toEqual(cost.priceKey === null ? null : listed);
  });
});

it("has 90 cases and more, and says of those that nothing vouches for", () => {
  const all = [...openai, ...anthropic, ...google];
  expect(all.length).toBeGreaterThanOrEqual(90);
  const unverified = all.filter(({ from }) => sources[from].known === "not verified");
  expect(unverified.map(({ name }) => name)).toEqual(["audio without a price"]);
});

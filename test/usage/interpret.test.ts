import { describe, expect, it } from "vitest";
import { type Interpretation, interpret } from "../../daemon/usage/interpret.ts";
import type { CallReport, JsonObject } from "../../shared/call.ts";
import { makeCallId } from "../builders.ts";

const endpoints = {
  chat: { host: "api.openai.com", path: "/v1/chat/completions", method: "POST" },
  responses: { host: "api.openai.com", path: "/v1/responses", method: "POST" },
  embeddings: { host: "api.openai.com", path: "/v1/embeddings", method: "POST" },
  messages: { host: "api.anthropic.com", path: "/v1/messages", method: "POST" },
  gemini: {
    host: "generativelanguage.googleapis.com",
    path: "/v1beta/models/gemini-2.5-flash:generateContent",
    method: "POST",
  },
  geminiEmbeddings: {
    host: "generativelanguage.googleapis.com",
    path: "/v1beta/models/gemini-embedding-001:batchEmbedContents",
    method: "POST",
  },
} as const;

function report(over: Partial<CallReport>): CallReport {
  return { callId: makeCallId(), startedAt: "2026-11-20T10:00:00.000Z", status: "ok", ...over };
}

/** The meaning of a report that must be a call. */
function meaningOf(over: Partial<CallReport>): Interpretation {
  const meaning = interpret(report(over));
  if ("ignored" in meaning) throw new Error(`ignored: ${meaning.ignored}`);
  return meaning;
}

function usageOf(endpoint: keyof typeof endpoints, rawUsage: JsonObject) {
  return meaningOf({ endpoint: endpoints[endpoint], rawUsage }).usage;
}

function ignoredOf(over: Partial<CallReport>) {
  const meaning = interpret(report(over));
  return "ignored" in meaning ? meaning.ignored : null;
}

describe("OpenAI chat", () => {
  it("takes details as parts of the totals, never on top of them", () => {
    const usage = {
      prompt_tokens: 1200,
      completion_tokens: 300,
      total_tokens: 1500,
      prompt_tokens_details: {
        cached_tokens: 1024,
        cache_write_tokens: 64,
        audio_tokens: 10,
        image_tokens: 85,
      },
      completion_tokens_details: {
        reasoning_tokens: 192,
        audio_tokens: 7,
        accepted_prediction_tokens: 5,
        rejected_prediction_tokens: 3,
      },
    };
    expect(usageOf("chat", { usage })).toEqual({
      inputTokens: 1200,
      outputTokens: 300,
      cacheReadInputTokens: 1024,
      cacheCreationInputTokens: 64,
      inputAudioTokens: 10,
      inputImageTokens: 85,
      reasoningOutputTokens: 192,
      outputAudioTokens: 7,
    });
  });

  it("keeps a reported zero, and has nothing where nothing was reported", () => {
    const zero = { usage: { prompt_tokens: 5, completion_tokens: 0 } };
    expect(usageOf("chat", zero)).toEqual({ inputTokens: 5, outputTokens: 0 });
    expect(usageOf("chat", { usage: null })).toEqual({});
    expect(meaningOf({ endpoint: endpoints.chat }).usage).toEqual({});
  });

  it("takes models, id and the tier of the response", () => {
    const rawUsage = { id: "chatcmpl-1", model: "gpt-4o-2024-08-06", service_tier: "flex", usage: null };
    const meaning = meaningOf({
      endpoint: endpoints.chat,
      rawUsage,
      requestModel: "gpt-4o",
      serviceTier: "auto",
    });
    expect(meaning).toMatchObject({
      effect: "creates",
      provider: "openai",
      operation: "chat",
      requestModel: "gpt-4o",
      responseModel: "gpt-4o-2024-08-06",
      responseId: "chatcmpl-1",
      serviceTier: "flex",
      unfinished: false,
    });
  });

  it("knows the completions of old, and makes no row of reading stored ones", () => {
    const at = (path: string, method: string) => ({ host: "api.openai.com", path, method });
    expect(meaningOf({ endpoint: at("/v1/completions", "POST") }).operation).toBe("chat");
    expect(ignoredOf({ endpoint: at("/v1/chat/completions", "GET") })).not.toBeNull();
    expect(ignoredOf({ endpoint: at("/v1/chat/completions/chatcmpl-1", "GET") })).not.toBeNull();
  });

  it("knows regional hosts and paths behind a prefix", () => {
    const endpoint = { host: "eu.api.openai.com:443", path: "/proxy/v1/chat/completions", method: "POST" };
    expect(meaningOf({ endpoint })).toMatchObject({ provider: "openai", operation: "chat" });
  });
});

describe("OpenAI Responses", () => {
  const usage = {
    input_tokens: 4020,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 4012 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 4025,
  };

  it("reads totals and their parts", () => {
    expect(usageOf("responses", { usage })).toEqual({
      inputTokens: 4020,
      outputTokens: 5,
      cacheReadInputTokens: 0,
      cacheCreationInputTokens: 4012,
      reasoningOutputTokens: 0,
    });
  });

  it("counts web searches by what the provider bills, else by the items", () => {
    const tool_usage = { web_search: { num_requests: 2 } };
    const itemCounts = { web_search_call: 5 };
    expect(usageOf("responses", { usage, tool_usage, itemCounts }).webSearches).toBe(2);
    expect(usageOf("responses", { usage, itemCounts }).webSearches).toBe(5);
    expect(usageOf("responses", { usage }).webSearches).toBeUndefined();
  });

  it("a background response is unfinished, and its usage to come", () => {
    const rawUsage = { id: "resp_1", status: "queued", background: true, usage: null };
    expect(meaningOf({ endpoint: endpoints.responses, rawUsage })).toMatchObject({
      effect: "creates",
      unfinished: true,
      responseId: "resp_1",
      usage: {},
    });
  });

  it("a stream that was cut is not unfinished, unless it runs in the background", () => {
    const cut = (background: boolean) =>
      meaningOf({
        endpoint: endpoints.responses,
        status: "aborted",
        rawUsage: { id: "resp_1", status: "in_progress", background, usage: null },
      }).unfinished;
    expect(cut(false)).toBe(false);
    expect(cut(true)).toBe(true);
  });

  it("reading a stored response completes its call, and only with its final usage", () => {
    const endpoint = { host: "api.openai.com", path: "/v1/responses/resp_1", method: "GET" };
    const done = { id: "resp_1", status: "completed", usage };
    expect(meaningOf({ endpoint, rawUsage: done })).toMatchObject({
      effect: "completes",
      responseId: "resp_1",
      usage: { inputTokens: 4020, outputTokens: 5 },
    });
    expect(ignoredOf({ endpoint, rawUsage: { ...done, status: "in_progress", usage: null } })).not.toBeNull();
    expect(ignoredOf({ endpoint, status: "pending" })).not.toBeNull();
    expect(ignoredOf({ endpoint, status: "error", httpStatus: 404 })).not.toBeNull();
  });

  it("compaction is billed, counting tokens is not", () => {
    const at = (path: string) => ({ host: "api.openai.com", path, method: "POST" });
    expect(meaningOf({ endpoint: at("/v1/responses/compact"), rawUsage: { usage } }).usage.inputTokens).toBe(
      4020,
    );
    expect(ignoredOf({ endpoint: at("/v1/responses/input_tokens") })).not.toBeNull();
  });
});

describe("OpenAI embeddings", () => {
  it("have input only", () => {
    const rawUsage = { model: "text-embedding-3-small", usage: { prompt_tokens: 8, total_tokens: 8 } };
    expect(meaningOf({ endpoint: endpoints.embeddings, rawUsage })).toMatchObject({
      operation: "embeddings",
      responseModel: "text-embedding-3-small",
      usage: { inputTokens: 8 },
    });
    expect(usageOf("embeddings", rawUsage)).toEqual({ inputTokens: 8 });
  });
});

describe("Anthropic messages", () => {
  const usage = {
    input_tokens: 20,
    cache_read_input_tokens: 1000,
    cache_creation_input_tokens: 300,
    cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 100 },
    output_tokens: 50,
    output_tokens_details: { thinking_tokens: 30 },
    server_tool_use: { web_search_requests: 3, web_fetch_requests: 1 },
    service_tier: "standard",
  };

  it("adds the cache to the input, which excludes it", () => {
    expect(usageOf("messages", { model: "claude-sonnet-4-5", usage })).toEqual({
      inputTokens: 1320,
      outputTokens: 50,
      cacheReadInputTokens: 1000,
      cacheCreationInputTokens: 300,
      cacheCreation1hInputTokens: 100,
      reasoningOutputTokens: 30,
      webSearches: 3,
    });
  });

  it("sums the split where the total of the writes is missing", () => {
    const { cache_creation_input_tokens: _, ...withoutTotal } = usage;
    expect(usageOf("messages", { usage: withoutTotal })).toMatchObject({
      inputTokens: 1320,
      cacheCreationInputTokens: 300,
    });
  });

  it("does without a cache", () => {
    const plain = { input_tokens: 20, output_tokens: 50 };
    expect(usageOf("messages", { usage: plain })).toEqual({ inputTokens: 20, outputTokens: 50 });
  });

  it("takes no total from parts alone", () => {
    const partial = { input_tokens: null, cache_read_input_tokens: 7, output_tokens: 1 };
    expect(usageOf("messages", { usage: partial })).toEqual({ cacheReadInputTokens: 7, outputTokens: 1 });
  });

  it("adds what a compaction took, which the top level leaves out", () => {
    const compaction = { type: "compaction", input_tokens: 55_196, output_tokens: 125 };
    const message = { type: "message", input_tokens: 20, output_tokens: 50 };
    const plain = { input_tokens: 20, output_tokens: 50, iterations: [compaction, message] };
    expect(usageOf("messages", { model: "claude-opus-4-6", usage: plain })).toEqual({
      inputTokens: 55_216,
      outputTokens: 175,
    });
  });

  it("keeps other models' usage out of this one's", () => {
    const advisor = { type: "advisor_message", model: "claude-opus-5", input_tokens: 900, output_tokens: 90 };
    const message = { type: "message", model: "claude-haiku-4-5", input_tokens: 20, output_tokens: 50 };
    const plain = { input_tokens: 20, output_tokens: 50, iterations: [message, advisor] };
    expect(usageOf("messages", { model: "claude-haiku-4-5", usage: plain })).toEqual({
      inputTokens: 20,
      outputTokens: 50,
    });
  });

  it("takes the tier from the usage, and makes no row of counting tokens or files", () => {
    expect(meaningOf({ endpoint: endpoints.messages, rawUsage: { usage } }).serviceTier).toBe("standard");
    for (const path of ["/v1/messages/count_tokens", "/v1/files", "/v1/models"]) {
      expect(ignoredOf({ endpoint: { host: "api.anthropic.com", path, method: "POST" } })).not.toBeNull();
    }
  });
});

describe("Gemini", () => {
  it("adds thoughts to the output and tools' prompts to the input", () => {
    const usageMetadata = {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      candidatesTokenCount: 30,
      thoughtsTokenCount: 20,
      toolUsePromptTokenCount: 40,
      totalTokenCount: 190,
    };
    expect(usageOf("gemini", { usageMetadata })).toEqual({
      inputTokens: 140,
      outputTokens: 50,
      cacheReadInputTokens: 60,
      reasoningOutputTokens: 20,
    });
  });

  it("reads kinds of tokens from the details, of tools as well", () => {
    const usageMetadata = {
      promptTokenCount: 300,
      candidatesTokenCount: 1290,
      promptTokensDetails: [
        { modality: "TEXT", tokenCount: 10 },
        { modality: "IMAGE", tokenCount: 258 },
        { modality: "AUDIO", tokenCount: 32 },
      ],
      toolUsePromptTokenCount: 258,
      toolUsePromptTokensDetails: [{ modality: "IMAGE", tokenCount: 258 }],
      candidatesTokensDetails: [{ modality: "IMAGE", tokenCount: 1290 }],
    };
    expect(usageOf("gemini", { usageMetadata })).toEqual({
      inputTokens: 558,
      outputTokens: 1290,
      inputImageTokens: 516,
      inputAudioTokens: 32,
      outputImageTokens: 1290,
    });
  });

  it("thoughts alone are output: the API leaves zeros out", () => {
    const usageMetadata = { promptTokenCount: 9, thoughtsTokenCount: 500 };
    expect(usageOf("gemini", { usageMetadata }).outputTokens).toBe(500);
  });

  it("knows the model by the path, with and without prefix, and by the answer", () => {
    const rawUsage = {
      responseId: "r1",
      modelVersion: "gemini-2.5-flash",
      usageMetadata: { serviceTier: "flex" },
    };
    expect(meaningOf({ endpoint: endpoints.gemini, rawUsage })).toMatchObject({
      requestModel: "gemini-2.5-flash",
      responseModel: "gemini-2.5-flash",
      responseId: "r1",
      serviceTier: "flex",
    });
    expect(
      meaningOf({ endpoint: endpoints.gemini, requestModel: "models/gemini-3-flash" }).requestModel,
    ).toBe("gemini-3-flash");
  });

  it("counts searches, by which grounding is billed", () => {
    const rawUsage = { usageMetadata: { promptTokenCount: 3 }, itemCounts: { webSearchQueries: 2 } };
    expect(usageOf("gemini", rawUsage).webSearches).toBe(2);
  });

  it("streams are calls, counting tokens and files are none", () => {
    const at = (path: string) => ({ ...endpoints.gemini, path });
    expect(meaningOf({ endpoint: at("/v1beta/models/gemini-2.5-pro:streamGenerateContent") })).toMatchObject({
      operation: "chat",
      requestModel: "gemini-2.5-pro",
    });
    expect(ignoredOf({ endpoint: at("/v1beta/models/gemini-2.5-pro:countTokens") })).not.toBeNull();
    expect(ignoredOf({ endpoint: at("/upload/v1beta/files") })).not.toBeNull();
  });

  it("embeddings may report nothing: absent, not 0", () => {
    const meaning = meaningOf({ endpoint: endpoints.geminiEmbeddings, rawUsage: {} });
    expect(meaning).toMatchObject({
      operation: "embeddings",
      requestModel: "gemini-embedding-001",
      usage: {},
    });
    const usageMetadata = {
      promptTokenCount: 11,
      promptTokenDetails: [{ modality: "AUDIO", tokenCount: 4 }],
    };
    expect(usageOf("geminiEmbeddings", { usageMetadata })).toEqual({ inputTokens: 11, inputAudioTokens: 4 });
  });
});

describe("numbers that cannot be", () => {
  it.each(["12", -1, Number.NaN, Number.POSITIVE_INFINITY, 1.5, 1e308, 1e13, null, true, [], {}])(
    "%s is not taken",
    (value) => {
      const broken = value as JsonObject[string];
      const usage = { prompt_tokens: broken, completion_tokens: 3, prompt_tokens_details: broken };
      expect(usageOf("chat", { usage })).toEqual({ outputTokens: 3 });
      const usageMetadata = { promptTokenCount: broken, promptTokensDetails: broken };
      expect(usageOf("gemini", { usageMetadata })).toEqual({});
      const iterations = [broken, { type: "compaction", input_tokens: broken }];
      expect(usageOf("messages", { usage: { input_tokens: 5, iterations } })).toEqual({ inputTokens: 5 });
    },
  );

  it("of ready-made usage the rest is kept, and seconds may be fractions", () => {
    const usage = { inputTokens: -3, outputTokens: 7, seconds: 12.5, images: 0.5 };
    expect(meaningOf({ provider: "acme", usage }).usage).toEqual({ outputTokens: 7, seconds: 12.5 });
  });
});

describe("reports by others than the shim", () => {
  it("pass through as they are", () => {
    const meaning = meaningOf({
      provider: "exa",
      operation: "search",
      usage: { requests: 1 },
      costUsd: "0.005",
      requestModel: "neural",
      responseId: "x",
    });
    expect(meaning).toEqual({
      effect: "creates",
      provider: "exa",
      operation: "search",
      requestModel: "neural",
      responseModel: null,
      responseId: "x",
      serviceTier: null,
      usage: { requests: 1 },
      declaredCostNanoUsd: 5_000_000,
      unfinished: false,
      ended: null,
    });
  });

  it("have ready-made usage beside an endpoint that nobody knows", () => {
    const endpoint = { host: "api.acme.example", path: "/generate", method: "POST" };
    expect(meaningOf({ provider: "acme", endpoint, usage: { inputTokens: 1 } })).toMatchObject({
      provider: "acme",
      operation: "other",
      usage: { inputTokens: 1 },
    });
  });

  it("do not pay back", () => {
    expect(meaningOf({ provider: "acme", costUsd: "-1" }).declaredCostNanoUsd).toBeNull();
  });

  it("of an unknown host are no calls", () => {
    const endpoint = { host: "example.com", path: "/v1/chat/completions", method: "POST" };
    expect(ignoredOf({ endpoint })).not.toBeNull();
  });
});

describe("hosts that the user named", () => {
  const at = (path: string, method = "POST") => ({ host: "127.0.0.1:4010", path, method });
  const chatUsage = { usage: { prompt_tokens: 3, completion_tokens: 4 } };

  it("follow the named provider's endpoints", () => {
    expect(meaningOf({ provider: "openai", endpoint: at("/v1/chat/completions") })).toMatchObject({
      provider: "openai",
      operation: "chat",
      usage: {},
    });
  });

  it("follow any provider's endpoints where the named one is new", () => {
    const meaning = meaningOf({
      provider: "acme",
      endpoint: at("/v1/chat/completions"),
      rawUsage: chatUsage,
    });
    expect(meaning).toMatchObject({ provider: "acme", usage: { inputTokens: 3, outputTokens: 4 } });
  });

  it.each([
    ["chat", chatUsage, "chat", { inputTokens: 3, outputTokens: 4 }],
    ["embeddings", { usage: { prompt_tokens: 3, total_tokens: 3 } }, "embeddings", { inputTokens: 3 }],
    [
      "messages",
      { usage: { input_tokens: 3, cache_read_input_tokens: 2, output_tokens: 1 } },
      "chat",
      { inputTokens: 5, cacheReadInputTokens: 2, outputTokens: 1 },
    ],
    [
      "responses",
      { usage: { input_tokens: 3, output_tokens: 1 } },
      "chat",
      { inputTokens: 3, outputTokens: 1 },
    ],
    [
      "Gemini",
      { usageMetadata: { promptTokenCount: 3, thoughtsTokenCount: 1 } },
      "chat",
      { inputTokens: 3, outputTokens: 1, reasoningOutputTokens: 1 },
    ],
  ])("on other paths tell the format by the fields: %s", (_, rawUsage, operation, usage) => {
    const meaning = meaningOf({ provider: "openai", endpoint: at("/infer"), rawUsage });
    expect(meaning).toMatchObject({ effect: "creates", provider: "openai", operation, usage });
    expect(meaning.usage).toEqual(usage);
  });

  it("make no row of what has no usage, nor of reads", () => {
    for (const path of ["/v1/messages/count_tokens", "/v1/files", "/v1/vector_stores"]) {
      expect(
        ignoredOf({ provider: "anthropic", endpoint: at(path), rawUsage: { id: "file_1" } }),
      ).not.toBeNull();
    }
    expect(
      ignoredOf({ provider: "openai", endpoint: at("/infer"), rawUsage: { usage: null } }),
    ).not.toBeNull();
    expect(ignoredOf({ provider: "openai", endpoint: at("/infer"), status: "pending" })).not.toBeNull();
    expect(
      ignoredOf({ provider: "openai", endpoint: at("/v1/batches/b1", "GET"), rawUsage: chatUsage }),
    ).not.toBeNull();
  });
});

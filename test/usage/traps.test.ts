import { describe, expect, it } from "vitest";
import { otherModelsIn } from "../../daemon/usage/formats/anthropicMessages.ts";
import { surchargesIn } from "../../daemon/usage/surcharges.ts";
import { callOf, events, json, meaningOf, reportOf } from "./exchange.ts";

/** What other meters got wrong, provider by provider: whole answers, through the shim's reader and the daemon's. */

const openai = "POST https://api.openai.com/v1";
const anthropic = "POST https://api.anthropic.com/v1/messages";
const gemini = "POST https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro";
const bedrock = "POST https://bedrock-runtime.us-east-1.amazonaws.com/model";

describe("OpenAI's chat", () => {
  const usage = {
    prompt_tokens: 2_000,
    completion_tokens: 500,
    total_tokens: 2_500,
    prompt_tokens_details: {
      cached_tokens: 1_024,
      cache_write_tokens: 100,
      audio_tokens: 300,
      image_tokens: 50,
    },
    completion_tokens_details: {
      reasoning_tokens: 128,
      audio_tokens: 40,
      accepted_prediction_tokens: 60,
      rejected_prediction_tokens: 20,
    },
  };
  const chunk = {
    id: "chatcmpl-Cxyz0123456789",
    model: "gpt-5",
    choices: [{ delta: { content: "secret" } }],
  };

  it("details are parts of the totals, predictions too: nothing is added again", () => {
    const answer = json({ ...chunk, usage });
    const meaning = callOf(`${openai}/chat/completions`, answer);
    expect(meaning.usage).toEqual({
      inputTokens: 2_000,
      outputTokens: 500,
      cacheReadInputTokens: 1_024,
      cacheCreationInputTokens: 100,
      inputAudioTokens: 300,
      inputImageTokens: 50,
      reasoningOutputTokens: 128,
      outputAudioTokens: 40,
    });
    expect(surchargesIn(reportOf(`${openai}/chat/completions`, answer).rawUsage ?? null).unpriceable).toEqual(
      [],
    );
  });

  it("a stream has its usage only where it was asked for, and then in a chunk without choices", () => {
    const asked = events(chunk, { ...chunk, usage: null }, { ...chunk, choices: [], usage });
    expect(callOf(`${openai}/chat/completions`, asked).usage.inputTokens).toBe(2_000);
    const silent = callOf(`${openai}/chat/completions`, events(chunk, chunk));
    expect(silent).toMatchObject({ usage: {}, responseModel: "gpt-5" });
  });

  it("the tier that is billed is the one that answered", () => {
    const sent = { model: "gpt-5", service_tier: "auto" };
    expect(
      callOf(`${openai}/chat/completions`, { ...json({ ...chunk, service_tier: "flex", usage }), sent })
        .serviceTier,
    ).toBe("flex");
  });
});

describe("OpenAI's responses", () => {
  const usage = {
    input_tokens: 900,
    input_tokens_details: { cached_tokens: 512, cache_write_tokens: 64 },
    output_tokens: 300,
    output_tokens_details: { reasoning_tokens: 256 },
    total_tokens: 1_200,
  };
  const response = {
    id: "resp_0123456789",
    model: "gpt-5",
    status: "completed",
    service_tier: "priority",
    usage,
  };
  const search = { type: "web_search_call", id: "ws_1", action: { query: "secret" } };

  it("searches stand apart from the usage, and are not counted twice", () => {
    const counted = {
      ...response,
      output: [search, search],
      tool_usage: { web_search: { num_requests: 3 } },
    };
    expect(callOf(`${openai}/responses`, json(counted)).usage.webSearches).toBe(3);
    expect(
      callOf(`${openai}/responses`, json({ ...response, output: [search, search] })).usage.webSearches,
    ).toBe(2);
    expect(callOf(`${openai}/responses`, json({ ...response, output: [] })).usage).not.toHaveProperty(
      "webSearches",
    );
  });

  it("file searches and interpreters are counted by their items", () => {
    const output = [{ type: "file_search_call" }, { type: "code_interpreter_call", code: "secret" }];
    const { rawUsage } = reportOf(`${openai}/responses`, json({ ...response, output }));
    expect(rawUsage?.["itemCounts"]).toEqual({ file_search_call: 1, code_interpreter_call: 1 });
  });

  it("a background response has no usage of its own, however its status is told", () => {
    const queued = json({ ...response, status: "queued", background: true, usage: null });
    expect(callOf(`${openai}/responses`, queued)).toMatchObject({ unfinished: true, usage: {} });
  });
});

describe("the rest of OpenAI", () => {
  it("embeddings", () => {
    const answer = json({
      data: [{ embedding: [0.1] }],
      model: "text-embedding-3-small",
      usage: { prompt_tokens: 8 },
    });
    expect(callOf(`${openai}/embeddings`, answer).usage).toEqual({ inputTokens: 8 });
  });

  it("images tell text from pictures, also where they come bit by bit", () => {
    const usage = {
      input_tokens: 50,
      input_tokens_details: { text_tokens: 10, image_tokens: 40 },
      output_tokens: 4_160,
      total_tokens: 4_210,
    };
    const tokens = { inputTokens: 50, inputImageTokens: 40, outputTokens: 4_160, outputImageTokens: 4_160 };
    const whole = json({ created: 1, data: [{ b64_json: "c2VjcmV0" }], usage });
    expect(callOf(`${openai}/images/edits`, whole).usage).toEqual(tokens);
    const streamed = events(
      { type: "image_generation.partial_image", b64_json: "A".repeat(100_000), partial_image_index: 0 },
      { type: "image_generation.completed", b64_json: "A".repeat(100_000), usage },
    );
    expect(callOf(`${openai}/images/generations`, streamed).usage).toEqual(tokens);
    expect(reportOf(`${openai}/images/generations`, streamed).complete).toBe(true);
  });

  it("transcriptions are billed by the token or by the second", () => {
    const tokens = {
      type: "tokens",
      input_tokens: 14,
      output_tokens: 45,
      input_token_details: { audio_tokens: 14 },
    };
    expect(
      callOf(`${openai}/audio/transcriptions`, json({ text: "secret", usage: tokens, duration: 9 })).usage,
    ).toEqual({
      inputTokens: 14,
      outputTokens: 45,
      inputAudioTokens: 14,
    });
    const seconds = json({ text: "secret", usage: { type: "duration", seconds: 9 } });
    expect(callOf(`${openai}/audio/transcriptions`, seconds).usage).toEqual({ seconds: 9 });
    const verbose = json({
      text: "secret",
      language: "english",
      duration: 8.47,
      segments: [{ text: "secret" }],
    });
    expect(callOf(`${openai}/audio/translations`, verbose).usage).toEqual({ seconds: 8.47 });
    const streamed = events(
      { type: "transcript.text.delta", delta: "secret" },
      { type: "transcript.text.done", usage: tokens },
    );
    expect(callOf(`${openai}/audio/transcriptions`, streamed).usage.outputTokens).toBe(45);
  });

  it("speech has no usage but the characters of what was to be said, unless it comes as events", () => {
    const sent = { model: "tts-1", input: "Grüß dich 👋", voice: "alloy" };
    expect(callOf(`${openai}/audio/speech`, { body: Buffer.from([0xff, 0xfb, 0x90]), sent })).toMatchObject({
      requestModel: "tts-1",
      usage: { characters: 11 },
    });
    const usage = { input_tokens: 14, output_tokens: 101, total_tokens: 115 };
    const streamed = events(
      { type: "speech.audio.delta", audio: "c2VjcmV0" },
      { type: "speech.audio.done", usage },
    );
    expect(callOf(`${openai}/audio/speech`, { ...streamed, sent }).usage).toEqual({
      inputTokens: 14,
      outputTokens: 101,
      outputAudioTokens: 101,
    });
  });

  it("decisions have a price that is not that of the model's answers", () => {
    const usage = { input_tokens: 300, output_tokens: 0, total_tokens: 300 };
    const answer = json({ model: "gpt-6-luna", answers: [{ type: "predicate", probability: 0.9 }], usage });
    expect(callOf(`${openai}/decisions`, answer)).toMatchObject({
      operation: "other",
      serviceTier: "decisions",
      usage: { inputTokens: 300 },
    });
  });
});

it("Azure's deployment need not be named as a model is: the answer says which one it was", () => {
  const usage = { prompt_tokens: 8, completion_tokens: 1 };
  const url =
    "POST https://acme.openai.azure.com/openai/deployments/our-bot/chat/completions?api-version=2025-01-01";
  expect(callOf(url, json({ id: "chatcmpl-1", model: "gpt-4o-2024-11-20", usage }))).toMatchObject({
    provider: "azure.ai.openai",
    requestModel: "our-bot",
    responseModel: "gpt-4o-2024-11-20",
  });
});

describe("Anthropic's messages", () => {
  const start = {
    type: "message_start",
    message: {
      id: "msg_0123456789abcdef",
      model: "claude-sonnet-4-5-20250929",
      usage: {
        input_tokens: 10,
        cache_read_input_tokens: 1_000,
        cache_creation_input_tokens: 300,
        cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 100 },
        output_tokens: 1,
        service_tier: "standard",
      },
    },
  };
  const delta = (output_tokens: number, more = {}) => ({
    type: "message_delta",
    delta: { stop_reason: "end_turn" },
    usage: { output_tokens, ...more },
  });
  const text = { type: "content_block_delta", delta: { type: "text_delta", text: "secret" } };

  it("a stream's usage grows: it replaces and is not added up, and keeps the split that only the start has", () => {
    const stream = events(
      start,
      text,
      delta(50),
      text,
      delta(120, { input_tokens: 10, cache_creation_input_tokens: 300 }),
      {
        type: "message_stop",
      },
    );
    expect(callOf(anthropic, stream).usage).toEqual({
      inputTokens: 1_310,
      cacheReadInputTokens: 1_000,
      cacheCreationInputTokens: 300,
      cacheCreation1hInputTokens: 100,
      outputTokens: 120,
    });
    expect(reportOf(anthropic, stream).complete).toBe(true);
  });

  it("a stream that was cut has what it had said", () => {
    expect(callOf(anthropic, events(start, text)).usage).toMatchObject({
      inputTokens: 1_310,
      outputTokens: 1,
    });
    expect(reportOf(anthropic, events(start, text)).complete).toBe(false);
  });

  it("searches and fetches are apart; speed, place and tier change the price", () => {
    const usage = {
      ...start.message.usage,
      server_tool_use: { web_search_requests: 3, web_fetch_requests: 2 },
      service_tier: "priority",
      speed: "fast",
      inference_geo: "us",
    };
    const answer = json({ ...start.message, content: [{ text: "secret" }], usage });
    expect(callOf(anthropic, answer)).toMatchObject({ serviceTier: "priority", usage: { webSearches: 3 } });
    expect(reportOf(anthropic, answer).rawUsage).toMatchObject({
      usage: { speed: "fast", inference_geo: "us" },
    });
  });

  it("what other models did within a message is theirs, and not lost", () => {
    const iterations = [
      { type: "message", model: "claude-sonnet-4-5", input_tokens: 10, output_tokens: 5 },
      { type: "advisor_message", model: "claude-sonnet-4-5-20250929", input_tokens: 100, output_tokens: 1 },
      { type: "advisor_message", model: "claude-opus-5", input_tokens: 900, output_tokens: 90 },
      { type: "compaction", input_tokens: 7_000, output_tokens: 70 },
    ];
    const usage = { input_tokens: 10, output_tokens: 5, iterations };
    const answer = json({ ...start.message, usage });
    expect(callOf(anthropic, answer).usage).toEqual({ inputTokens: 7_110, outputTokens: 76 });
    expect(otherModelsIn(reportOf(anthropic, answer).rawUsage ?? {})).toEqual([
      { model: "claude-opus-5", usage: { inputTokens: 900, outputTokens: 90 } },
    ]);
  });
});

describe("Gemini", () => {
  const usageMetadata = {
    promptTokenCount: 250_000,
    cachedContentTokenCount: 100_000,
    candidatesTokenCount: 400,
    thoughtsTokenCount: 600,
    toolUsePromptTokenCount: 50,
    totalTokenCount: 251_050,
  };
  const chunk = (usage: object, more = {}) => ({
    candidates: [{ content: { parts: [{ text: "secret" }] }, ...more }],
    usageMetadata: usage,
    modelVersion: "gemini-2.5-pro",
    responseId: "r-0123456789abcdef",
  });

  it("thoughts are output and tools' prompts input; the last chunk of a stream stands", () => {
    const stream = events(
      chunk({ promptTokenCount: 250_000, candidatesTokenCount: 10, totalTokenCount: 250_010 }),
      chunk(usageMetadata, { finishReason: "STOP" }),
    );
    const meaning = callOf(`${gemini}:streamGenerateContent?alt=sse`, stream);
    expect(meaning.usage).toEqual({
      inputTokens: 250_050,
      cacheReadInputTokens: 100_000,
      outputTokens: 1_000,
      reasoningOutputTokens: 600,
    });
    expect(callOf(`${gemini}:generateContent`, json(chunk(usageMetadata)))).toEqual(meaning);
  });

  it("grounding is billed by the search", () => {
    const grounded = chunk(usageMetadata, { groundingMetadata: { webSearchQueries: ["secret", "secret"] } });
    expect(callOf(`${gemini}:generateContent`, json(grounded)).usage.webSearches).toBe(2);
  });

  it("many embeddings may carry no usage: that is not none", () => {
    const url =
      "POST https://generativelanguage.googleapis.com/v1beta/models/gemini-embedding-001:batchEmbedContents";
    expect(callOf(url, json({ embeddings: [{ values: [0.1] }] })).usage).toEqual({});
  });

  it("pictures are counted, and an interaction has words of its own", () => {
    const imagen =
      "POST https://generativelanguage.googleapis.com/v1beta/models/imagen-4.0-generate-001:predict";
    const predictions = [{ bytesBase64Encoded: "c2VjcmV0" }, { bytesBase64Encoded: "c2VjcmV0" }];
    expect(callOf(imagen, json({ predictions }))).toMatchObject({ operation: "image", usage: { images: 2 } });
    const usage = {
      total_input_tokens: 40,
      input_tokens_by_modality: [
        { modality: "text", tokens: 10 },
        { modality: "image", tokens: 30 },
      ],
      total_cached_tokens: 8,
      total_output_tokens: 20,
      total_thought_tokens: 12,
      grounding_tool_count: [{ type: "google_search", count: 2 }],
      total_tokens: 72,
    };
    const interaction = {
      id: "v1_0123456789abcdef",
      model: "gemini-3-flash-preview",
      status: "completed",
      usage,
    };
    const streamed = events(
      { event_type: "interaction.created", interaction: { id: interaction.id, status: "in_progress" } },
      { event_type: "step.delta", delta: { text: "secret" } },
      { event_type: "interaction.completed", interaction },
    );
    const url = "POST https://generativelanguage.googleapis.com/v1beta/interactions";
    for (const answer of [streamed, json(interaction)]) {
      expect(callOf(url, answer)).toMatchObject({
        unfinished: false,
        responseModel: "gemini-3-flash-preview",
      });
      expect(callOf(url, answer).usage).toEqual({
        inputTokens: 40,
        inputImageTokens: 30,
        cacheReadInputTokens: 8,
        outputTokens: 32,
        reasoningOutputTokens: 12,
        webSearches: 2,
      });
    }
  });
});

describe("Vertex AI", () => {
  const at = (model: string) =>
    `POST https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/models/${model}`;

  it("embeddings by predict tell their tokens beside each vector", () => {
    const prediction = (token_count: number) => ({
      embeddings: { statistics: { truncated: false, token_count }, values: [0.1, -0.2] },
    });
    const body = json({
      predictions: [prediction(4), prediction(11)],
      metadata: { billableCharacterCount: 60 },
    });
    expect(callOf(at("gemini-embedding-001:predict"), body).usage).toEqual({ inputTokens: 15 });
  });

  it("pictures and videos by predict are calls; asking how far a video is, is none", () => {
    expect(callOf(at("imagen-4.0-generate-001:predict"), json({ predictions: [{}] }))).toMatchObject({
      operation: "image",
      requestModel: "imagen-4.0-generate-001",
      usage: { images: 1 },
    });
    expect(
      callOf(at("veo-3.1-generate-001:predictLongRunning"), json({ name: "projects/p/operations/1" })),
    ).toMatchObject({ operation: "video", usage: {}, unfinished: false });
    expect(() => reportOf(at("veo-3.1-generate-001:fetchPredictOperation"))).toThrow("not looked at");
  });
});

describe("Bedrock", () => {
  it("Converse's stream ends with its usage, whose input excludes the cache", () => {
    const usage = {
      inputTokens: 22,
      outputTokens: 13,
      totalTokens: 2_527,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 2_492,
      cacheDetails: [{ ttl: "1h", inputTokens: 2_492 }],
    };
    const stream = events(
      { role: "assistant", p: "abc" },
      { contentBlockIndex: 0, delta: { text: "secret" } },
      { stopReason: "end_turn" },
      { metrics: { latencyMs: 500 }, usage, serviceTier: { type: "flex" } },
    );
    expect(
      callOf(`${bedrock}/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream`, stream),
    ).toMatchObject({
      requestModel: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      serviceTier: "flex",
      usage: {
        inputTokens: 2_514,
        outputTokens: 13,
        cacheCreationInputTokens: 2_492,
        cacheCreation1hInputTokens: 2_492,
      },
    });
  });

  const headers = { "x-amzn-bedrock-input-token-count": "12", "x-amzn-bedrock-output-token-count": "34" };
  it.each([
    [
      "amazon.titan-text-express-v1",
      { inputTextTokenCount: 12, results: [{ tokenCount: 34, outputText: "secret" }] },
    ],
    [
      "amazon.nova-lite-v1%3A0",
      { output: {}, usage: { inputTokens: 12, outputTokens: 34, totalTokens: 46 } },
    ],
    ["cohere.command-r-v1%3A0", { generation_id: "g", text: "secret", finish_reason: "COMPLETE" }],
    [
      "meta.llama3-1-8b-instruct-v1%3A0",
      { generation: "secret", prompt_token_count: 12, generation_token_count: 34 },
    ],
    ["mistral.mistral-large-2402-v1%3A0", { outputs: [{ text: "secret", stop_reason: "stop" }] }],
    ["openai.gpt-oss-20b-1%3A0", { model: "m", usage: { prompt_tokens: 12, completion_tokens: 34 } }],
    ["us.anthropic.claude-haiku-4-5-20251001-v1%3A0", { usage: { input_tokens: 12, output_tokens: 34 } }],
  ])("%s by invoke, in its maker's words or by Bedrock's headers", (model, body) => {
    expect(callOf(`${bedrock}/${model}/invoke`, { ...json(body), headers }).usage).toEqual({
      inputTokens: 12,
      outputTokens: 34,
    });
  });

  it("a stream in words that say nothing ends with Bedrock's own count", () => {
    const metrics = {
      inputTokenCount: 12,
      outputTokenCount: 34,
      invocationLatency: 500,
      firstByteLatency: 100,
    };
    for (const last of [
      { outputs: [{ text: "", stop_reason: "stop" }], "amazon-bedrock-invocationMetrics": metrics },
      { generation: "", prompt_token_count: null, "amazon-bedrock-invocationMetrics": metrics },
    ]) {
      const stream = events({ outputs: [{ text: "secret" }] }, { outputs: [{ text: "secret" }] }, last);
      expect(
        callOf(`${bedrock}/mistral.mistral-large-2402-v1%3A0/invoke-with-response-stream`, stream).usage,
      ).toEqual({
        inputTokens: 12,
        outputTokens: 34,
      });
    }
  });

  it("work in the background names its model in the request, and tells no usage", () => {
    const sent = { modelId: "amazon.nova-reel-v1:1", modelInput: { text: "secret" } };
    const url = "POST https://bedrock-runtime.us-east-1.amazonaws.com/async-invoke";
    expect(
      callOf(url, { ...json({ invocationArn: "arn:aws:bedrock:us-east-1:1:async-invoke/x" }), sent }),
    ).toMatchObject({ requestModel: "amazon.nova-reel-v1:1", usage: {} });
  });
});

describe("those who search", () => {
  it("Perplexity's own figure stands before its tokens; of a Deep Research reading and thinking come on top", () => {
    const usage = {
      prompt_tokens: 20,
      completion_tokens: 1_000,
      total_tokens: 1_020,
      citation_tokens: 5_000,
      reasoning_tokens: 30_000,
      num_search_queries: 9,
      search_context_size: "high",
      cost: { total_cost: 0.42, request_cost: 0.045 },
    };
    const answer = json({ id: "p", model: "sonar-deep-research", citations: ["secret"], usage });
    expect(callOf("POST https://api.perplexity.ai/chat/completions", answer)).toMatchObject({
      declaredCostNanoUsd: 420_000_000,
      usage: { inputTokens: 5_020, outputTokens: 31_000, reasoningOutputTokens: 30_000 },
    });
  });

  it("Exa's answer, whole and streamed, declares its cost", () => {
    const whole = json({ answer: "secret", citations: [], requestId: "r", costDollars: { total: 0.005 } });
    expect(callOf("POST https://api.exa.ai/answer", whole).declaredCostNanoUsd).toBe(5_000_000);
    const streamed = events(
      { id: "c", choices: [{ delta: { content: "secret" } }] },
      { citations: [{ url: "secret" }] },
      { costDollars: { total: 0.005, search: { neural: 0.005 } } },
    );
    expect(callOf("POST https://api.exa.ai/answer", streamed)).toMatchObject({
      declaredCostNanoUsd: 5_000_000,
      unfinished: false,
    });
  });

  it("Firecrawl's credits are at the top or within the metadata; a map takes one", () => {
    const root = "POST https://api.firecrawl.dev/v2";
    expect(
      callOf(`${root}/scrape`, json({ success: true, data: { metadata: { creditsUsed: 5 } } })).usage.credits,
    ).toBe(5);
    expect(callOf(`${root}/search`, json({ success: true, creditsUsed: 2, data: {} })).usage.credits).toBe(2);
    expect(callOf(`${root}/map`, json({ success: true, links: [{ url: "secret" }] })).usage.credits).toBe(1);
    expect(callOf(`${root}/map`, json({ success: false, error: "secret" })).usage).toEqual({});
  });

  it("Tavily's credits, told or listed by the depth of the search", () => {
    const url = "POST https://api.tavily.com/search";
    const answer = { query: "secret", results: [], request_id: "t" };
    const credits = (sent: Record<string, string | boolean>, said = {}) =>
      callOf(url, { ...json({ ...answer, ...said }), sent: { query: "secret", ...sent } }).usage.credits;
    expect(credits({ search_depth: "advanced" })).toBe(2);
    expect(credits({ search_depth: "basic" })).toBe(1);
    expect(credits({ max_results: "5", topic: "news" })).toBeUndefined();
    expect(credits({ auto_parameters: true })).toBeUndefined();
    expect(credits({ search_depth: "advanced" }, { usage: { credits: 1 } })).toBe(1);
    expect(
      callOf(url, { ...json({ detail: { error: "secret" } }), httpStatus: 401, sent: {} }).usage,
    ).toEqual({});
  });
});

describe("resellers and others", () => {
  const chat = { id: "gen-0123456789", model: "m", choices: [{ message: { content: "secret" } }] };
  const usage = { prompt_tokens: 30, completion_tokens: 7, total_tokens: 37 };

  it("OpenRouter's charge stands; with a key of one's own what that cost comes on top", () => {
    const url = "POST https://openrouter.ai/api/v1/chat/completions";
    expect(callOf(url, json({ ...chat, usage: { ...usage, cost: 0.002 } })).declaredCostNanoUsd).toBe(
      2_000_000,
    );
    const own = { ...usage, cost: 0.0001, is_byok: true, cost_details: { upstream_inference_cost: 0.002 } };
    expect(callOf(url, json({ ...chat, usage: own })).declaredCostNanoUsd).toBe(2_100_000);
  });

  it("Moonshot's stream has its usage within the last choice", () => {
    const url = "POST https://api.moonshot.ai/v1/chat/completions";
    const part = {
      id: "chatcmpl-0123456789",
      model: "kimi-k2",
      choices: [{ index: 0, delta: { content: "secret" } }],
    };
    const last = {
      ...part,
      choices: [{ index: 0, delta: {}, finish_reason: "stop", usage: { ...usage, cached_tokens: 20 } }],
    };
    const tokens = { inputTokens: 30, outputTokens: 7, cacheReadInputTokens: 20 };
    expect(callOf(url, events(part, part, last)).usage).toEqual(tokens);
    expect(
      callOf(url, events(part, last, { ...part, choices: [], usage: { ...usage, cached_tokens: 20 } })).usage,
    ).toEqual(tokens);
    expect(callOf(url, json({ ...chat, usage })).usage).toEqual({ inputTokens: 30, outputTokens: 7 });
  });

  it("Mistral's conversations: connectors read on top of the prompt", () => {
    const url = "POST https://api.mistral.ai/v1/conversations";
    const told = { ...usage, connector_tokens: 7_000, total_tokens: 7_037, connectors: { web_search: 1 } };
    const whole = json({
      object: "conversation.response",
      conversation_id: "conv_0123456789abcdef",
      outputs: [{ type: "message.output", model: "mistral-medium-2505", content: "secret" }],
      usage: told,
    });
    const streamed = events(
      { type: "conversation.response.started", conversation_id: "conv_0123456789abcdef" },
      { type: "message.output.delta", model: "mistral-medium-2505", content: "secret" },
      { type: "conversation.response.done", usage: told },
    );
    for (const answer of [whole, streamed]) {
      expect(callOf(url, answer)).toMatchObject({ responseId: null });
      expect(callOf(url, answer).usage).toEqual({ inputTokens: 7_030, outputTokens: 7, webSearches: 1 });
      expect(surchargesIn(reportOf(url, answer).rawUsage ?? null).unpriceable).toEqual([]);
    }
    expect(callOf(url, whole).responseModel).toBe("mistral-medium-2505");
    expect(() => reportOf("GET https://api.mistral.ai/v1/conversations/conv_1/history")).toThrow(
      "not looked at",
    );
  });

  it("Vercel's own protocol, of each version, declares what it charged", () => {
    const url = "POST https://ai-gateway.vercel.sh/v3/ai/language-model";
    const providerMetadata = {
      anthropic: { usage: { input_tokens: 1 }, cost: "9" },
      gateway: {
        routing: { finalProvider: "anthropic" },
        cost: "0.000056",
        generationId: "gen_01K0123456789ABC",
      },
    };
    const now = {
      inputTokens: { total: 30, noCache: 10, cacheRead: 15, cacheWrite: 5 },
      outputTokens: { total: 7, text: 4, reasoning: 3 },
    };
    const before = {
      inputTokens: 30,
      outputTokens: 7,
      totalTokens: 37,
      reasoningTokens: 3,
      cachedInputTokens: 15,
    };
    const finish = { type: "finish", finishReason: { unified: "stop" }, usage: now, providerMetadata };
    const streamed = events(
      { type: "response-metadata", id: "secret", modelId: "claude-haiku-4-5" },
      { type: "text-delta", delta: "secret" },
      finish,
    );
    expect(callOf(url, streamed)).toMatchObject({
      declaredCostNanoUsd: 56_000,
      responseId: "gen_01K0123456789ABC",
    });
    expect(callOf(url, streamed).usage).toEqual({
      inputTokens: 30,
      outputTokens: 7,
      cacheReadInputTokens: 15,
      cacheCreationInputTokens: 5,
      reasoningOutputTokens: 3,
    });
    const old = callOf(url, json({ content: [{ text: "secret" }], usage: before, providerMetadata }));
    expect(old.usage).toEqual({
      inputTokens: 30,
      outputTokens: 7,
      cacheReadInputTokens: 15,
      reasoningOutputTokens: 3,
    });
    const free = { gateway: { cost: "0" } };
    expect(callOf(url, json({ usage: before, providerMetadata: free })).declaredCostNanoUsd).toBeNull();
    const embedded = json({ embeddings: [[0.1]], usage: { tokens: 9 } });
    expect(callOf("POST https://ai-gateway.vercel.sh/v3/ai/embedding-model", embedded)).toMatchObject({
      operation: "embeddings",
      usage: { inputTokens: 9 },
    });
  });

  it("Cerebras tells its times beside the usage, Snowflake and Hugging Face speak OpenAI's words", () => {
    const timed = { ...chat, usage, time_info: { queue_time: 0.1, total_time: 0.2 } };
    for (const url of [
      "https://api.cerebras.ai/v1/chat/completions",
      "https://acme.snowflakecomputing.com/api/v2/cortex/inference:complete",
      "https://router.huggingface.co/v1/chat/completions",
      "https://api.z.ai/api/coding/paas/v4/chat/completions",
      "https://api.fireworks.ai/inference/v1/chat/completions",
    ]) {
      expect(callOf(`POST ${url}`, json(timed)).usage).toEqual({ inputTokens: 30, outputTokens: 7 });
    }
  });

  it("Cohere bills billed_units; Voyage and Jina all of their tokens", () => {
    const meta = { api_version: {}, billed_units: { input_tokens: 41 }, tokens: { input_tokens: 1_442 } };
    expect(
      callOf("POST https://api.cohere.com/v2/embed", json({ id: "e", embeddings: {}, meta })).usage,
    ).toEqual({
      inputTokens: 41,
    });
    for (const host of ["api.voyageai.com", "api.jina.ai"]) {
      const answer = json({
        data: [{ embedding: [0.1] }],
        model: "m",
        usage: { total_tokens: 9, prompt_tokens: 9 },
      });
      expect(callOf(`POST https://${host}/v1/embeddings`, answer).usage).toEqual({ inputTokens: 9 });
    }
  });

  it("Ollama counts what it evaluated, and a prompt that it remembered it does not", () => {
    const done = { model: "llama3.2", done: true, eval_count: 290, eval_duration: 1 };
    expect(callOf("POST http://localhost:11434/api/chat", json(done)).usage).toEqual({ outputTokens: 290 });
  });
});

it("an endpoint that is not billed makes no row even where its answer has usage in it", () => {
  expect(() => reportOf("POST https://api.anthropic.com/v1/messages/count_tokens")).toThrow("not looked at");
  expect(() => reportOf("GET https://api.openai.com/v1/vector_stores/vs_1")).toThrow("not looked at");
  expect(meaningOf("GET https://api.openai.com/v1/responses/resp_1", json({ id: "resp_1" }))).toHaveProperty(
    "ignored",
  );
});

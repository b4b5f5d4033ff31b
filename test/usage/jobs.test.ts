import { describe, expect, it } from "vitest";
import { otherModelsIn } from "../../daemon/usage/formats/anthropicMessages.ts";
import { callOf, events, json, lines, meaningOf, reportOf } from "./exchange.ts";

describe("OpenAI's batches", () => {
  const batch = {
    id: "batch_6719fbd6a1c8819093d1e2",
    object: "batch",
    endpoint: "/v1/chat/completions",
    metadata: { note: "secret" },
    request_counts: { total: 3, completed: 3, failed: 0 },
  };
  const usage = {
    input_tokens: 3_000,
    input_tokens_details: { cached_tokens: 1_024 },
    output_tokens: 600,
    output_tokens_details: { reasoning_tokens: 128 },
    total_tokens: 3_600,
  };

  it.each([
    ["openai", "https://api.openai.com/v1/batches"],
    ["azure.ai.openai", "https://acme.openai.azure.com/openai/batches"],
    ["azure.ai.openai", "https://acme.openai.azure.com/openai/v1/batches"],
  ])(
    "%s: made by one exchange and completed by the reading of it, at the price of a batch",
    (provider, url) => {
      expect(callOf(`POST ${url}`, json({ ...batch, status: "validating", usage: null }))).toMatchObject({
        effect: "creates",
        provider,
        responseId: batch.id,
        unfinished: true,
        usage: {},
      });
      const read = `GET ${url}/${batch.id}`;
      expect(meaningOf(read, json({ ...batch, status: "in_progress" }))).toHaveProperty("ignored");
      const ended = json({ ...batch, status: "completed", model: "gpt-5-mini-2025-08-07", usage });
      expect(callOf(read, ended)).toMatchObject({
        effect: "completes",
        responseId: batch.id,
        responseModel: "gpt-5-mini-2025-08-07",
        serviceTier: "batch",
        unfinished: false,
        usage: {
          inputTokens: 3_000,
          cacheReadInputTokens: 1_024,
          outputTokens: 600,
          reasoningOutputTokens: 128,
        },
      });
    },
  );

  it("one that was cancelled is billed for what had been done", () => {
    const partial = { ...usage, output_tokens: 10 };
    const cancelled = json({ ...batch, status: "cancelled", model: "gpt-5-mini", usage: partial });
    expect(callOf(`GET https://api.openai.com/v1/batches/${batch.id}`, cancelled).usage.outputTokens).toBe(
      10,
    );
  });
});

describe("Anthropic's batches", () => {
  const root = "https://api.anthropic.com/v1/messages/batches";
  const id = "msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d";
  const succeeded = (custom_id: string, model: string, usage: object) => ({
    custom_id: `secret ${custom_id}`,
    result: {
      type: "succeeded",
      message: { id: "msg_1", type: "message", model, content: [{ type: "text", text: "secret" }], usage },
    },
  });
  const errored = {
    custom_id: "secret",
    result: { type: "errored", error: { type: "error", error: { type: "invalid_request_error" } } },
  };
  const tokens = (input_tokens: number, output_tokens: number, more = {}) => ({
    input_tokens,
    output_tokens,
    cache_read_input_tokens: 0,
    service_tier: "batch",
    ...more,
  });

  it("the batch waits for its results, whose messages are added up, and is the same however often they are read", () => {
    expect(
      callOf(`POST ${root}`, json({ id, type: "message_batch", processing_status: "in_progress" })),
    ).toMatchObject({
      effect: "creates",
      provider: "anthropic",
      responseId: id,
      unfinished: true,
      usage: {},
    });
    const results = lines(
      succeeded(
        "1",
        "claude-sonnet-4-5-20250929",
        tokens(10, 5, { cache_creation: { ephemeral_1h_input_tokens: 7 } }),
      ),
      errored,
      succeeded("2", "claude-sonnet-4-5-20250929", tokens(20, 6, { cache_read_input_tokens: 100 })),
      { custom_id: "secret", result: { type: "expired" } },
      succeeded(
        "3",
        "claude-sonnet-4-5-20250929",
        tokens(30, 7, { server_tool_use: { web_search_requests: 2 } }),
      ),
    );
    const read = `GET ${root}/${id}/results`;
    const meaning = callOf(read, results);
    expect(meaning).toMatchObject({
      effect: "completes",
      responseId: id,
      responseModel: "claude-sonnet-4-5-20250929",
      serviceTier: "batch",
      unfinished: false,
    });
    expect(meaning.usage).toEqual({
      inputTokens: 167,
      outputTokens: 18,
      cacheReadInputTokens: 100,
      cacheCreationInputTokens: 7,
      cacheCreation1hInputTokens: 7,
      webSearches: 2,
    });
    expect(callOf(read, results)).toEqual(meaning);
    expect(reportOf(read, results).status).toBe("ok");
  });

  it("keeps several models apart, with what was worked on within their answers", () => {
    const advised = tokens(5, 5, {
      iterations: [
        { type: "message", model: "claude-haiku-4-5", input_tokens: 5, output_tokens: 5 },
        { type: "advisor_message", model: "claude-opus-5", input_tokens: 40, output_tokens: 4 },
      ],
    });
    const report = reportOf(
      `GET ${root}/${id}/results`,
      lines(
        succeeded("1", "claude-sonnet-4-5", tokens(10, 1)),
        succeeded("2", "claude-haiku-4-5", advised),
        succeeded("3", "claude-haiku-4-5", advised),
      ),
    );
    expect(otherModelsIn(report.rawUsage ?? {})).toMatchObject([
      { model: "claude-haiku-4-5", usage: { inputTokens: 10, outputTokens: 10 } },
      { model: "claude-opus-5", usage: { inputTokens: 80, outputTokens: 8 } },
    ]);
  });

  it("a hundred thousand answers make a report that is no longer", () => {
    const line = `${JSON.stringify(succeeded("1", "claude-haiku-4-5", tokens(3, 2)))}\n`;
    const report = reportOf(`GET ${root}/${id}/results`, {
      body: line.repeat(100_000),
      pieceLength: 65_536,
    });
    expect(JSON.stringify(report.rawUsage).length).toBeLessThan(500);
    expect(callOf(`GET ${root}/${id}/results`, { body: line.repeat(3) }).usage.inputTokens).toBe(9);
    expect(report.rawUsage).toMatchObject({ usages: [{ usage: { input_tokens: 300_000 } }] });
  });

  it("results of a batch in which all has failed complete nothing", () => {
    expect(meaningOf(`GET ${root}/${id}/results`, lines(errored, errored))).toHaveProperty("ignored");
  });
});

describe("Gemini's batches", () => {
  const root = "https://generativelanguage.googleapis.com/v1beta";
  const name = "batches/abcdefghijklmnop123456";
  const metadata = (state: string, more = {}) => ({
    "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
    model: "models/gemini-2.5-flash",
    displayName: "secret",
    state,
    name,
    ...more,
  });
  const answer = (promptTokenCount: number) => ({
    response: {
      candidates: [{ content: { parts: [{ text: "secret" }] } }],
      usageMetadata: {
        promptTokenCount,
        candidatesTokenCount: 20,
        thoughtsTokenCount: 3,
        totalTokenCount: 23,
      },
      modelVersion: "gemini-2.5-flash",
    },
  });

  it("its answers bring their usage each; what repeats them is not counted again", () => {
    const made = json({ name, metadata: metadata("BATCH_STATE_PENDING") });
    expect(callOf(`POST ${root}/models/gemini-2.5-flash:batchGenerateContent`, made)).toMatchObject({
      effect: "creates",
      requestModel: "gemini-2.5-flash",
      responseId: name,
      unfinished: true,
    });
    const running = json({ name, metadata: metadata("BATCH_STATE_RUNNING") });
    expect(meaningOf(`GET ${root}/${name}`, running)).toHaveProperty("ignored");
    const inlinedResponses = { inlinedResponses: [answer(10), { error: { code: 3 } }, answer(15)] };
    const ended = json({
      name,
      metadata: metadata("BATCH_STATE_SUCCEEDED", { output: { inlinedResponses } }),
      done: true,
      response: { inlinedResponses },
    });
    const meaning = callOf(`GET ${root}/${name}`, ended);
    expect(meaning).toMatchObject({
      effect: "completes",
      responseId: name,
      responseModel: "gemini-2.5-flash",
      serviceTier: "batch",
    });
    expect(meaning.usage).toEqual({ inputTokens: 25, outputTokens: 46, reasoningOutputTokens: 6 });
  });

  it("one whose answers are in a file completes nothing: what it took is not said", () => {
    const output = { responsesFile: "files/batch-1" };
    const ended = json({ name, metadata: metadata("BATCH_STATE_SUCCEEDED", { output }), done: true });
    expect(meaningOf(`GET ${root}/${name}`, ended)).toHaveProperty("ignored");
  });
});

describe("responses in the background", () => {
  const read = "GET https://api.openai.com/v1/responses/resp_68af4030592c81938ec0a5fb";
  const response = {
    id: "resp_68af4030592c81938ec0a5fb",
    model: "gpt-5-2025-08-07",
    background: true,
    output: [{ type: "message", content: [{ text: "secret" }] }],
  };
  const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };

  it("are completed by a read, and by a stream that is taken up again", () => {
    const plain = callOf(read, json({ ...response, status: "completed", usage }));
    const resumed = callOf(
      `${read}?stream=true&starting_after=42`,
      events(
        { type: "response.output_text.delta", delta: "secret" },
        { type: "response.completed", response: { ...response, status: "completed", usage } },
      ),
    );
    expect(resumed).toEqual(plain);
    expect(plain).toMatchObject({ effect: "completes", responseId: response.id, usage: { inputTokens: 10 } });
  });

  it.each(["queued", "in_progress"])("one that is %s is not completed", (status) => {
    expect(meaningOf(read, json({ ...response, status, usage: null }))).toHaveProperty("ignored");
  });

  it("a compaction is a call, counting its tokens is none", () => {
    const compacted = {
      id: "resp_1",
      object: "response.compaction",
      output: [{ type: "compaction" }],
      usage,
    };
    expect(callOf("POST https://api.openai.com/v1/responses/compact", json(compacted))).toMatchObject({
      effect: "creates",
      usage: { inputTokens: 10, outputTokens: 5 },
    });
    expect(() => reportOf("POST https://api.openai.com/v1/responses/input_tokens")).toThrow("not looked at");
  });
});

describe("work that is asked after", () => {
  it("OpenAI's videos are billed by the second when they are done", () => {
    const video = {
      id: "video_68af4030592c81938ec0",
      model: "sora-2",
      prompt: "secret",
      size: "1280x720",
      seconds: "8",
    };
    const made = callOf("POST https://api.openai.com/v1/videos", json({ ...video, status: "queued" }));
    expect(made).toMatchObject({ effect: "creates", operation: "video", unfinished: true, usage: {} });
    const read = `GET https://api.openai.com/v1/videos/${video.id}`;
    expect(meaningOf(read, json({ ...video, status: "in_progress", progress: 40 }))).toHaveProperty(
      "ignored",
    );
    expect(callOf(read, json({ ...video, status: "completed", error: null }))).toMatchObject({
      effect: "completes",
      responseId: video.id,
      responseModel: "sora-2",
      usage: { seconds: 8 },
    });
    expect(
      callOf(`POST https://api.openai.com/v1/videos/${video.id}/remix`, json({ ...video, status: "queued" }))
        .effect,
    ).toBe("creates");
  });

  it("Perplexity's chats that are answered later go by the id of the work, not of the answer", () => {
    const root = "https://api.perplexity.ai/async/chat/completions";
    const job = { id: "3f1c9a52-0b6e-4a5b-9f57-2a1f8f0c7d11", model: "sonar-deep-research" };
    const made = callOf(`POST ${root}`, json({ ...job, status: "CREATED", response: null }));
    expect(made).toMatchObject({ responseId: job.id, unfinished: true });
    expect(meaningOf(`GET ${root}/${job.id}`, json({ ...job, status: "IN_PROGRESS" }))).toHaveProperty(
      "ignored",
    );
    const response = {
      id: "another",
      model: "sonar-deep-research",
      choices: [{ message: { content: "secret" } }],
      usage: { prompt_tokens: 5, completion_tokens: 9, citation_tokens: 20, cost: { total_cost: 0.4 } },
    };
    expect(callOf(`GET ${root}/${job.id}`, json({ ...job, status: "COMPLETED", response }))).toMatchObject({
      effect: "completes",
      responseId: job.id,
      declaredCostNanoUsd: 400_000_000,
      usage: { inputTokens: 25, outputTokens: 9 },
    });
  });

  it("Exa's agents and researches, polled or streamed", () => {
    const run = { id: "agent_run_0123456789", object: "agent_run" };
    const made = callOf("POST https://api.exa.ai/agent/runs", json({ ...run, status: "queued" }));
    expect(made).toMatchObject({ responseId: run.id, unfinished: true });
    const read = `GET https://api.exa.ai/agent/runs/${run.id}`;
    expect(meaningOf(read, json({ ...run, status: "running" }))).toHaveProperty("ignored");
    const ended = { ...run, status: "completed", output: { text: "secret" }, costDollars: { total: 0.31 } };
    expect(callOf(read, json(ended))).toMatchObject({
      effect: "completes",
      responseId: run.id,
      declaredCostNanoUsd: 310_000_000,
    });
    const research = callOf(
      "GET https://api.exa.ai/research/v1/r_0123456789abcdef?stream=true",
      events(
        { eventType: "research-definition", researchId: "r_0123456789abcdef", instructions: "secret" },
        {
          eventType: "research-output",
          researchId: "r_0123456789abcdef",
          output: { outputType: "completed", content: "secret", costDollars: { total: 0.12 } },
        },
      ),
    );
    expect(research).toMatchObject({ responseId: "r_0123456789abcdef", declaredCostNanoUsd: 120_000_000 });
  });

  it("Gemini's interactions in the background", () => {
    const root = "https://generativelanguage.googleapis.com/v1beta/interactions";
    const interaction = { id: "v1_0123456789abcdef", agent: "deep-research-pro-preview-12-2025" };
    const made = callOf(`POST ${root}`, json({ ...interaction, status: "in_progress" }));
    expect(made).toMatchObject({ responseId: interaction.id, unfinished: true });
    const usage = {
      total_input_tokens: 50,
      total_output_tokens: 20,
      total_thought_tokens: 7,
      total_tool_use_tokens: 5,
    };
    expect(
      callOf(`GET ${root}/${interaction.id}`, json({ ...interaction, status: "completed", usage })),
    ).toMatchObject({
      effect: "completes",
      responseModel: interaction.agent,
      usage: { inputTokens: 55, outputTokens: 27, reasoningOutputTokens: 7 },
    });
  });
});

describe("work that comes to nothing", () => {
  it.each([
    [
      "GET https://api.openai.com/v1/responses/resp_0123456789abcdef",
      { id: "resp_0123456789abcdef", status: "failed", error: { code: "server_error", message: "secret" } },
      "failed",
    ],
    [
      "GET https://api.openai.com/v1/responses/resp_0123456789abcdef",
      { id: "r", status: "cancelled" },
      "cancelled",
    ],
    [
      "GET https://api.openai.com/v1/batches/batch_0123456789",
      { id: "batch_0123456789", status: "failed" },
      "failed",
    ],
    [
      "GET https://api.openai.com/v1/videos/video_0123456789",
      { id: "v", status: "failed", seconds: "8" },
      "failed",
    ],
    [
      "GET https://generativelanguage.googleapis.com/v1beta/batches/b0123456789",
      { name: "batches/b0123456789", metadata: { state: "BATCH_STATE_CANCELLED" } },
      "cancelled",
    ],
    ["GET https://api.firecrawl.dev/v2/crawl/job-1", { status: "cancelled", data: [] }, "cancelled"],
    ["GET https://api.exa.ai/research/v1/r_1", { researchId: "r_1", status: "failed" }, "failed"],
    ["GET https://api.perplexity.ai/async/chat/completions/1", { id: "1", status: "FAILED" }, "failed"],
  ])("%s %j", (read, document, ended) => {
    expect(callOf(read, json(document))).toMatchObject({ effect: "completes", ended, usage: {} });
  });

  it("is not told from a read that failed itself", () => {
    const read = "GET https://api.openai.com/v1/batches/batch_0123456789";
    for (const httpStatus of [404, 429, 500]) {
      const refused = { ...json({ error: { code: "rate_limit_exceeded" } }), httpStatus };
      expect(meaningOf(read, refused)).toHaveProperty("ignored");
    }
  });
});

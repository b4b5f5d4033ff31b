import { describe, expect, it, test } from "vitest";
import type { Call } from "../../shared/call.ts";
import { eventually } from "../daemon/realDaemon.ts";
import { makeApp } from "../daemon/testApp.ts";
import {
  makeChatSpan,
  makeSpan,
  makeTraceId,
  type SendSpansOptions,
  sendSpans,
  type TestSpan,
} from "./spans.ts";

type App = Awaited<ReturnType<typeof makeApp>>;

async function storedCalls({ json }: App): Promise<Call[]> {
  return (await json("GET", "/v1/calls?from=all&order=asc")).calls;
}

/** Sends spans in one request to a daemon of their own; the calls that it has then. */
async function callsOf(spans: readonly TestSpan[], options?: SendSpansOptions): Promise<Call[]> {
  const app = await makeApp();
  expect(await sendSpans(app, spans, options)).toBe(null);
  return await storedCalls(app);
}

describe("a span that asked a model is a call", () => {
  const ways: SendSpansOptions[] = [
    { encoding: "protobuf" },
    { encoding: "protobuf", gzip: true },
    { encoding: "json" },
    { encoding: "json", gzip: true },
  ];
  it.each(ways)("sent as %o", async (way) => {
    const span = makeChatSpan({
      startMs: Date.parse("2026-11-20T10:00:00.250Z"),
      durationMs: 812.5,
      attributes: {
        "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
        "gen_ai.response.id": "chatcmpl-0123456789abcdef",
        "gen_ai.usage.cache_read.input_tokens": 400,
        "gen_ai.usage.reasoning.output_tokens": 30,
        "gen_ai.conversation.id": "c-1",
        "gen_ai.input.messages": "the prompt",
      },
      resource: {
        "service.name": "shop",
        "telemetry.sdk.language": "python",
        "vcs.ref.head.name": "main",
        "process.working_directory": "/home/dev/shop",
      },
    });
    const [call, ...more] = await callsOf([span], way);
    expect(more).toEqual([]);
    expect(call).toMatchObject({
      startedAt: "2026-11-20T10:00:00.250Z",
      durationMs: 812.5,
      status: "ok",
      provider: "openai",
      operation: "chat",
      requestModel: "gpt-4o-mini",
      responseModel: "gpt-4o-mini-2024-07-18",
      responseId: "chatcmpl-0123456789abcdef",
      usage: {
        inputTokens: 1_000,
        outputTokens: 100,
        cacheReadInputTokens: 400,
        reasoningOutputTokens: 30,
      },
      costUsd: "1",
      conversationId: "c-1",
      source: "shop",
      sourceKind: "custom",
      workspace: "/home/dev/shop",
      gitBranch: "main",
    });
    expect(JSON.stringify(call)).not.toContain("the prompt");
  });

  test("once, however often it is sent", async () => {
    const app = await makeApp();
    const spans = [makeChatSpan(), makeChatSpan()];
    await sendSpans(app, spans);
    const before = await storedCalls(app);
    await sendSpans(app, [...spans].reverse(), { encoding: "json" });
    expect(await storedCalls(app)).toEqual(before);
    expect(before).toHaveLength(2);
    for (const { callId } of before)
      expect(callId).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});

/** Attributes of older and of others' conventions, and the usage that they tell. */
const dialects: Record<string, { attributes: TestSpan["attributes"]; scope?: string; call: Partial<Call> }> =
  {
    "OpenTelemetry before 1.37": {
      attributes: {
        "gen_ai.system": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.usage.prompt_tokens": 11,
        "gen_ai.usage.completion_tokens": 7,
      },
      call: { provider: "openai", operation: "chat", usage: { inputTokens: 11, outputTokens: 7 } },
    },
    "OpenTelemetry's Gemini, with a cache": {
      attributes: {
        "gen_ai.operation.name": "generate_content",
        "gen_ai.system": "gcp.gemini",
        "gen_ai.request.model": "gemini-2.5-flash",
        "gen_ai.usage.input_tokens": 50,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.cache_read.input_tokens": 20,
        "gen_ai.usage.cache_creation.input_tokens": 4,
      },
      call: {
        provider: "google",
        usage: { inputTokens: 50, outputTokens: 5, cacheReadInputTokens: 20, cacheCreationInputTokens: 4 },
      },
    },
    "a cache that is larger than the input stands beside it": {
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": "anthropic",
        "gen_ai.request.model": "claude-haiku-4-5",
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.cache_read_input_tokens": 2_000,
      },
      call: {
        provider: "anthropic",
        usage: { inputTokens: 2_003, outputTokens: 5, cacheReadInputTokens: 2_000 },
      },
    },
    "Traceloop's Anthropic hands on Anthropic's input": {
      scope: "@traceloop/instrumentation-anthropic",
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude-haiku-4-5",
        "gen_ai.usage.input_tokens": 300,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.cache_read.input_tokens": 200,
      },
      call: { usage: { inputTokens: 500, outputTokens: 5, cacheReadInputTokens: 200 } },
    },
    "Traceloop of old": {
      attributes: {
        "llm.request.type": "chat",
        "llm.vendor": "OpenAI",
        "llm.request.model": "gpt-4o-mini",
        "llm.response.model": "gpt-4o-mini-2024-07-18",
        "llm.usage.prompt_tokens": 12,
        "llm.usage.completion_tokens": 8,
        "llm.usage.total_tokens": 20,
      },
      call: {
        provider: "openai",
        responseModel: "gpt-4o-mini-2024-07-18",
        usage: { inputTokens: 12, outputTokens: 8 },
      },
    },
    OpenInference: {
      attributes: {
        "openinference.span.kind": "LLM",
        "llm.system": "openai",
        "llm.model_name": "gpt-4o-mini",
        "llm.token_count.prompt": 40,
        "llm.token_count.completion": 9,
        "llm.token_count.prompt_details.cache_read": 16,
        "llm.token_count.completion_details.reasoning": 3,
      },
      call: {
        provider: "openai",
        requestModel: "gpt-4o-mini",
        usage: { inputTokens: 40, outputTokens: 9, cacheReadInputTokens: 16, reasoningOutputTokens: 3 },
      },
    },
    "Langfuse, whose parts stand beside each other": {
      attributes: {
        "langfuse.observation.type": "generation",
        "langfuse.observation.model.name": "gpt-4o-mini",
        "langfuse.observation.usage_details": JSON.stringify({
          input: 24,
          input_cached_tokens: 16,
          output: 6,
          output_reasoning_tokens: 3,
          total: 49,
        }),
      },
      call: {
        provider: "openai",
        usage: { inputTokens: 40, outputTokens: 9, cacheReadInputTokens: 16, reasoningOutputTokens: 3 },
      },
    },
    "the AI SDK's embedding": {
      attributes: {
        "ai.operationId": "ai.embed.doEmbed",
        "ai.model.provider": "openai.embedding",
        "ai.model.id": "text-embedding-3-small",
        "ai.usage.tokens": 4,
      },
      call: { provider: "openai", operation: "embeddings", usage: { inputTokens: 4 } },
    },
    "the AI SDK's stream, with an id of its own making": {
      attributes: {
        "ai.operationId": "ai.streamText.doStream",
        "ai.model.provider": "google.generative-ai",
        "ai.model.id": "gemini-2.5-flash",
        "ai.response.id": "aitxt-0123456789abcdefghijklmn",
        "ai.response.msToFirstChunk": 49.5,
        "ai.usage.inputTokens": 5,
        "ai.usage.outputTokens": 21,
        "ai.usage.cachedInputTokens": 2,
      },
      call: {
        provider: "google",
        stream: true,
        responseId: null,
        timeToFirstTokenMs: 49.5,
        usage: { inputTokens: 5, outputTokens: 21, cacheReadInputTokens: 2 },
      },
    },
    "the host that was asked says who served it": {
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": "openai",
        "server.address": "api.groq.com",
        "server.port": 443,
        "gen_ai.request.model": "llama-3.3-70b-versatile",
        "gen_ai.usage.input_tokens": 5,
        "gen_ai.usage.output_tokens": 1,
      },
      call: { provider: "groq" },
    },
  };

describe("conventions, old and new", () => {
  it.each(Object.entries(dialects))("%s", async (_name, { attributes, scope = "test", call }) => {
    const calls = await callsOf([makeSpan({ attributes, scope })]);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject(call);
    if (call.usage !== undefined) expect(calls[0]?.usage).toEqual(call.usage);
  });

  test("a call that failed", async () => {
    const failed = makeChatSpan({
      failed: true,
      attributes: { "error.type": "RateLimitError", "http.response.status_code": 429 },
    });
    const aborted = makeChatSpan({ failed: true, attributes: { "error.type": "APIUserAbortError" } });
    expect(await callsOf([failed, aborted])).toMatchObject([
      { status: "error", errorType: "RateLimitError", httpStatus: 429 },
      { status: "aborted", errorType: "APIUserAbortError" },
    ]);
  });
});

describe("what is around a call costs nothing", () => {
  const usage = { "gen_ai.usage.input_tokens": 5_000, "gen_ai.usage.output_tokens": 900 };
  const model = { "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini", ...usage };
  const others: Record<string, TestSpan["attributes"]> = {
    "an agent": { "gen_ai.operation.name": "invoke_agent", ...model },
    "a step": { "gen_ai.operation.name": "agent_step", ...model },
    "a tool": { "gen_ai.operation.name": "execute_tool", ...model },
    "a workflow": {
      "gen_ai.operation.name": "invoke_workflow",
      "gen_ai.response.id": "chatcmpl-0123456789abcdef",
      ...model,
    },
    "the AI SDK's call": { "ai.operationId": "ai.generateText", ...model },
    "the AI SDK's tool": { "ai.operationId": "ai.toolCall", "ai.toolCall.name": "search" },
    "Langfuse's agent": { "langfuse.observation.type": "agent", ...model },
    "OpenInference's chain": { "openinference.span.kind": "CHAIN", "llm.token_count.total": 4, ...model },
    "Traceloop's task": { "traceloop.span.kind": "task", ...model },
    "a query of a database": { "db.system.name": "postgresql", "db.query.text": "select 1" },
  };
  it.each(Object.entries(others))("%s", async (_name, attributes) => {
    expect(await callsOf([makeSpan({ attributes })])).toEqual([]);
  });

  test("a span that asks a model around another that does: one call, the inner one's", async () => {
    const outer = makeChatSpan({ scope: "langchain", durationMs: 900 });
    const between = makeSpan({ traceId: outer.traceId, parentSpanId: outer.spanId });
    const inner = makeChatSpan({
      traceId: outer.traceId,
      parentSpanId: between.spanId,
      attributes: { "gen_ai.response.id": "chatcmpl-0123456789abcdef" },
    });
    expect(await callsOf([outer, between, inner])).toMatchObject([
      { responseId: "chatcmpl-0123456789abcdef" },
    ]);
    const app = await makeApp();
    for (const span of [inner, between, outer]) await sendSpans(app, [span]);
    expect(await storedCalls(app)).toHaveLength(1);
  });

  test("two libraries that tell of one call beside each other: one call", async () => {
    const id = { "gen_ai.response.id": "chatcmpl-0123456789abcdef" };
    const [openai, langchain] = [
      makeChatSpan({ scope: "openai", attributes: id, startMs: Date.now() - 5_000, durationMs: 700 }),
      makeChatSpan({ scope: "langchain", startMs: Date.now() - 5_010, durationMs: 730 }),
    ];
    expect(await callsOf([langchain, openai])).toHaveLength(1);
    const app = await makeApp();
    await sendSpans(app, [langchain]);
    await sendSpans(app, [openai]);
    expect(await storedCalls(app)).toMatchObject([{ responseId: "chatcmpl-0123456789abcdef" }]);
  });

  test("two calls at once of one library, alike in all, are two", async () => {
    expect(await callsOf([makeChatSpan(), makeChatSpan(), makeChatSpan()])).toHaveLength(3);
  });
});

describe("to whom a call belongs", () => {
  const server = (fields: Partial<TestSpan>) => makeSpan({ name: "GET", kind: "server", ...fields });

  it.each([
    [
      "the route's pattern",
      { "http.route": "/api/chat/:id", "url.path": "/api/chat/7" },
      "/api/chat/:id",
      "route",
    ],
    [
      "the path, its ids folded",
      { "url.path": "/orders/4711/lines/0190a7c2-6a4e-7cc0-9f00-0123456789ab" },
      "/orders/:id/lines/:id",
      "route",
    ],
    ["the path of old, without its query", { "http.target": "/search?q=secret" }, "/search", "route"],
    [
      "the path as an app of Node's would have it",
      { "url.path": "/talk/Chat-8fK2abcDEFghij/__data.json" },
      "/talk/:id",
      "route",
    ],
    [
      "a procedure",
      { "rpc.system": "grpc", "rpc.service": "shop.Chat", "rpc.method": "Reply" },
      "/shop.Chat/Reply",
      "route",
    ],
  ])("the request that was served: %s", async (_name, attributes, source, sourceKind) => {
    const parent = server({ attributes });
    const call = makeChatSpan({ traceId: parent.traceId, parentSpanId: parent.spanId });
    expect(await callsOf([call, parent])).toMatchObject([{ source, sourceKind }]);
  });

  test("a message that was worked off is a job", async () => {
    const job = makeSpan({ kind: "consumer", attributes: { "messaging.destination.name": "ENRICH_LEAD" } });
    const call = makeChatSpan({ traceId: job.traceId, parentSpanId: job.spanId });
    expect(await callsOf([job, call])).toMatchObject([
      { source: "background_job:ENRICH_LEAD", sourceKind: "job" },
    ]);
  });

  test("without any of these it is the service's, where that has a name", async () => {
    const named = makeChatSpan();
    const nameless = makeChatSpan({ resource: { "service.name": "unknown_service:python" } });
    expect(await callsOf([named, nameless])).toMatchObject([
      { source: "shop", sourceKind: "custom" },
      { source: null, sourceKind: null },
    ]);
  });

  test("agents, conversations, users and labels, the innermost first", async () => {
    const outer = makeSpan({
      attributes: {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "support",
        "gen_ai.conversation.id": "c-1",
        "user.id": "u-1",
        "traceloop.association.properties.tenant": "acme",
        "traceloop.association.properties.lead": "1",
      },
    });
    const call = makeChatSpan({
      traceId: outer.traceId,
      parentSpanId: outer.spanId,
      attributes: {
        "ai.telemetry.metadata.lead": 42,
        "ai.telemetry.metadata.messageId": "m-1",
        "langfuse.trace.metadata.blob": '{"a":"long object"}',
      },
    });
    expect(await callsOf([outer, call])).toMatchObject([
      {
        feature: "support",
        conversationId: "c-1",
        messageId: "m-1",
        attributes: { user: "u-1", tenant: "acme", lead: "42" },
      },
    ]);
  });

  test("what comes after the call, in a request of its own, still counts", async () => {
    const app = await makeApp();
    const parent = server({ attributes: { "http.route": "/api/chat" } });
    const agent = makeSpan({
      traceId: parent.traceId,
      parentSpanId: parent.spanId,
      attributes: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "support" },
    });
    await sendSpans(app, [makeChatSpan({ traceId: parent.traceId, parentSpanId: agent.spanId })]);
    expect(await storedCalls(app)).toMatchObject([{ source: null, feature: null }]);
    await sendSpans(app, [agent]);
    expect(await storedCalls(app)).toMatchObject([{ source: null, feature: "support" }]);
    await sendSpans(app, [parent]);
    expect(await storedCalls(app)).toMatchObject([{ source: "/api/chat", feature: "support", costUsd: "1" }]);
  });

  test("what never comes is not waited for", async () => {
    const app = await makeApp({ settleAfterMs: 20 });
    await sendSpans(app, [makeChatSpan({ parentSpanId: "00000000000000ff" })]);
    await eventually(async () => (await storedCalls(app))[0]?.source === "shop" || null);
  });

  test("a Node process is given the time to say more by the shim", async () => {
    const app = await makeApp({ settleAfterMs: 200 });
    const resource = { "service.name": "shop", "telemetry.sdk.language": "nodejs" };
    await sendSpans(app, [makeChatSpan({ resource })]);
    expect(await storedCalls(app)).toMatchObject([{ source: null }]);
    await eventually(async () => (await storedCalls(app))[0]?.source === "shop" || null);
  });

  test("a parent in another process is not waited for", async () => {
    const call = makeChatSpan({ parentSpanId: "00000000000000ff", flags: 0x300 });
    expect(await callsOf([call])).toMatchObject([{ source: "shop" }]);
  });

  test("other traces have no part in it", async () => {
    const parent = server({ attributes: { "http.route": "/api/chat" } });
    const call = makeChatSpan({ traceId: makeTraceId(), parentSpanId: parent.spanId, flags: 0x300 });
    expect(await callsOf([parent, call])).toMatchObject([{ source: "shop" }]);
  });
});

import { describe, expect, it } from "vitest";
import { interpret } from "../../daemon/usage/interpret.ts";
import { surchargesIn } from "../../daemon/usage/surcharges.ts";
import type { JsonObject } from "../../shared/call.ts";
import { endpointRule, providerOfHost } from "../../shared/providers.ts";
import { createSocketReader, type SocketNews } from "../../shim/extract/socketMessages.ts";
import { makeCallId } from "../builders.ts";

interface Connection {
  sent(message: object): void;
  received(message: object | string | Uint8Array): SocketNews | null;
  /** What the daemon makes of a turn that has ended. */
  callOf(news: SocketNews | null): ReturnType<typeof interpret>;
}

function connect(url: string): Connection {
  const { host, pathname: path } = new URL(url);
  const provider = providerOfHost(host)?.name ?? "openai";
  const rule = endpointRule(provider, "WEBSOCKET", path);
  const reader = rule && createSocketReader(rule.format, url);
  if (reader === undefined) throw new Error(`nobody reads ${url}`);
  return {
    sent: (message) => reader.sent(JSON.stringify(message)),
    received: (message) =>
      reader.received(
        typeof message === "string" || message instanceof Uint8Array ? message : JSON.stringify(message),
      ),
    callOf(news) {
      if (news?.turn !== "ended") throw new Error("no turn has ended");
      const { requestModel, status, errorType, rawUsage } = news;
      return interpret({
        callId: makeCallId(),
        startedAt: "2026-11-20T10:00:00.000Z",
        endpoint: { host, path, method: "WEBSOCKET" },
        provider,
        requestModel,
        status,
        errorType,
        ...(rawUsage === undefined ? {} : { rawUsage }),
      });
    },
  };
}

const realtimeUsage = {
  total_tokens: 253,
  input_tokens: 132,
  output_tokens: 121,
  input_token_details: {
    text_tokens: 119,
    audio_tokens: 13,
    image_tokens: 0,
    cached_tokens: 64,
    cached_tokens_details: { text_tokens: 60, audio_tokens: 4, image_tokens: 0 },
  },
  output_token_details: { text_tokens: 30, audio_tokens: 91 },
};

function responseDone(over: JsonObject = {}) {
  return {
    type: "response.done",
    event_id: "event_31",
    response: {
      object: "realtime.response",
      id: "resp_CCXHxcMy86rrKhBLDdqCh",
      status: "completed",
      status_details: null,
      output: [{ id: "item_secret", type: "message", content: [{ type: "audio", transcript: "secret" }] }],
      usage: realtimeUsage,
      ...over,
    },
  };
}

describe("OpenAI's realtime", () => {
  const url = "wss://api.openai.com/v1/realtime?model=gpt-realtime";
  const sessionCreated = {
    type: "session.created",
    session: {
      id: "sess_1",
      model: "gpt-realtime-2025-08-28",
      instructions: "secret",
      audio: { input: { transcription: { model: "gpt-4o-mini-transcribe" } } },
    },
  };

  it("each response is a call, with the model of the session; setting it up is none", () => {
    const connection = connect(url);
    expect(connection.received(sessionCreated)).toBeNull();
    const created = { type: "response.created", response: { id: "resp_CCXHxcMy86rrKhBLDdqCh", output: [] } };
    expect(connection.received(created)).toEqual({ turn: "began", id: "resp_CCXHxcMy86rrKhBLDdqCh" });
    expect(connection.received({ type: "response.output_audio.delta", delta: "c2VjcmV0" })).toBeNull();
    const news = connection.received(responseDone());
    expect(news).toMatchObject({
      turn: "ended",
      id: "resp_CCXHxcMy86rrKhBLDdqCh",
      status: "ok",
      errorType: null,
    });
    expect(JSON.stringify(news)).not.toContain("secret");
    expect(connection.callOf(news)).toMatchObject({
      effect: "creates",
      provider: "openai",
      operation: "realtime",
      requestModel: "gpt-realtime",
      responseModel: "gpt-realtime-2025-08-28",
      responseId: "resp_CCXHxcMy86rrKhBLDdqCh",
      usage: {
        inputTokens: 132,
        outputTokens: 121,
        cacheReadInputTokens: 64,
        inputAudioTokens: 13,
        outputAudioTokens: 91,
        inputImageTokens: 0,
      },
    });
  });

  it("knows which part of the cached input is sound, under a singular name", () => {
    expect(surchargesIn({ usage: realtimeUsage })).toMatchObject({
      finer: { cachedAudioTokens: 4 },
      unpriceable: [],
    });
  });

  it("what was heard is written down by another model, and billed as that one", () => {
    const connection = connect(url);
    connection.received(sessionCreated);
    const heard = (usage: JsonObject) => ({
      type: "conversation.item.input_audio_transcription.completed",
      event_id: "event_2",
      item_id: "item_CCXGRvtUVrax5SJAnNOWZ",
      transcript: "secret",
      usage,
    });
    const tokens = {
      type: "tokens",
      total_tokens: 22,
      input_tokens: 13,
      input_token_details: { text_tokens: 0, audio_tokens: 13 },
      output_tokens: 9,
    };
    const news = connection.received(heard(tokens));
    expect(JSON.stringify(news)).not.toContain("secret");
    expect(connection.callOf(news)).toMatchObject({
      requestModel: null,
      responseModel: "gpt-4o-mini-transcribe",
      responseId: "item_CCXGRvtUVrax5SJAnNOWZ",
      usage: { inputTokens: 13, outputTokens: 9, inputAudioTokens: 13 },
    });
    const beta = { type: "session.updated", session: { input_audio_transcription: { model: "whisper-1" } } };
    connection.received(beta);
    expect(connection.callOf(connection.received(heard({ type: "duration", seconds: 3.5 })))).toMatchObject({
      responseModel: "whisper-1",
      usage: { seconds: 3.5 },
    });
  });

  it("a response that was interrupted is aborted with what it took, one that failed says its code and no message", () => {
    const connection = connect(url);
    const interrupted = responseDone({ status: "cancelled", status_details: { reason: "turn_detected" } });
    expect(connection.received(interrupted)).toMatchObject({
      status: "aborted",
      rawUsage: { usage: { input_tokens: 132 } },
    });
    const error = { type: "rate_limit_error", code: "rate_limit_exceeded", message: "secret" };
    const failed = connection.received(
      responseDone({ status: "failed", status_details: { type: "failed", error }, usage: null }),
    );
    expect(failed).toMatchObject({ status: "error", errorType: "rate_limit_exceeded" });
    expect(JSON.stringify(failed)).not.toContain("secret");
    expect(connection.callOf(failed)).toMatchObject({ usage: {} });
  });

  it.each([
    [
      "azure.ai.openai",
      "wss://acme.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&deployment=voice",
    ],
    ["azure.ai.openai", "wss://acme.openai.azure.com/openai/v1/realtime?model=voice"],
    ["x_ai", "wss://api.x.ai/v1/realtime?model=voice"],
  ])("%s: %s", (provider, address) => {
    const connection = connect(address);
    expect(connection.callOf(connection.received(responseDone()))).toMatchObject({
      provider,
      requestModel: "voice",
      usage: { inputTokens: 132 },
    });
  });

  it.each([
    [{ type: "response.output_text.delta", delta: "response.done" }],
    [{ type: "response.output_text.delta", delta: '{"type":"response.done","response":{"usage":{}}}' }],
    ["not json"],
    [""],
    ['{"type":"response.output_audio.delta","delta":"'],
    [Buffer.from([0xff, 0x00, 0x13])],
  ])("%j says nothing of a turn", (message) => {
    expect(connect(url).received(message)).toBeNull();
  });

  it.each([
    ['{"type":"response.done"}'],
    ['{"type":"response.done","response":{"usage":'],
    ['{"type": "response.done", "response": {"usage": {"input_tokens": "12", "output_tokens": -4}}}'],
    ['{"type":"response.done","response":[{"usage":{"input_tokens":1}}]}'],
  ])("%s is a turn without usage", (message) => {
    const connection = connect(url);
    expect(connection.callOf(connection.received(message))).toMatchObject({ usage: {} });
  });
});

describe("OpenAI's responses over a socket", () => {
  it("are its stream's events, one a message", () => {
    const connection = connect("wss://api.openai.com/v1/responses");
    connection.sent({ type: "response.create", model: "gpt-5", input: "secret" });
    expect(connection.received({ type: "response.created", response: { id: "resp_1" } })).toEqual({
      turn: "began",
      id: "resp_1",
    });
    const news = connection.received({
      type: "response.completed",
      response: {
        id: "resp_1",
        model: "gpt-5-2025-08-07",
        service_tier: "priority",
        status: "completed",
        output: [{ type: "web_search_call" }, { type: "message", content: [{ text: "secret" }] }],
        usage: { input_tokens: 9, output_tokens: 4, input_tokens_details: { cached_tokens: 2 } },
      },
    });
    expect(JSON.stringify(news)).not.toContain("secret");
    expect(connection.callOf(news)).toMatchObject({
      operation: "chat",
      requestModel: "gpt-5",
      responseModel: "gpt-5-2025-08-07",
      serviceTier: "priority",
      usage: { inputTokens: 9, outputTokens: 4, cacheReadInputTokens: 2, webSearches: 1 },
    });
  });
});

describe("Gemini Live", () => {
  const url =
    "wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=secret";
  const usageMetadata = {
    promptTokenCount: 522,
    responseTokenCount: 42,
    totalTokenCount: 564,
    promptTokensDetails: [
      { modality: "TEXT", tokenCount: 332 },
      { modality: "AUDIO", tokenCount: 165 },
    ],
    responseTokensDetails: [{ modality: "AUDIO", tokenCount: 42 }],
    thoughtsTokenCount: 136,
  };

  it("each turn's usage is a call of its own: it is no total of the session", () => {
    const connection = connect(url);
    connection.sent({
      setup: { model: "models/gemini-2.5-flash-native-audio", systemInstruction: "secret" },
    });
    expect(connection.received({ setupComplete: {} })).toBeNull();
    const spoken = { serverContent: { modelTurn: { parts: [{ inlineData: { data: "c2VjcmV0" } }] } } };
    expect(connection.received(spoken)).toEqual({ turn: "began", id: null });
    expect(connection.received(spoken)).toBeNull();
    const news = connection.received({ serverContent: { turnComplete: true }, usageMetadata });
    expect(connection.callOf(news)).toMatchObject({
      provider: "google",
      operation: "realtime",
      requestModel: "gemini-2.5-flash-native-audio",
      usage: {
        inputTokens: 522,
        outputTokens: 178,
        reasoningOutputTokens: 136,
        inputAudioTokens: 165,
        outputAudioTokens: 42,
      },
    });
    expect(surchargesIn({ usageMetadata: { ...usageMetadata, thoughtsTokenCount: 0 } }).unpriceable).toEqual(
      [],
    );
    // The next turn, in bytes, as its server sends them.
    expect(connection.received(Buffer.from(JSON.stringify(spoken)))).toMatchObject({ turn: "began" });
    const second = Buffer.from(
      JSON.stringify({ usageMetadata: { promptTokenCount: 700, responseTokenCount: 9 } }),
    );
    expect(connection.callOf(connection.received(second))).toMatchObject({
      usage: { inputTokens: 700, outputTokens: 9 },
    });
  });

  it("searches are counted once a turn, however often they are told of", () => {
    const connection = connect(url);
    const grounded = { serverContent: { groundingMetadata: { webSearchQueries: ["secret", "secret"] } } };
    connection.received(grounded);
    connection.received(grounded);
    const news = connection.received({ usageMetadata });
    expect(JSON.stringify(news)).not.toContain("secret");
    expect(connection.callOf(news)).toMatchObject({ usage: { webSearches: 2 } });
    const next = connection.callOf(connection.received({ usageMetadata }));
    expect("usage" in next && next.usage).not.toHaveProperty("webSearches");
  });

  it("Vertex names the model by its project, and the answer its candidates", () => {
    const connection = connect(
      "wss://us-central1-aiplatform.googleapis.com/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent",
    );
    connection.sent({
      setup: { model: "projects/p/locations/us-central1/publishers/google/models/gemini-live-2.5-flash" },
    });
    const { responseTokenCount, responseTokensDetails, ...others } = usageMetadata;
    const inItsWords = {
      ...others,
      candidatesTokenCount: responseTokenCount,
      candidatesTokensDetails: responseTokensDetails,
    };
    expect(connection.callOf(connection.received({ usageMetadata: inItsWords }))).toMatchObject({
      provider: "gcp.vertex_ai",
      requestModel: "gemini-live-2.5-flash",
      usage: { outputTokens: 178, outputAudioTokens: 42 },
    });
  });

  it("a message that is too long, or half a one, says nothing", () => {
    const connection = connect(url);
    connection.sent({ setup: { model: "m".repeat(2_000_000) } });
    expect(
      connection.received(`{"usageMetadata":{"promptTokenCount":1},"x":"${"x".repeat(9_000_000)}"}`),
    ).toBeNull();
    expect(connection.received('{"usageMetadata":{"promptTokenCount":')).toBeNull();
    const news = connection.received({ usageMetadata: { promptTokenCount: "5", responseTokenCount: -1 } });
    expect(connection.callOf(news)).toMatchObject({ requestModel: null, usage: {} });
  });
});

it("the handshake of a connection is no call", () => {
  expect(endpointRule("openai", "GET", "/v1/realtime")).toBeUndefined();
  expect(endpointRule("openai", "GET", "/v1/responses")).toBeUndefined();
  for (const path of ["/v1/realtime/sessions", "/v1/realtime/client_secrets", "/v1/realtime/calls"]) {
    expect(endpointRule("openai", "POST", path)).toBeUndefined();
  }
});

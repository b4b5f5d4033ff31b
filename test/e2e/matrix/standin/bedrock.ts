import { createRequire } from "node:module";
import { join } from "node:path";
import type { JsonObject } from "../../../../shared/call.ts";
import { type Answer, type AskedOf, type Billed, document, type Speaker, tokensOf } from "./exchange.ts";

/** What is used of `@smithy/eventstream-codec`, the code that the SDK itself decodes with. */
interface EventStreamModule {
  EventStreamCodec: new (
    toUtf8: (bytes: Uint8Array) => string,
    fromUtf8: (text: string) => Uint8Array,
  ) => {
    encode(message: {
      headers: Record<string, { type: "string"; value: string }>;
      body: Uint8Array;
    }): Uint8Array;
  };
}

const PATH = /^\/model\/([^/]+)\/(converse|converse-stream|invoke|invoke-with-response-stream)$/;

/**
 * https://docs.aws.amazon.com/bedrock/latest/APIReference: Converse, and Invoke with Claude's and Titan's own words. Streams
 * are of binary messages, each with a checksum. `packages` is the folder that the SDKs lie in.
 */
export function createBedrock(packages: string): Speaker {
  const { EventStreamCodec }: EventStreamModule = createRequire(join(packages, "standin.cjs"))(
    "@smithy/eventstream-codec",
  );
  const codec = new EventStreamCodec(
    (bytes) => new TextDecoder().decode(bytes),
    (text) => new TextEncoder().encode(text),
  );

  const binary = (events: readonly [type: string, payload: JsonObject][], billed: Billed): Answer => ({
    status: 200,
    headers: { "content-type": "application/vnd.amazon.eventstream" },
    pieces: events.map(([type, payload]) =>
      codec.encode({
        headers: {
          ":event-type": { type: "string", value: type },
          ":content-type": { type: "string", value: "application/json" },
          ":message-type": { type: "string", value: "event" },
        },
        body: new TextEncoder().encode(JSON.stringify(payload)),
      }),
    ),
    billed,
  });

  return (asked) => {
    const [, model, verb] = PATH.exec(asked.path) ?? [];
    if (asked.method !== "POST" || model === undefined) return undefined;
    if (verb === "converse") return document(...converse(asked, model));
    if (verb === "converse-stream") return binary(...converseStream(asked, model));
    if (verb === "invoke-with-response-stream") return binary(...invokeStream(asked, model));
    return model.includes("embed") ? embed(asked, model) : document(...invoke(asked, model));
  };
}

/** The prompt's cached part comes on top of `inputTokens`. */
function converseUsage(asked: AskedOf, model: string, stream: boolean): [JsonObject, Billed] {
  const { input, output } = tokensOf(asked);
  const usage = {
    inputTokens: input,
    outputTokens: output,
    totalTokens: input + output + 30,
    cacheReadInputTokens: 30,
    cacheWriteInputTokens: 0,
  };
  const billed: Billed = {
    operation: "chat",
    model,
    stream,
    usage: {
      inputTokens: input + 30,
      outputTokens: output,
      cacheReadInputTokens: 30,
      cacheCreationInputTokens: 0,
    },
  };
  return [usage, billed];
}

function converse(asked: AskedOf, model: string): [JsonObject, Billed] {
  const [usage, billed] = converseUsage(asked, model, false);
  const message = { role: "assistant", content: [{ text: "Two francs." }] };
  return [{ output: { message }, stopReason: "end_turn", usage, metrics: { latencyMs: 812 } }, billed];
}

function converseStream(asked: AskedOf, model: string): [[string, JsonObject][], Billed] {
  const [usage, billed] = converseUsage(asked, model, true);
  const delta = (text: string): [string, JsonObject] => [
    "contentBlockDelta",
    { contentBlockIndex: 0, delta: { text }, p: "abcdef" },
  ];
  return [
    [
      ["messageStart", { role: "assistant", p: "abc" }],
      delta("Two"),
      delta(" francs."),
      ["contentBlockStop", { contentBlockIndex: 0, p: "ab" }],
      ["messageStop", { stopReason: "end_turn", p: "a" }],
      ["metadata", { metrics: { latencyMs: 812 }, usage, p: "abcd" }],
    ],
    billed,
  ];
}

function claudeUsage(asked: AskedOf, model: string, stream: boolean): [JsonObject, Billed] {
  const { input, output } = tokensOf(asked);
  const usage = {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 12,
    output_tokens: output,
  };
  const billed: Billed = {
    operation: "chat",
    model,
    stream,
    usage: {
      inputTokens: input + 12,
      outputTokens: output,
      cacheReadInputTokens: 12,
      cacheCreationInputTokens: 0,
    },
  };
  return [usage, billed];
}

const claude = {
  type: "message",
  role: "assistant",
  model: "claude-haiku-4-5-20251001",
  stop_reason: null,
  stop_sequence: null,
} as const;

function invoke(asked: AskedOf, model: string): [JsonObject, Billed] {
  const [usage, billed] = claudeUsage(asked, model, false);
  const content = [{ type: "text", text: "Two francs." }];
  return [{ ...claude, id: asked.name("msg_bdrk_"), content, stop_reason: "end_turn", usage }, billed];
}

function invokeStream(asked: AskedOf, model: string): [[string, JsonObject][], Billed] {
  const [usage, billed] = claudeUsage(asked, model, true);
  const { input_tokens, cache_read_input_tokens, output_tokens } = usage;
  const message = {
    ...claude,
    id: asked.name("msg_bdrk_"),
    content: [],
    usage: { ...usage, output_tokens: 1 },
  };
  const delta = (text: string) => ({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text },
  });
  const events: JsonObject[] = [
    { type: "message_start", message },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    delta("Two"),
    delta(" francs."),
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: output_tokens ?? null },
    },
    {
      type: "message_stop",
      "amazon-bedrock-invocationMetrics": {
        inputTokenCount: input_tokens ?? null,
        outputTokenCount: output_tokens ?? null,
        invocationLatency: 812,
        firstByteLatency: 300,
        cacheReadInputTokenCount: cache_read_input_tokens ?? null,
        cacheWriteInputTokenCount: 0,
      },
    },
  ];
  const chunks = events.map((event): [string, JsonObject] => [
    "chunk",
    { bytes: Buffer.from(JSON.stringify(event)).toString("base64"), p: "abcdefgh" },
  ]);
  return [chunks, billed];
}

/** Cohere's embeddings say nothing of their tokens: a header does. */
function embed(asked: AskedOf, model: string): Answer {
  const { input } = tokensOf(asked);
  const isTitan = model.startsWith("amazon.titan");
  const answer = document(
    isTitan
      ? { embedding: [0.25, -0.5, 0.125], inputTextTokenCount: input }
      : {
          id: asked.name(""),
          embeddings: [[0.25, -0.5, 0.125]],
          texts: ["fish"],
          response_type: "embeddings_floats",
        },
    { operation: "embeddings", model, stream: false, usage: { inputTokens: input } },
  );
  const headers = { ...answer.headers, "x-amzn-bedrock-input-token-count": String(input) };
  return { ...answer, headers };
}

import type { Operation } from "../call.ts";
import type { WireFormatName } from "../wireFormats.ts";

/**
 * One billed endpoint of a provider. `path` is tested against the end of the URL's path, without its query, so that
 * gateways and proxies with a prefix of their own match as well.
 */
export interface EndpointRule {
  /** `WEBSOCKET` stands for the messages of a connection, whose handshake is a `GET` that is no call. */
  method: "GET" | "POST" | "WEBSOCKET";
  /** A group named `responseId` is the name of what is read, where the answer does not repeat it. */
  path: RegExp;
  operation: Operation;
  format: WireFormatName;
  /**
   * `creates`: each exchange is a call. `completes`: reads a call made earlier, and only brings its final usage
   * (background responses, polled jobs): never a row of its own.
   */
  effect: "creates" | "completes";
}

export interface Provider {
  /** OpenTelemetry `gen_ai.provider.name` where one exists; `google` is the Gemini API. */
  name: string;
  /** Host names with at most one `*`, which stands for anything; with a port only where that is part of the name. */
  hosts: readonly string[];
  /** What is billed. All else that is sent to these hosts is no call. */
  endpoints: readonly EndpointRule[];
}

export function creates(path: RegExp, operation: Operation, format: WireFormatName): EndpointRule {
  return { method: "POST", path, operation, format, effect: "creates" };
}

export function completes(path: RegExp, operation: Operation, format: WireFormatName): EndpointRule {
  return { method: "GET", path, operation, format, effect: "completes" };
}

/** A connection whose turns are calls. */
export function connects(path: RegExp, operation: Operation, format: WireFormatName): EndpointRule {
  return { method: "WEBSOCKET", path, operation, format, effect: "creates" };
}

/** Endpoints that many providers have copied, with all their words. */
export const copied = {
  chat: creates(/\/(?:chat\/)?completions$/, "chat", "openai.chat"),
  embeddings: creates(/\/embeddings$/, "embeddings", "openai.embeddings"),
  responses: creates(/\/responses$/, "chat", "openai.responses"),
  storedResponse: completes(
    /\/responses\/(?!input_tokens$)(?<responseId>[^/]+)$/,
    "chat",
    "openai.responses",
  ),
  messages: creates(/\/v1\/messages$/, "chat", "anthropic.messages"),
  images: creates(/\/images\/(?:generations|edits|variations)$/, "image", "openai.images"),
  transcription: creates(/\/audio\/(?:transcriptions|translations)$/, "audio", "openai.transcription"),
  speech: creates(/\/audio\/speech$/, "audio", "openai.speech"),
  video: creates(
    /\/videos(?:\/edits|\/extensions|\/(?!characters\/)[^/]+\/remix)?$/,
    "video",
    "openai.video",
  ),
  madeVideo: completes(/\/videos\/(?<responseId>[^/]+)$/, "video", "openai.video"),
  /** Batches of Anthropic have a path of their own. */
  batch: creates(/(?<!\/messages)\/batches$/, "chat", "openai.batch"),
  endedBatch: completes(/(?<!\/messages)\/batches\/(?<responseId>[^/]+)$/, "chat", "openai.batch"),
  realtime: connects(/\/realtime$/, "realtime", "openai.realtime"),
} as const;

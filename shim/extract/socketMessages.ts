import type { JsonObject } from "../../shared/call.ts";
import type { WireFormatName } from "../../shared/wireFormats.ts";
import { scanRequest } from "./requestScan.ts";
import { createUsageReader, type Reading } from "./usageReader.ts";

/** What a message of a WebSocket says of a call: there a call is one turn of the model's, not the connection. */
export type SocketNews =
  /** The model began to answer: what ends without an `ended` was cut short. */
  | { turn: "began"; id: string | null }
  /** All that will be said of a turn. It may never have been said to begin (the transcription of what was heard). */
  | ({ turn: "ended"; id: string | null } & SocketTurn);

export interface SocketTurn {
  /** As of a response's body: the fields that the wire format names, with the session's model. */
  rawUsage: JsonObject | undefined;
  /** The model that was asked for, where the connection or the client said it. */
  requestModel: string | null;
  status: "ok" | "aborted" | "error";
  errorType: string | null;
}

/** Follows one connection, from its first message. Messages are text, or the bytes of it. */
export interface SocketReader {
  /** A message of the client's. Of those only what names a model is looked at. */
  sent(message: string | Uint8Array): void;
  /** Whether a message of the client's may lead the model to answer, and which; it is not taken for sent. */
  asks(message: string | Uint8Array): { model: string | null } | null;
  /** A message of the server's: what it says of a turn, or `null`. */
  received(message: string | Uint8Array): SocketNews | null;
}

/** Longer than any message that says what is looked for: what is longer is sound or a picture. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
/** A session's settings, with the instructions and the tools that stand among them. */
const MAX_SETTINGS_BYTES = 1024 * 1024;

/** The reader for a connection to `url`; `undefined` where such connections are not understood. */
export function createSocketReader(format: WireFormatName | "any", url: string): SocketReader | undefined {
  switch (format) {
    case "openai.realtime":
      return openaiRealtime(modelInQuery(url));
    case "openai.responses":
      return openaiResponses();
    case "google.live":
      return googleLive();
    default:
      return undefined;
  }
}

/** By their `type`, for a text that is quoted may be any of these words. */
const sessionType = /"type"\s*:\s*"session\.(?:created|updated)"/;
const createdType = /"type"\s*:\s*"response\.created"/;
const doneType = /"type"\s*:\s*"response\.done"/;
const transcribedType = /"type"\s*:\s*"conversation\.item\.input_audio_transcription\.completed"/;
const endedType = /"type"\s*:\s*"response\.(?:completed|incomplete|failed)"/;
const createType = /"type"\s*:\s*"response\.create"/;
/** Where the server listens for pauses, sound alone leads to an answer. */
const soundType = /"type"\s*:\s*"input_audio_buffer\.(?:append|commit)"/;
/** In JSON of either spelling. */
const liveContent = /"(?:client_?[cC]ontent|realtime_?[iI]nput|tool_?[rR]esponse)"\s*:/;

/** OpenAI's and Azure's Realtime: https://platform.openai.com/docs/api-reference/realtime-server-events */
function openaiRealtime(requestModel: string | null): SocketReader {
  let model: string | null = null;
  let transcriptionModel: string | null = null;
  return {
    sent() {},
    asks(message) {
      const text = textOf(message);
      return createType.test(text) || soundType.test(text) ? { model: requestModel ?? model } : null;
    },
    received(message) {
      if (message.length > MAX_MESSAGE_BYTES) return null;
      const text = textOf(message);
      if (sessionType.test(text)) {
        const session = objectIn(settingsIn(text), "session");
        model = textIn(session, "model") ?? model;
        transcriptionModel = transcriptionModelIn(session) ?? transcriptionModel;
        return null;
      }
      if (createdType.test(text)) return { turn: "began", id: idIn(readingOf("openai.realtime", text)) };
      const isTranscription = transcribedType.test(text);
      if (!isTranscription && !doneType.test(text)) return null;
      const reading = readingOf("openai.realtime", text);
      const saidModel = isTranscription ? transcriptionModel : model;
      return {
        turn: "ended",
        id: idIn(reading),
        ...turnOf(reading, saidModel),
        // Of the session's model nothing was asked where another one wrote down what it heard.
        requestModel: isTranscription ? null : requestModel,
      };
    },
  };
}

/** Responses over a WebSocket: the events of its stream, one a message. https://developers.openai.com/api/docs/guides/websocket-mode */
function openaiResponses(): SocketReader {
  let requestModel: string | null = null;
  return {
    sent(message) {
      const text = textOf(message);
      if (createType.test(text)) requestModel = scanRequest(text).model ?? requestModel;
    },
    asks(message) {
      const text = textOf(message);
      return createType.test(text) ? { model: scanRequest(text).model ?? requestModel } : null;
    },
    received(message) {
      if (message.length > MAX_MESSAGE_BYTES) return null;
      const text = textOf(message);
      if (createdType.test(text)) return { turn: "began", id: idIn(readingOf("openai.responses", text)) };
      if (!endedType.test(text)) return null;
      const reading = readingOf("openai.responses", text);
      return { turn: "ended", id: idIn(reading), ...turnOf(reading, null), requestModel };
    },
  };
}

/**
 * Gemini Live. Each `usageMetadata` is that of one generation, its prompt the whole conversation so far, and is billed as
 * such: it is no running total of the session. https://ai.google.dev/api/live
 */
function googleLive(): SocketReader {
  let requestModel: string | null = null;
  let isAnswering = false;
  /** Searches are told of while the answer is given, some of them again and again; the usage comes when it has ended. */
  let searches = 0;
  return {
    sent(message) {
      if (requestModel !== null || message.length > MAX_SETTINGS_BYTES) return;
      const text = textOf(message);
      if (text.includes('"setup"')) requestModel = textIn(objectIn(settingsIn(text), "setup"), "model");
    },
    asks: (message) => (liveContent.test(textOf(message)) ? { model: requestModel } : null),
    received(message) {
      if (message.length > MAX_MESSAGE_BYTES) return null;
      const text = textOf(message);
      const hasUsage = text.includes('"usageMetadata"');
      if (hasUsage || text.includes('"webSearchQueries"')) {
        const { rawUsage = {}, ...reading } = readingOf("google.live", text);
        const { itemCounts, ...said } = rawUsage;
        searches = Math.max(searches, numberIn(itemCounts, "webSearchQueries"));
        if (reading.hasUsage) {
          const counted = searches > 0 ? { itemCounts: { webSearchQueries: searches } } : {};
          searches = 0;
          isAnswering = false;
          const turn = turnOf({ ...reading, rawUsage: { ...said, ...counted } }, null);
          return { turn: "ended", id: null, ...turn, requestModel };
        }
      }
      if (isAnswering || !/"modelTurn"|"toolCall"/.test(text)) return null;
      isAnswering = true;
      return { turn: "began", id: null };
    },
  };
}

function readingOf(format: WireFormatName, text: string): Reading {
  const reader = createUsageReader(format);
  reader.write(Buffer.from(text));
  return reader.end();
}

function turnOf(reading: Reading, sessionModel: string | null): Omit<SocketTurn, "requestModel"> {
  const model = sessionModel === null ? {} : { model: sessionModel };
  const rawUsage = reading.rawUsage === undefined ? undefined : { ...model, ...reading.rawUsage };
  const said = textIn(reading.rawUsage ?? {}, "status");
  const failed = said === "failed" || reading.errorType !== undefined;
  return {
    rawUsage,
    status: failed ? "error" : said === "cancelled" ? "aborted" : "ok",
    errorType: reading.errorType ?? (failed ? said : null),
  };
}

function idIn({ rawUsage = {} }: Reading): string | null {
  return textIn(rawUsage, "id") ?? textIn(rawUsage, "item_id");
}

/** Azure's older addresses name a deployment. */
function modelInQuery(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { searchParams } = new URL(url);
  return searchParams.get("model") ?? searchParams.get("deployment");
}

/** In the words of the day, or those of the beta. */
function transcriptionModelIn(session: object): string | null {
  const input = objectIn(objectIn(session, "audio"), "input");
  return (
    textIn(objectIn(input, "transcription"), "model") ??
    textIn(objectIn(session, "input_audio_transcription"), "model")
  );
}

function textOf(message: string | Uint8Array): string {
  if (typeof message === "string") return message;
  return Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString();
}

/** A message that is small enough to be parsed whole. */
function settingsIn(text: string): object {
  if (text.length > MAX_SETTINGS_BYTES) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function objectIn(object: object, name: string): object {
  const value: unknown = Reflect.get(object, name);
  return typeof value === "object" && value !== null ? value : {};
}

function textIn(object: object, name: string): string | null {
  const value: unknown = Reflect.get(object, name);
  return typeof value === "string" && value !== "" ? value : null;
}

function numberIn(object: unknown, name: string): number {
  const value: unknown = typeof object === "object" && object !== null ? Reflect.get(object, name) : 0;
  return typeof value === "number" ? value : 0;
}

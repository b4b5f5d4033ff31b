import { createHash } from "node:crypto";
import type { CallReport, CallStatus, Operation } from "../../shared/call.ts";
import { providerName } from "./providerName.ts";
import { numberOf, type Span, textOf } from "./span.ts";
import { spanUsage } from "./spanUsage.ts";

/** The AI SDK makes ids of its own up where the provider gave none. */
const MADE_UP_ID = /^ai(txt|obj)-/;
const ABORTED = /abort|cancel/i;
/** As `POST /v1/calls` takes it. */
const LONGEST_MS = 30 * 24 * 3_600_000;

/** The call that an inference span tells of, as anybody else would report it; to whom it belongs is added later. */
export function spanCall(span: Span, operation: Operation): CallReport {
  const { attributes, startMs, endMs } = span;
  const requestModel = textOf(
    attributes,
    "gen_ai.request.model",
    "ai.model.id",
    "llm.request.model",
    "embedding.model_name",
    "reranker.model_name",
    "llm.model_name",
    "langfuse.observation.model.name",
  );
  const responseModel = textOf(
    attributes,
    "gen_ai.response.model",
    "ai.response.model",
    "llm.response.model",
  );
  const responseId = textOf(attributes, "gen_ai.response.id", "ai.response.id");
  const httpStatus = numberOf(attributes, "http.response.status_code", "http.status_code");
  return {
    callId: spanCallId(span),
    startedAt: new Date(startMs).toISOString(),
    durationMs: Math.min(LONGEST_MS, endMs - startMs),
    timeToFirstTokenMs: timeToFirstTokenMs(span),
    status: statusOf(span),
    httpStatus:
      httpStatus !== undefined && Number.isInteger(httpStatus) && httpStatus >= 100 && httpStatus <= 599
        ? httpStatus
        : null,
    errorType: span.failed ? errorTypeOf(span) : null,
    provider: providerName(span, requestModel ?? responseModel),
    operation,
    requestModel,
    responseModel,
    responseId: responseId === null || MADE_UP_ID.test(responseId) ? null : responseId,
    serviceTier: serviceTierOf(span),
    stream: isStream(span),
    usage: spanUsage(span),
  };
}

/**
 * The id of a span's call: the same however often the span comes. As a UUIDv7 of the span's start, for ids that rise with
 * time are stored faster.
 */
export function spanCallId({ traceId, spanId, startMs }: Span): string {
  const time = Math.max(0, Math.trunc(startMs)).toString(16).padStart(12, "0").slice(-12);
  const hash = createHash("sha256").update(`${traceId}/${spanId}`).digest("hex");
  const variant = ((Number.parseInt(hash[3] ?? "0", 16) & 3) | 8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
}

function statusOf(span: Span): CallStatus {
  const { attributes, failed } = span;
  const error = errorTypeOf(span);
  const isError =
    failed || attributes.has("error.type") || attributes.get("langfuse.observation.level") === "ERROR";
  if (!isError) return "ok";
  return error !== null && ABORTED.test(error) ? "aborted" : "error";
}

function errorTypeOf({ attributes, exceptionType }: Span): string | null {
  return textOf(attributes, "error.type", "exception.type") ?? exceptionType;
}

function serviceTierOf({ attributes }: Span): string | null {
  const answered = textOf(attributes, "openai.response.service_tier", "gen_ai.openai.response.service_tier");
  if (answered !== null) return answered;
  const asked = textOf(attributes, "openai.request.service_tier", "gen_ai.openai.request.service_tier");
  return asked === "auto" ? null : asked;
}

function isStream({ attributes }: Span): boolean {
  return (
    attributes.get("gen_ai.request.stream") === true ||
    attributes.get("llm.is_streaming") === true ||
    textOf(attributes, "ai.operationId")?.endsWith(".doStream") === true
  );
}

function timeToFirstTokenMs({ attributes, startMs, endMs }: Span): number | null {
  const seconds = numberOf(
    attributes,
    "gen_ai.response.time_to_first_chunk",
    "gen_ai.client.operation.time_to_first_chunk",
    "gen_ai.server.time_to_first_token",
  );
  const ms =
    numberOf(attributes, "ai.response.msToFirstChunk") ??
    (seconds === undefined ? undefined : seconds * 1_000);
  return ms !== undefined && ms <= endMs - startMs ? ms : null;
}

import { create, fromBinary, fromJsonString, toBinary, toJsonString } from "@bufbuild/protobuf";
import {
  type ExportTraceServiceRequest,
  ExportTraceServiceRequestSchema,
  ExportTraceServiceResponseSchema,
} from "./definitions/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import type { AnyValue, KeyValue } from "./definitions/opentelemetry/proto/common/v1/common_pb.ts";
import {
  type Span as SentSpan,
  Span_SpanKind,
  SpanFlags,
  Status_StatusCode,
} from "./definitions/opentelemetry/proto/trace/v1/trace_pb.ts";
import type { AttributeValue, Span, SpanAttributes } from "./span.ts";

export type Encoding = "protobuf" | "json";

/** Spans of one request at most. */
export const MAX_SPANS = 10_000;
/** Attributes of one span at most; OpenTelemetry's own limit is 128. */
const MAX_ATTRIBUTES = 500;
/** UTF-16 units of a text that is looked at: prompts are longer, and none of what is read here is. */
const MAX_TEXT_LENGTH = 2_000;
/** Levels of messages within messages; a span's attribute is on the sixth. */
const MAX_DEPTH = 32;

/** The spans of a request, and how many of them are none. Texts are for people. */
export type RequestReading = { spans: Span[]; rejected: number } | { error: string };

/** Reads an ExportTraceServiceRequest in either of its encodings. */
export function readExportRequest(body: Uint8Array, encoding: Encoding): RequestReading {
  let request: ExportTraceServiceRequest;
  try {
    request =
      encoding === "protobuf"
        ? fromBinary(ExportTraceServiceRequestSchema, body, {
            readUnknownFields: false,
            recursionLimit: MAX_DEPTH,
          })
        : fromJsonString(ExportTraceServiceRequestSchema, new TextDecoder().decode(body), {
            ignoreUnknownFields: true,
            recursionLimit: MAX_DEPTH,
          });
  } catch {
    // The decoder's own words quote what it read.
    return {
      error: `The body is no ExportTraceServiceRequest in ${encoding === "json" ? "JSON" : encoding}.`,
    };
  }
  const spans: Span[] = [];
  let rejected = 0;
  for (const { resource, scopeSpans } of request.resourceSpans) {
    const ofResource = readAttributes(resource?.attributes ?? []);
    for (const { scope, spans: sent } of scopeSpans) {
      for (const each of sent) {
        const span = readSpan(each, ofResource, scope?.name ?? "");
        if (span === null) rejected += 1;
        else spans.push(span);
        if (spans.length + rejected > MAX_SPANS)
          return { error: `A request has at most ${MAX_SPANS} spans.` };
      }
    }
  }
  return { spans, rejected };
}

/** An ExportTraceServiceResponse; what it says is `null` where all is well. */
export function writeExportResponse(
  partialSuccess: { rejectedSpans: number; errorMessage: string } | null,
  encoding: Encoding,
): Uint8Array<ArrayBuffer> {
  const response = create(
    ExportTraceServiceResponseSchema,
    partialSuccess === null
      ? {}
      : { partialSuccess: { ...partialSuccess, rejectedSpans: BigInt(partialSuccess.rejectedSpans) } },
  );
  return encoding === "protobuf"
    ? toBinary(ExportTraceServiceResponseSchema, response)
    : new TextEncoder().encode(toJsonString(ExportTraceServiceResponseSchema, response));
}

function readSpan(sent: SentSpan, resource: SpanAttributes, scope: string): Span | null {
  const traceId = idOf(sent.traceId, 16);
  const spanId = idOf(sent.spanId, 8);
  if (traceId === null || spanId === null || sent.startTimeUnixNano === 0n) return null;
  const startMs = millisecondsOf(sent.startTimeUnixNano);
  return {
    traceId,
    spanId,
    parentSpanId: idOf(sent.parentSpanId, 8),
    hasRemoteParent: (sent.flags & SpanFlags.CONTEXT_IS_REMOTE_MASK) !== 0,
    name: sent.name.slice(0, MAX_TEXT_LENGTH),
    kind: kindOf(sent),
    startMs,
    endMs: Math.max(startMs, millisecondsOf(sent.endTimeUnixNano)),
    attributes: readAttributes(sent.attributes),
    resource,
    scope,
    failed: sent.status?.code === Status_StatusCode.ERROR,
    exceptionType: exceptionTypeOf(sent),
  };
}

/**
 * Ids are bytes in protobuf, hex in JSON, which the decoder takes for base64 as protobuf's own JSON has it: written back
 * as that, they are the hex again. `null` for what is no id, or all zeros.
 */
function idOf(bytes: Uint8Array, length: number): string | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const id = buffer.toString(bytes.length === length ? "hex" : "base64").toLowerCase();
  return id.length === length * 2 && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id) ? id : null;
}

function millisecondsOf(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000n) / 1_000;
}

function kindOf({ kind }: SentSpan): Span["kind"] {
  if (kind === Span_SpanKind.SERVER) return "server";
  return kind === Span_SpanKind.CONSUMER ? "consumer" : "other";
}

function exceptionTypeOf({ events }: SentSpan): string | null {
  const exception = events.findLast(({ name }) => name === "exception");
  const type = exception?.attributes.find(({ key }) => key === "exception.type")?.value?.value;
  return type?.case === "stringValue" && type.value !== "" ? type.value : null;
}

function readAttributes(sent: readonly KeyValue[]): SpanAttributes {
  const attributes = new Map<string, AttributeValue>();
  for (const { key, value } of sent) {
    const known = value && attributeValue(value);
    if (known !== undefined) attributes.set(key, known);
    if (attributes.size === MAX_ATTRIBUTES) break;
  }
  return attributes;
}

function attributeValue({ value }: AnyValue): AttributeValue | undefined {
  switch (value.case) {
    case "stringValue":
      return value.value.length > MAX_TEXT_LENGTH ? undefined : value.value;
    case "boolValue":
    case "doubleValue":
      return value.value;
    case "intValue":
      return Number(value.value);
    case "arrayValue":
      return value.value.values
        .slice(0, MAX_ATTRIBUTES)
        .flatMap((each) => (each.value.case === "stringValue" ? [each.value.value] : []));
    default:
      return undefined;
  }
}

import { gzipSync } from "node:zlib";
import { create, fromBinary, fromJsonString, toBinary } from "@bufbuild/protobuf";
import {
  ExportTraceServiceRequestSchema,
  ExportTraceServiceResponseSchema,
} from "../../daemon/otlp/definitions/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import {
  type KeyValue,
  KeyValueSchema,
} from "../../daemon/otlp/definitions/opentelemetry/proto/common/v1/common_pb.ts";
import { SpanSchema } from "../../daemon/otlp/definitions/opentelemetry/proto/trace/v1/trace_pb.ts";
import { HOST, type makeApp, TOKEN } from "../daemon/testApp.ts";

type App = Awaited<ReturnType<typeof makeApp>>;
type Attributes = Record<string, string | number | boolean | string[]>;

/** A span as a test writes it. */
export interface TestSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  kind: "internal" | "server" | "client" | "consumer";
  startMs: number;
  durationMs: number;
  attributes: Attributes;
  resource: Attributes;
  scope: string;
  failed: boolean;
  flags: number;
}

const kinds = { internal: 1, server: 2, client: 3, consumer: 5 } as const;
let made = 0;

export function makeTraceId(): string {
  made += 1;
  return made.toString(16).padStart(32, "7");
}

/** A span within a trace of its own, unless told otherwise. */
export function makeSpan(fields: Partial<TestSpan> = {}): TestSpan {
  made += 1;
  return {
    traceId: makeTraceId(),
    spanId: made.toString(16).padStart(16, "5"),
    parentSpanId: null,
    name: "span",
    kind: "internal",
    startMs: Date.now() - 60_000,
    durationMs: 800,
    attributes: {},
    resource: { "service.name": "shop", "telemetry.sdk.language": "python" },
    scope: "test",
    failed: false,
    flags: 0,
    ...fields,
  };
}

/** A span that asked a model, by the latest conventions. */
export function makeChatSpan({ attributes, ...fields }: Partial<TestSpan> = {}): TestSpan {
  return makeSpan({
    name: "chat gpt-4o-mini",
    kind: "client",
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-4o-mini",
      "gen_ai.usage.input_tokens": 1_000,
      "gen_ai.usage.output_tokens": 100,
      ...attributes,
    },
    ...fields,
  });
}

export interface SendSpansOptions {
  encoding?: "protobuf" | "json";
  gzip?: boolean;
}

/** Sends spans as an exporter does, in one request. Answers what was refused, `null` where nothing was. */
export async function sendSpans(app: App, spans: readonly TestSpan[], options: SendSpansOptions = {}) {
  const { encoding = "protobuf", gzip = false } = options;
  const body = encoding === "protobuf" ? protobufOf(spans) : new TextEncoder().encode(jsonOf(spans));
  const type = encoding === "protobuf" ? "application/x-protobuf" : "application/json";
  const response = await postTraces(app, body, { type, gzip });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  if (response.headers.get("content-type") !== type) throw new Error("answered in another encoding");
  const answer =
    encoding === "json"
      ? fromJsonString(ExportTraceServiceResponseSchema, await response.text())
      : fromBinary(ExportTraceServiceResponseSchema, new Uint8Array(await response.arrayBuffer()));
  return answer.partialSuccess ?? null;
}

export async function postTraces(
  app: App,
  body: Uint8Array,
  { type, gzip = false }: { type: string; gzip?: boolean },
): Promise<Response> {
  return await app.app.request(`http://${HOST}/v1/traces`, {
    method: "POST",
    headers: {
      host: HOST,
      authorization: `Bearer ${TOKEN}`,
      "content-type": type,
      ...(gzip ? { "content-encoding": "gzip" } : {}),
    },
    body: new Uint8Array(gzip ? gzipSync(body) : body),
  });
}

export function protobufOf(spans: readonly TestSpan[]): Uint8Array {
  const request = create(ExportTraceServiceRequestSchema, {
    resourceSpans: spans.map((span) => ({
      resource: { attributes: keyValues(span.resource) },
      scopeSpans: [
        {
          scope: { name: span.scope },
          spans: [
            create(SpanSchema, {
              traceId: Buffer.from(span.traceId, "hex"),
              spanId: Buffer.from(span.spanId, "hex"),
              parentSpanId: Buffer.from(span.parentSpanId ?? "", "hex"),
              name: span.name,
              kind: kinds[span.kind],
              flags: span.flags,
              startTimeUnixNano: nanoseconds(span.startMs),
              endTimeUnixNano: nanoseconds(span.startMs + span.durationMs),
              attributes: keyValues(span.attributes),
              status: { code: span.failed ? 2 : 0 },
            }),
          ],
        },
      ],
    })),
  });
  return toBinary(ExportTraceServiceRequestSchema, request);
}

function keyValues(attributes: Attributes): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => {
    if (typeof value === "string") {
      return create(KeyValueSchema, { key, value: { value: { case: "stringValue", value } } });
    }
    if (typeof value === "boolean") {
      return create(KeyValueSchema, { key, value: { value: { case: "boolValue", value } } });
    }
    if (typeof value === "object") {
      const values = value.map((each) => ({ value: { case: "stringValue" as const, value: each } }));
      return create(KeyValueSchema, { key, value: { value: { case: "arrayValue", value: { values } } } });
    }
    return Number.isSafeInteger(value)
      ? create(KeyValueSchema, { key, value: { value: { case: "intValue", value: BigInt(value) } } })
      : create(KeyValueSchema, { key, value: { value: { case: "doubleValue", value } } });
  });
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1_000)) * 1_000n;
}

/** As OpenTelemetry's own exporters write it: ids in hex, times as text. */
export function jsonOf(spans: readonly TestSpan[]): string {
  return JSON.stringify({
    resourceSpans: spans.map((span) => ({
      resource: { attributes: jsonAttributes(span.resource), droppedAttributesCount: 0 },
      scopeSpans: [
        {
          scope: { name: span.scope, version: "1.0.0" },
          spans: [
            {
              traceId: span.traceId,
              spanId: span.spanId,
              ...(span.parentSpanId === null ? {} : { parentSpanId: span.parentSpanId }),
              name: span.name,
              kind: kinds[span.kind],
              flags: span.flags,
              startTimeUnixNano: nanoseconds(span.startMs).toString(),
              endTimeUnixNano: nanoseconds(span.startMs + span.durationMs).toString(),
              attributes: jsonAttributes(span.attributes),
              events: [],
              links: [],
              status: { code: span.failed ? 2 : 0 },
              fieldOfTheFuture: { any: "thing" },
            },
          ],
        },
      ],
    })),
  });
}

function jsonAttributes(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => {
    if (typeof value === "string") return { key, value: { stringValue: value } };
    if (typeof value === "boolean") return { key, value: { boolValue: value } };
    if (typeof value === "object") {
      return { key, value: { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } } };
    }
    return { key, value: Number.isInteger(value) ? { intValue: value } : { doubleValue: value } };
  });
}

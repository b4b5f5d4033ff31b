import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ExportTraceServiceRequestSchema } from "../../daemon/otlp/definitions/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import { HOST, makeApp } from "../daemon/testApp.ts";
import { jsonOf, makeChatSpan, makeSpan, postTraces, protobufOf, sendSpans } from "./spans.ts";

const PROTOBUF = "application/x-protobuf";
const encoder = new TextEncoder();

test("without the token, from another origin or host, and by other methods it is refused", async () => {
  const { send } = await makeApp();
  const body = jsonOf([makeChatSpan()]);
  const status = async (headers: Record<string, string | null>, method = "POST") =>
    (await send(method, "/v1/traces", { ...(method === "POST" ? { body } : {}), headers })).status;
  expect(await status({ authorization: null })).toBe(401);
  expect(await status({ authorization: "Bearer wrong" })).toBe(401);
  expect(await status({ origin: "https://evil.example" })).toBe(403);
  expect(await status({ host: "evil.example" })).toBe(403);
  expect(await status({}, "GET")).toBe(405);
  expect(await status({})).toBe(200);
});

test("other types and encodings are refused in words", async () => {
  const { send } = await makeApp();
  const answer = await send("POST", "/v1/traces", { body: "x", type: "text/plain" });
  expect([answer.status, await answer.json()]).toEqual([
    415,
    { error: "Send application/x-protobuf or application/json." },
  ]);
  const body = jsonOf([makeChatSpan()]);
  const zstd = await send("POST", "/v1/traces", { body, headers: { "content-encoding": "zstd" } });
  expect([zstd.status, await zstd.json()]).toEqual([415, { error: "Send it as identity or gzip." }]);
  // Nobody else takes compressed bodies.
  const calls = await send("POST", "/v1/calls", { body: "[]", headers: { "content-encoding": "gzip" } });
  expect(calls.status).toBe(415);
});

test("what is no request, or no gzip, is refused; its text is not repeated", async () => {
  const app = await makeApp();
  const bodies: [Uint8Array, string][] = [
    [encoder.encode("{"), "application/json"],
    [encoder.encode('"a secret"'), "application/json"],
    [encoder.encode('{"resourceSpans":"a secret"}'), "application/json"],
    [
      encoder.encode('{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"a secret!"}]}]}]}'),
      "application/json",
    ],
    [encoder.encode("a secret that is no protobuf"), PROTOBUF],
    [protobufOf([makeChatSpan()]).slice(0, 60), PROTOBUF],
  ];
  for (const [body, type] of bodies) {
    const answer = await postTraces(app, body, { type });
    const text = await answer.text();
    expect([answer.status, text]).toEqual([400, expect.stringContaining("no ExportTraceServiceRequest")]);
    expect(text).not.toContain("secret");
  }
  const noGzip = await app.send("POST", "/v1/traces", {
    body: "plain",
    type: PROTOBUF,
    headers: { "content-encoding": "gzip" },
  });
  expect([noGzip.status, await noGzip.json()]).toEqual([400, { error: "The body is no gzip." }]);
});

test("an empty request is fine", async () => {
  const app = await makeApp();
  expect(await sendSpans(app, [])).toBe(null);
  expect(await sendSpans(app, [], { encoding: "json" })).toBe(null);
  expect((await postTraces(app, new Uint8Array(), { type: PROTOBUF })).status).toBe(200);
});

test("16 MB are the most, compressed or not; a bomb is not unpacked", async () => {
  const app = await makeApp();
  const long = new Uint8Array(17 * 1024 * 1024);
  expect((await postTraces(app, long, { type: PROTOBUF })).status).toBe(413);
  const bomb = gzipSync(Buffer.alloc(400 * 1024 * 1024));
  expect(bomb.byteLength).toBeLessThan(1024 * 1024);
  const before = process.memoryUsage().arrayBuffers;
  const answer = await app.app.request(`http://${HOST}/v1/traces`, {
    method: "POST",
    headers: {
      host: HOST,
      authorization: `Bearer ${"0123456789abcdef".repeat(4)}`,
      "content-type": PROTOBUF,
      "content-encoding": "gzip",
    },
    body: new Uint8Array(bomb),
  });
  expect(answer.status).toBe(413);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
});

test("deep nesting is refused, not followed", async () => {
  const app = await makeApp();
  const deep = `${'{"kvlistValue":{"values":[{"key":"a","value":'.repeat(5_000)}{}${"}]}}".repeat(5_000)}`;
  const json = `{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":${deep}}]}}]}`;
  expect((await postTraces(app, encoder.encode(json), { type: "application/json" })).status).toBe(400);
  let value: Uint8Array = new Uint8Array();
  for (let level = 0; level < 2_000; level += 1) {
    // arrayValue (5) { values (1) { … } }
    const inner = Buffer.concat([Buffer.from([0x0a]), varint(value.length), value]);
    value = Buffer.concat([Buffer.from([0x2a]), varint(inner.length), inner]);
  }
  // resource_spans { resource { attributes { value } } }
  for (const tag of [0x12, 0x0a, 0x0a, 0x0a])
    value = Buffer.concat([Buffer.from([tag]), varint(value.length), value]);
  expect((await postTraces(app, value, { type: PROTOBUF })).status).toBe(400);
});

function varint(length: number): Uint8Array {
  const bytes: number[] = [];
  let rest = length;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Uint8Array.from([...bytes, rest]);
}

test("spans without ids, or from next week, are told as refused; the others are stored", async () => {
  const app = await makeApp();
  const good = makeChatSpan();
  const refused = await sendSpans(app, [
    good,
    makeChatSpan({ traceId: "0".repeat(32) }),
    makeChatSpan({ spanId: "abcd" }),
    makeChatSpan({ startMs: Date.now() + 7 * 86_400_000 }),
  ]);
  expect(refused).toMatchObject({
    rejectedSpans: 3n,
    errorMessage: "startedAt lies more than a day in the future",
  });
  expect((await app.json("GET", "/v1/spend")).total.calls).toBe(1);
  expect(await sendSpans(app, [makeSpan({ spanId: "" })], { encoding: "json" })).toMatchObject({
    rejectedSpans: 1n,
  });
});

test("numbers that cannot be are not believed", async () => {
  const app = await makeApp();
  const odd = [-5, 1e300, 12.5, Number.MAX_SAFE_INTEGER];
  await sendSpans(
    app,
    odd.map((tokens) => makeChatSpan({ attributes: { "gen_ai.usage.input_tokens": tokens } })),
  );
  const { calls } = await app.json("GET", "/v1/calls");
  expect(calls).toHaveLength(4);
  for (const { usage } of calls) expect(usage).toEqual({ outputTokens: 100 });
});

test("numbers that were written as text are numbers, what only begins like one is none", async () => {
  const app = await makeApp();
  const texts = ["1000", "12 tokens", "-5", "1e9", ""];
  await sendSpans(
    app,
    texts.map((tokens, index) =>
      makeChatSpan({
        startMs: Date.now() - 60_000 + index,
        attributes: { "gen_ai.usage.input_tokens": tokens },
      }),
    ),
  );
  const { calls } = await app.json("GET", "/v1/calls?order=asc");
  const [told, ...others] = calls.map(({ usage }: { usage: unknown }) => usage);
  expect(told).toEqual({ inputTokens: 1_000, outputTokens: 100 });
  expect(others).toEqual(Array.from({ length: 4 }, () => ({ outputTokens: 100 })));
});

test("names of any length and script are cut and cleaned, labels are at most fifty", async () => {
  const app = await makeApp();
  const long = "x".repeat(1_500);
  const parents = [0, 1, 2].map((level) =>
    makeSpan({
      traceId: "ab".repeat(16),
      spanId: `00000000000000a${level}`,
      parentSpanId: level === 0 ? null : `00000000000000a${level - 1}`,
      attributes: Object.fromEntries(
        Array.from({ length: 200 }, (_, index) => [`ai.telemetry.metadata.${level}-${index}`, long]),
      ),
    }),
  );
  const call = makeChatSpan({
    traceId: "ab".repeat(16),
    parentSpanId: "00000000000000a2",
    attributes: {
      "gen_ai.agent.name": `a\u0000b\u001b[31m${long}`,
      "gen_ai.conversation.id": long,
      "gen_ai.request.model": long,
      "user.id": "用户 👩🏽‍🚀",
    },
    resource: { "service.name": `shop\n${long}`, "telemetry.sdk.language": "go" },
  });
  expect(await sendSpans(app, [...parents, call])).toBe(null);
  const { calls } = await app.json("GET", "/v1/calls");
  expect(calls).toHaveLength(1);
  const [{ feature, conversationId, requestModel, source, attributes }] = calls;
  expect(feature).toMatch(/^a b \[31mx+$/);
  for (const text of [feature, conversationId, requestModel, source]) expect(text.length).toBe(200);
  expect(attributes["user"]).toBe("用户 👩🏽‍🚀");
  expect(Object.keys(attributes).length).toBeLessThanOrEqual(50);
});

test("parents in a circle end", async () => {
  const app = await makeApp();
  const traceId = "cd".repeat(16);
  const [a, b] = ["00000000000000b1", "00000000000000b2"];
  await sendSpans(app, [
    makeSpan({ traceId, spanId: a, parentSpanId: b }),
    makeSpan({ traceId, spanId: b, parentSpanId: a }),
    makeChatSpan({ traceId, parentSpanId: a }),
  ]);
  expect((await app.json("GET", "/v1/spend")).total.calls).toBe(1);
});

test("more spans than a request may have are refused as a whole", async () => {
  const app = await makeApp();
  const span = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1), startTimeUnixNano: 1n };
  const body = toBinary(
    ExportTraceServiceRequestSchema,
    create(ExportTraceServiceRequestSchema, {
      resourceSpans: [{ scopeSpans: [{ spans: Array.from({ length: 10_001 }, () => span) }] }],
    }),
  );
  const answer = await postTraces(app, body, { type: PROTOBUF });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { error: "A request has at most 10000 spans." },
  ]);
});

test("thousands of traces are remembered no longer than there is room", async () => {
  const app = await makeApp();
  for (let round = 0; round < 3; round += 1) {
    await sendSpans(
      app,
      Array.from({ length: 3_000 }, () => makeSpan({ attributes: { "http.route": "/x" } })),
    );
  }
  await sendSpans(app, [makeChatSpan()]);
  expect((await app.json("GET", "/v1/spend")).total.calls).toBe(1);
});

test("names that every object has are names like any other", async () => {
  const app = await makeApp();
  const model = { "gen_ai.request.model": "m", "gen_ai.response.id": "an answer of its own" };
  await sendSpans(app, [
    makeChatSpan({ attributes: { "gen_ai.system": "constructor", "gen_ai.provider.name": "constructor" } }),
    makeSpan({ attributes: { "gen_ai.operation.name": "constructor", ...model } }),
    makeSpan({ attributes: { "openinference.span.kind": "constructor", ...model } }),
    makeSpan({ attributes: { "ai.operationId": "ai.x.doconstructor", ...model } }),
  ]);
  const { calls } = await app.json("GET", "/v1/calls");
  const told = calls.map((call: { provider: string; operation: string }) => [call.provider, call.operation]);
  expect(told.toSorted()).toEqual([
    ["constructor", "chat"],
    ["unknown", "other"],
  ]);
});

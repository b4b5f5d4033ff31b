import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBodyReader } from "../../shim/extract/bodyReader.ts";
import type { Reading } from "../../shim/extract/usageReader.ts";
import { seededRandom } from "../seededRandom.ts";

const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
const answer = (contentLength: number) =>
  Buffer.from(
    JSON.stringify({
      id: "chatcmpl-1",
      choices: [{ message: { content: "x y".repeat(contentLength) } }],
      usage,
    }),
  );
const events = (count: number) => {
  const chunks = [
    ...Array.from({ length: count }, (_, index) => ({ choices: [{ delta: { content: `${index}` } }] })),
    { choices: [], usage },
  ];
  const lines = chunks.map((chunk) => `data: ${JSON.stringify({ id: "chatcmpl-2", ...chunk })}\n\n`);
  return Buffer.from([...lines, "data: [DONE]\n\n"].join(""));
};

const encoders: Record<string, (bytes: Buffer) => Buffer> = {
  identity: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  "x-gzip": (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes),
};

interface Body {
  bytes: Buffer;
  contentType?: string;
  contentEncoding?: string | null;
  format?: "openai.chat" | "google.generateContent" | "bedrock.converse" | "bedrock.invoke";
}

/** Reads a body that comes in pieces of these lengths, over and over. */
function read(
  { bytes, contentType, contentEncoding, format }: Body,
  lengths: readonly number[],
): Promise<Reading> {
  const reader = createBodyReader({
    format: format ?? "openai.chat",
    contentType: contentType ?? "application/json",
    contentEncoding: contentEncoding ?? null,
  });
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? bytes.length;
    // The bytes are the reader's during the call only.
    const piece = Buffer.from(bytes.subarray(at, at + length));
    reader.write(piece);
    piece.fill(0);
    at += length;
  }
  return new Promise((resolve) => reader.finish(() => resolve(reader.read())));
}

describe("a body as it travels", () => {
  const kinds = fc.constantFrom(
    { bytes: answer(10), contentType: "application/json" },
    { bytes: answer(100_000), contentType: "application/json" },
    { bytes: events(20), contentType: "text/event-stream" },
    { bytes: events(4_000), contentType: "text/event-stream; charset=utf-8" },
  );
  const lengths = fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 8 });

  it("says its usage in any encoding, cut anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(
        kinds,
        fc.constantFrom(...Object.keys(encoders)),
        lengths,
        async (kind, name, cuts) => {
          const bytes = encoders[name]?.(kind.bytes) ?? kind.bytes;
          const reading = await read({ ...kind, bytes, contentEncoding: name }, cuts);
          expect(reading.rawUsage?.["usage"]).toEqual(usage);
          expect(reading.hasUsage).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("may be deflated without zlib's header", async () => {
    const reading = await read({ bytes: deflateRawSync(answer(100)), contentEncoding: "deflate" }, [500]);
    expect(reading.rawUsage?.["usage"]).toEqual(usage);
  });

  it("that breaks off says what it said until then", async () => {
    const whole = Buffer.concat([events(10).subarray(0, -14), Buffer.from("data: more that is never")]);
    const cut = gzipSync(whole).subarray(0, -12);
    const reading = await read(
      { bytes: cut, contentType: "text/event-stream", contentEncoding: "gzip" },
      [100],
    );
    expect(reading.rawUsage?.["usage"]).toEqual(usage);
    expect(reading.complete).toBe(false);
  });

  it.each([
    {
      where: "its last event",
      cut: '"finishReason":"STOP","usageMetadata":{"promptTokenCo',
      complete: false,
    },
    {
      where: "the line after",
      cut: '"finishReason":"STOP","usageMetadata":{"promptTokenCount":11}}',
      complete: true,
    },
  ])("that breaks off in $where is complete: $complete", async ({ cut, complete }) => {
    const first = 'data: {"candidates":[],"usageMetadata":{"promptTokenCount":9}}\n\n';
    const body = { bytes: Buffer.from(`${first}data: {${cut}`), contentType: "text/event-stream" };
    const reading = await read({ ...body, format: "google.generateContent" }, [30]);
    expect(reading.complete).toBe(complete);
    expect(reading.rawUsage?.["usageMetadata"]).toEqual({ promptTokenCount: complete ? 11 : 9 });
  });

  it.each(["gzip", "br", "deflate", "zstd"])(
    "that ends with the process says its usage at once, however long it is, in %s",
    (contentEncoding) => {
      const random = seededRandom(5);
      const noise = Buffer.from(Array.from({ length: 150_000 }, () => random() * 256)).toString("base64");
      const image = `data: {"choices":[{"delta":{"content":"${noise}"}}]}\n\n`;
      const bytes = encoders[contentEncoding]?.(Buffer.concat([Buffer.from(image), events(10)])) ?? events(0);
      expect(bytes.length).toBeGreaterThan(70_000);
      const reader = createBodyReader({
        format: "openai.chat",
        contentType: "text/event-stream",
        contentEncoding,
      });
      for (let at = 0; at < bytes.length; at += 9_000) reader.write(bytes.subarray(at, at + 9_000));
      reader.finish(() => {});
      const reading = reader.read();
      expect(reading.rawUsage?.["usage"]).toEqual(usage);
      expect(reading.complete).toBe(true);
    },
  );

  it.each(["gzip", "br", "deflate", "zstd", "no such encoding"])(
    "that is garbage in the words of %s says nothing",
    async (contentEncoding) => {
      for (const length of [50, 200_000]) {
        const bytes = Buffer.alloc(length, "garbage {}");
        const reading = await read({ bytes, contentEncoding }, [1_000]);
        expect(reading).toMatchObject({ rawUsage: undefined, hasUsage: false });
      }
    },
  );

  it("that is made to become a gigabyte is let go of", async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000, " "));
    const before = process.memoryUsage().rss;
    const reading = await read({ bytes: bomb, contentEncoding: "gzip" }, [10_000]);
    expect(reading.rawUsage).toBeUndefined();
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });
});

describe("Amazon's event stream", () => {
  const message = (headers: Record<string, string>, payload: string): Buffer => {
    const head = Buffer.concat(
      Object.entries(headers).map(([name, value]) => {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(Buffer.byteLength(value));
        return Buffer.concat([
          Buffer.from([name.length]),
          Buffer.from(name),
          Buffer.from([7]),
          length,
          Buffer.from(value),
        ]);
      }),
    );
    const body = Buffer.from(payload);
    const prelude = Buffer.alloc(12);
    prelude.writeUInt32BE(12 + head.length + body.length + 4, 0);
    prelude.writeUInt32BE(head.length, 4);
    return Buffer.concat([prelude, head, body, Buffer.alloc(4)]);
  };
  const event = (type: string, payload: object) =>
    message(
      { ":event-type": type, ":content-type": "application/json", ":message-type": "event" },
      JSON.stringify(payload),
    );
  const contentType = "application/vnd.amazon.eventstream";
  const tokens = { inputTokens: 5, outputTokens: 3, totalTokens: 8 };
  const conversation = [
    event("messageStart", { role: "assistant" }),
    event("contentBlockDelta", { delta: { text: "hello" } }),
    event("metadata", { usage: tokens, metrics: { latencyMs: 400 } }),
  ];

  it("of Converse says its usage in its last message, cut anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), async (cuts) => {
        const bytes = Buffer.concat(conversation);
        const reading = await read({ bytes, contentType, format: "bedrock.converse" }, cuts);
        expect(reading.rawUsage?.["usage"]).toEqual(tokens);
      }),
    );
  });

  it("of a model holds the model's own events, wrapped", async () => {
    const metrics = { inputTokenCount: 9, outputTokenCount: 4, invocationLatency: 1, firstByteLatency: 1 };
    const inner = { type: "message_stop", "amazon-bedrock-invocationMetrics": metrics };
    const bytes = event("chunk", { bytes: Buffer.from(JSON.stringify(inner)).toString("base64"), p: "abc" });
    const reading = await read({ bytes, contentType, format: "bedrock.invoke" }, [7]);
    expect(reading.rawUsage?.["amazon-bedrock-invocationMetrics"]).toEqual(metrics);
  });

  it("that ends in an exception says which", async () => {
    const exception = message(
      { ":exception-type": "throttlingException", ":message-type": "exception" },
      '{"message":"the prompt"}',
    );
    const bytes = Buffer.concat([...conversation.slice(0, 2), exception]);
    const reading = await read({ bytes, contentType, format: "bedrock.converse" }, [50]);
    expect(reading).toMatchObject({ errorType: "throttlingException", hasUsage: false });
  });

  it("that is none says nothing", async () => {
    const reading = await read(
      { bytes: Buffer.alloc(5_000, 0xff), contentType, format: "bedrock.converse" },
      [64],
    );
    expect(reading.rawUsage).toBeUndefined();
  });
});

import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readReport } from "../../daemon/ingest/reportSchema.ts";
import { formatReaders } from "../../daemon/usage/formatReaders.ts";
import { interpret } from "../../daemon/usage/interpret.ts";
import type { JsonObject, JsonValue } from "../../shared/call.ts";
import type { Usage } from "../../shared/usage.ts";
import { type WireFormatName, wireFormats } from "../../shared/wireFormats.ts";
import type { ReadableFormat } from "../../shim/extract/readingPlan.ts";
import { scanRequest } from "../../shim/extract/requestScan.ts";
import { createSocketReader } from "../../shim/extract/socketMessages.ts";
import { createUsageReader, type Reading } from "../../shim/extract/usageReader.ts";
import { makeCallId } from "../builders.ts";

const formats: ReadableFormat[] = [...(Object.keys(wireFormats) as WireFormatName[]), "any"];

function read(format: ReadableFormat, body: string | Uint8Array, pieceLength = 1_000): Reading {
  const reader = createUsageReader(format);
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += pieceLength) reader.write(bytes.subarray(at, at + pieceLength));
  return reader.end();
}

/** What the daemon makes of it. It must take every report. */
function usageIn(format: ReadableFormat, { rawUsage = {} }: Reading): Usage {
  const report = readReport({
    callId: makeCallId(),
    startedAt: "2026-11-20T10:00:00.000Z",
    status: "ok",
    endpoint: { host: "llm.corp.example", method: "POST", path: "/infer" },
    provider: "acme",
    rawUsage,
  });
  if ("errors" in report) throw new Error(JSON.stringify(report.errors));
  if (format !== "any") return formatReaders[format](rawUsage).usage;
  const meaning = interpret(report.report);
  return "ignored" in meaning ? {} : meaning.usage;
}

const page = "<!doctype html><html><body><h1>502 Bad Gateway</h1>secret</body></html>";
const json = JSON.stringify({ id: "x", model: "m", usage: { prompt_tokens: 3, completion_tokens: 4 } });

describe.each(formats)("%s", (format) => {
  it.each([
    ["nothing", ""],
    ["blanks", " \r\n\t "],
    ["a page", page],
    ["a page said to be events", `data: ${page}\n\n`],
    ["plain text", "upstream connect error or disconnect/reset before headers"],
    ["compressed bytes", gzipSync(json)],
    ["half of them", gzipSync(json).subarray(0, 20)],
    ["bytes that are no text", Buffer.from([0x00, 0xff, 0xfe, 0xd8, 0x00, 0x7b, 0x22, 0x80])],
    ["UTF-16", Buffer.from(json, "utf16le")],
    ["brackets", "{".repeat(100_000)],
    ["other brackets", "[{".repeat(50_000)],
    ["quotes", '"'.repeat(99_999)],
    ["backslashes", `{"${"\\".repeat(99_999)}`],
    ["envelopes without end", '{"response":{"message":{"delta":{"data":'.repeat(10_000)],
    ["an event without end", `data: {"usage":${"x".repeat(200_000)}`],
    ["a name alone", '{"usage"'],
    ["another type", '"usage"'],
    ["null", "null"],
  ])("of %s says nothing, and lives", (_, body) => {
    for (const pieceLength of body.length > 200 ? [4_096, 100_000] : [1, 7]) {
      expect(read(format, body, pieceLength)).toMatchObject({ rawUsage: undefined, hasUsage: false });
    }
  });

  it("takes no number that cannot be one", () => {
    for (const value of ["12", -1, 1e30, "NaN", true, null, [], {}, "Infinity", { a: 1 }]) {
      const usage = usageIn(format, read(format, JSON.stringify(everything(value))));
      // A text tells the seconds of a video, and of lists the length is true whatever is in them.
      const { seconds: _, images, webSearches, ...amounts } = usage;
      expect(amounts).toEqual({});
      expect([images ?? 0, webSearches ?? 0].every(Number.isSafeInteger)).toBe(true);
    }
    const notJson = JSON.stringify(everything(7)).replaceAll(":7", ":NaN");
    expect(usageIn(format, read(format, notJson))).toEqual({});
  });

  it("a megabyte of a name, or of usage, leaves a row without", () => {
    const long = "n".repeat(1_000_000);
    for (const value of [
      { ...everything(7), model: long, id: long, modelVersion: long },
      { ...everything(7), model: "n".repeat(20_000), id: "n".repeat(20_000) },
      {
        ...everything(7),
        [wireFieldOf(format)]: Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`k${at}`, at])),
      },
      {
        ...everything(7),
        [wireFieldOf(format)]: Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`k${at}`, 1e20])),
      },
    ]) {
      const reading = read(format, JSON.stringify(value), 65_536);
      expect(JSON.stringify(reading.rawUsage ?? {}).length).toBeLessThanOrEqual(30_000);
      expect(() => usageIn(format, reading)).not.toThrow();
    }
  });

  it("a body that broke off says nothing that was not in it", () => {
    const whole = JSON.stringify(everything(7));
    // Each figure is seven: what is added up is a multiple.
    const words: ReadonlySet<JsonValue> = new Set(["x", "m", "completed", "BATCH_STATE_SUCCEEDED"]);
    const isKnown = (leaf: JsonValue) => (typeof leaf === "number" ? leaf % 7 === 0 : words.has(leaf));
    const unknown: JsonValue[] = [];
    for (const body of [Buffer.from(whole), Buffer.from(`data: ${whole}\n\n`)]) {
      for (let end = 0; end < body.length; end += 97) {
        const { itemCounts: _, ...said } = read(format, body.subarray(0, end)).rawUsage ?? {};
        unknown.push(...leavesOf(said).filter((leaf) => !isKnown(leaf)));
      }
    }
    expect(unknown).toEqual([]);
  });
});

function leavesOf(value: JsonValue): JsonValue[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [value];
}

/** A document with every word that a format knows, each figure of them the same. */
function everything(value: JsonValue): JsonObject {
  const figures = Object.fromEntries(figureNames.map((name) => [name, value]));
  const usage: JsonObject = {
    ...figures,
    prompt_tokens_details: figures,
    completion_tokens_details: figures,
    input_tokens_details: figures,
    cache_creation: figures,
    billed_units: figures,
    cost: value,
  };
  return {
    id: "x",
    model: "m",
    status: "completed",
    state: "BATCH_STATE_SUCCEEDED",
    ...figures,
    usage,
    usageMetadata: figures,
    usage_info: figures,
    meta: { usage: figures, billed_units: figures },
    metadata: { billableCharacterCount: value, usage: figures, state: "BATCH_STATE_SUCCEEDED" },
    data: { metadata: { creditsUsed: value } },
    costDollars: { total: value },
    seconds: value,
  };
}

const figureNames = [
  ..."prompt_tokens completion_tokens input_tokens output_tokens total_tokens cached_tokens audio_tokens".split(
    " ",
  ),
  ..."cache_read_input_tokens cache_creation_input_tokens reasoning_tokens promptTokenCount tokens credits".split(
    " ",
  ),
  ..."candidatesTokenCount thoughtsTokenCount responseTokenCount inputTokens outputTokens search_units".split(
    " ",
  ),
  ..."prompt_eval_count eval_count pages_processed creditsUsed token_count total_input_tokens".split(" "),
];

function wireFieldOf(format: ReadableFormat): string {
  return format === "any" ? "usage" : wireFormats[format].usageField;
}

describe("bodies without end", () => {
  const MEGABYTE = 1024 * 1024;
  const filler = Buffer.alloc(MEGABYTE, "0123456789abcdef");
  const rows = Buffer.from('{"id":"x","choices":[{"delta":{"content":"secret"}}]}\n'.repeat(20_000));
  const growing = Buffer.from(
    Array.from(
      { length: 5_000 },
      (_, at) => `data: {"type":"message_delta","usage":{"k${at}":${at}}}\n\n`,
    ).join(""),
  );

  it.each([
    ["one long text", "openai.chat", '{"choices":[{"message":{"content":"', filler, 2_048],
    ["one long line of events", "openai.chat", 'data: {"choices":"', filler, 64],
    ["one long field", "openai.chat", '{"usage":{"prompt_tokens":', filler, 64],
    ["one long name", "openai.chat", '{"', filler, 64],
    ["one long number", "vertex.predict", '{"token_count":', Buffer.alloc(MEGABYTE, "7"), 32],
    ["brackets", "google.generateContent", "", Buffer.alloc(MEGABYTE, "["), 32],
    ["envelopes", "openai.responses", "", Buffer.from('{"response":'.repeat(80_000)), 16],
    ["many lines", "ollama", "", rows, 16],
    ["many answers of a batch", "anthropic.batchResults", "", rows, 16],
    ["many events with usage", "anthropic.messages", "", growing, 32],
    ["bytes that are no text", "openai.chat", "\u0000", Buffer.alloc(MEGABYTE, 0xff), 64],
  ] as const)("%s: memory does not grow with it", (_, format, start, piece, pieces) => {
    const reader = createUsageReader(format);
    reader.write(Buffer.from(start));
    reader.write(piece);
    const used = () => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return (heapUsed + arrayBuffers) / MEGABYTE;
    };
    let most = 0;
    const before = used();
    for (let count = 0; count < pieces; count += 1) {
      reader.write(piece);
      if (count % 8 === 0) most = Math.max(most, used() - before);
    }
    expect(most).toBeLessThan(80);
    const { rawUsage = {} } = reader.end();
    expect(JSON.stringify(rawUsage).length).toBeLessThan(30_000);
  });
});

describe("requests and messages", () => {
  it("a megabyte of a model's name is no model, in a body or a form", () => {
    const model = "m".repeat(1_000_000);
    expect(scanRequest(JSON.stringify({ model, messages: [] })).model).toBeNull();
    const form = `--b\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n--b--\r\n`;
    expect(scanRequest(form).model).toBeNull();
  });

  it("any text is a request or a message that says nothing", () => {
    const needs = { words: ["search_depth"], lengths: ["input"] };
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json()),
        fc.constantFrom("", "--", "{", "\uFEFF"),
        (text, start) => {
          scanRequest(start + text, needs);
          for (const format of ["openai.realtime", "openai.responses", "google.live"] as const) {
            const reader = createSocketReader(format, "wss://api.openai.com/v1/realtime");
            reader?.sent(start + text);
            expect(reader?.received(start + text)).toBeNull();
          }
        },
      ),
    );
  });
});

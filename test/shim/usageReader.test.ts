import { describe, expect, it } from "vitest";
import type { ReadableFormat } from "../../shim/extract/readingPlan.ts";
import { createUsageReader } from "../../shim/extract/usageReader.ts";

function read(format: ReadableFormat, text: string, pieceLength = 7) {
  const reader = createUsageReader(format);
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += pieceLength) {
    reader.write(Buffer.from(bytes.subarray(from, from + pieceLength)));
  }
  return reader.end();
}

const events = (...data: unknown[]) =>
  data.map((each) => `data: ${typeof each === "string" ? each : JSON.stringify(each)}\n\n`).join("");

describe("usage, by wire format", () => {
  it("OpenAI chat, plain: the named fields and nothing else", () => {
    const body = {
      id: "c1",
      object: "chat.completion",
      model: "gpt",
      choices: [{ text: "secret" }],
      usage: { prompt_tokens: 3 },
    };
    expect(read("openai.chat", JSON.stringify(body))).toEqual({
      rawUsage: { id: "c1", model: "gpt", usage: { prompt_tokens: 3 } },
      hasUsage: true,
      errorType: undefined,
      complete: false,
    });
  });

  it("OpenAI chat, streamed with usage, in chunks that each say usage: null", () => {
    const chunk = { id: "c1", model: "gpt", service_tier: "default", choices: [{ delta: {} }], usage: null };
    const last = { id: "c1", model: "gpt", choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } };
    const reading = read("openai.chat", events(chunk, chunk, chunk, last, "[DONE]"));
    expect(reading.rawUsage).toEqual({
      id: "c1",
      model: "gpt",
      service_tier: "default",
      usage: { prompt_tokens: 3, completion_tokens: 4 },
    });
    expect(reading.complete).toBe(true);
  });

  it("OpenAI chat, streamed without usage: who it was, and that nothing was said", () => {
    const chunk = {
      id: "c1",
      model: "gpt",
      choices: [{ delta: { content: '"usage":{"prompt_tokens":9}' } }],
    };
    const reading = read("openai.chat", events(chunk, chunk, "[DONE]"));
    expect(reading).toMatchObject({ rawUsage: { id: "c1", model: "gpt" }, hasUsage: false, complete: true });
  });

  it("Ollama, a document a line: said to be over by the last one, though nobody reads on", () => {
    const part = { model: "qwen3:8b", message: { content: '"done":true' }, done: false };
    const last = { model: "qwen3:8b", done: true, prompt_eval_count: 26, eval_count: 298 };
    const lines = (...parts: unknown[]) => parts.map((each) => `${JSON.stringify(each)}\n`).join("");
    expect(read("ollama", lines(part, part, last))).toMatchObject({
      rawUsage: { model: "qwen3:8b", prompt_eval_count: 26, eval_count: 298 },
      complete: true,
    });
    expect(read("ollama", lines(part, part))).toMatchObject({
      rawUsage: { model: "qwen3:8b" },
      complete: false,
    });
  });

  it("Responses, streamed: the last envelope's document, and its searches counted", () => {
    const started = {
      type: "response.created",
      response: { id: "r1", model: "gpt", status: "in_progress", usage: null },
    };
    const delta = { type: "response.output_text.delta", delta: "usage" };
    const done = {
      type: "response.completed",
      response: {
        id: "r1",
        model: "gpt",
        status: "completed",
        background: false,
        output: [{ type: "web_search_call" }, { type: "message" }],
        usage: { input_tokens: 5 },
      },
    };
    expect(read("openai.responses", events(started, delta, done))).toMatchObject({
      rawUsage: {
        id: "r1",
        model: "gpt",
        status: "completed",
        background: false,
        usage: { input_tokens: 5 },
        itemCounts: { web_search_call: 1 },
      },
      complete: true,
    });
  });

  it("Anthropic, streamed: later usage over earlier, keeping what it lacks or has as null", () => {
    const start = {
      type: "message_start",
      message: {
        id: "m1",
        model: "claude",
        usage: { input_tokens: 10, output_tokens: 1, cache_creation: { ephemeral_1h_input_tokens: 7 } },
      },
    };
    const delta = { type: "message_delta", delta: {}, usage: { input_tokens: null, output_tokens: 55 } };
    expect(
      read("anthropic.messages", events(start, { type: "ping" }, delta, { type: "message_stop" })),
    ).toMatchObject({
      rawUsage: {
        id: "m1",
        model: "claude",
        usage: { input_tokens: 10, output_tokens: 55, cache_creation: { ephemeral_1h_input_tokens: 7 } },
      },
      complete: true,
    });
  });

  it("Gemini, streamed as events or as one list: the last usage stands", () => {
    const chunk = (count: number) => ({
      candidates: [{ content: {} }],
      usageMetadata: { promptTokenCount: 4, candidatesTokenCount: count },
      modelVersion: "gemini",
      responseId: "g1",
    });
    const expected = {
      usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 9 },
      modelVersion: "gemini",
      responseId: "g1",
    };
    expect(read("google.generateContent", events(chunk(1), chunk(5), chunk(9))).rawUsage).toEqual(expected);
    const list = JSON.stringify([chunk(1), chunk(5), chunk(9)], null, 2);
    expect(read("google.generateContent", list).rawUsage).toEqual(expected);
  });

  it("Gemini, plain or streamed: searches are counted, by the event that tells of most of them", () => {
    const chunk = (count: number, ...webSearchQueries: string[]) => ({
      candidates: [{ groundingMetadata: webSearchQueries.length > 0 ? { webSearchQueries } : {} }],
      usageMetadata: { promptTokenCount: count },
      responseId: "g1",
    });
    const itemCounts = { webSearchQueries: 2 };
    const whole = read("google.generateContent", JSON.stringify(chunk(4, "one", "two")));
    expect(whole.rawUsage).toEqual({ usageMetadata: { promptTokenCount: 4 }, responseId: "g1", itemCounts });
    const last = { usageMetadata: { promptTokenCount: 9 }, responseId: "g1", itemCounts };
    for (const chunks of [
      [chunk(1), chunk(2, "one", "two"), chunk(9)],
      [chunk(1), chunk(2, "one", "two"), chunk(9, "one")],
      [chunk(1, "one"), chunk(2), chunk(9, "one", "two")],
    ]) {
      expect(read("google.generateContent", events(...chunks)).rawUsage).toEqual(last);
      expect(read("google.generateContent", JSON.stringify(chunks)).rawUsage).toEqual(last);
    }
    expect(read("google.generateContent", events(chunk(1))).rawUsage).not.toHaveProperty("itemCounts");
  });

  it("an unknown endpoint of a host that the user named: any usage will do", () => {
    expect(read("any", '{"usageMetadata":{"promptTokenCount":1}}').hasUsage).toBe(true);
    expect(read("any", '{"usage":{"total_tokens":1}}').hasUsage).toBe(true);
    expect(read("any", '{"data":[{"usage":{}}],"usage":17}').hasUsage).toBe(false);
  });
});

describe("errors", () => {
  it.each([
    [
      "openai.chat",
      { error: { message: "no: secret", type: "invalid_request_error", code: "model_not_found" } },
      "model_not_found",
    ],
    [
      "openai.chat",
      { error: { message: "secret", type: "invalid_request_error", code: null } },
      "invalid_request_error",
    ],
    [
      "anthropic.messages",
      { type: "error", error: { type: "overloaded_error", message: "secret" } },
      "overloaded_error",
    ],
    [
      "google.generateContent",
      { error: { code: 400, message: "secret", status: "INVALID_ARGUMENT" } },
      "INVALID_ARGUMENT",
    ],
    [
      "google.generateContent",
      [{ error: { code: 429, message: "secret", status: "RESOURCE_EXHAUSTED" } }],
      "RESOURCE_EXHAUSTED",
    ],
    ["openai.chat", { error: { code: "your prompt was: secret things" } }, undefined],
    ["openai.chat", { error: "secret" }, undefined],
  ] as const)("%s %j → %s, never the message", (format, body, expected) => {
    const reading = read(format, JSON.stringify(body));
    expect(reading.errorType).toBe(expected);
    expect(JSON.stringify(reading)).not.toContain("secret");
  });

  it("an error in the middle of a stream", () => {
    const reading = read(
      "anthropic.messages",
      events(
        { type: "message_start", message: { id: "m", usage: { input_tokens: 1 } } },
        { type: "error", error: { type: "overloaded_error" } },
      ),
    );
    expect(reading).toMatchObject({ errorType: "overloaded_error", hasUsage: true });
  });

  it("what is no JSON and no stream says nothing", () => {
    for (const text of ["<html>502</html>", "", "   ", "data", "{", '{"usage":', "\u0000\u0001"]) {
      expect(read("openai.chat", text, 1)).toMatchObject({ rawUsage: undefined, hasUsage: false });
    }
  });
});

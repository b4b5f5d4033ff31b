import { createRequire } from "node:module";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  answerTokens,
  countTokens,
  REASONING_TOKENS,
  type Standin,
  startStandin,
} from "../../examples/standin/standin.mjs";

let standin: Standin;
let openai: OpenAI;
let anthropic: Anthropic;
let google: GoogleGenAI;

beforeAll(async () => {
  standin = await startStandin();
  openai = new OpenAI({ baseURL: standin.openai.url, apiKey: "k" });
  anthropic = new Anthropic({ baseURL: standin.anthropic.url, apiKey: "k" });
  google = new GoogleGenAI({ apiKey: "k", httpOptions: { baseUrl: standin.google.url } });
});
afterAll(() => standin.close());

const prompt = "Which of these coats keeps dry in a storm?";
const input = countTokens(prompt);
const output = answerTokens(input);

describe("OpenAI's own SDK", () => {
  it("reads a chat completion with its usage", async () => {
    const { id, model, usage, choices } = await openai.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: prompt }],
    });
    expect(id).toMatch(/^chatcmpl-/);
    expect(model).toBe("gpt-4o-mini-2024-07-18");
    expect(usage).toMatchObject({
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
    });
    expect(choices[0]?.message.content?.split(" ")).toHaveLength(output);
  });

  it("gets usage in a stream only where it asks for it", async () => {
    const request = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: prompt }] };
    const plain = await openai.chat.completions.create({ ...request, stream: true });
    const usages = [];
    for await (const chunk of plain) if (chunk.usage) usages.push(chunk.usage);
    expect(usages).toEqual([]);

    const asked = await openai.chat.completions.create({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of asked) if (chunk.usage) usages.push(chunk.usage);
    expect(usages).toEqual([expect.objectContaining({ prompt_tokens: input, completion_tokens: output })]);
  });

  it("parses structured output", async () => {
    const response = await openai.responses.parse({
      model: "gpt-5-mini",
      input: prompt,
      text: {
        format: {
          type: "json_schema",
          name: "coat",
          strict: true,
          schema: {
            type: "object",
            properties: { material: { type: "string" }, weight: { type: "number" } },
            required: ["material", "weight"],
            additionalProperties: false,
          },
        },
      },
    });
    expect(response.output_parsed).toEqual({ material: "linen", weight: 42 });
    expect(response.usage?.output_tokens_details.reasoning_tokens).toBe(REASONING_TOKENS);
    expect(response.usage?.output_tokens).toBe(output + REASONING_TOKENS);
  });

  it("streams a response to its completed event", async () => {
    const stream = openai.responses.stream({ model: "gpt-4.1-mini", input: prompt });
    const final = await stream.finalResponse();
    expect(final.usage).toMatchObject({ input_tokens: input, output_tokens: output });
    expect(final.output_text.split(" ")).toHaveLength(output);
  });

  it("polls a background response to its usage", async () => {
    const queued = await openai.responses.create({ model: "gpt-4.1-mini", input: prompt, background: true });
    expect(queued.status).toBe("queued");
    expect((await openai.responses.retrieve(queued.id)).status).toBe("in_progress");
    expect((await openai.responses.retrieve(queued.id)).usage?.input_tokens).toBe(input);
  });

  it("embeds", async () => {
    const { data, usage } = await openai.embeddings.create({
      model: "text-embedding-3-small",
      input: [prompt, "x"],
    });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([8, 8]);
    expect(usage.prompt_tokens).toBe(countTokens(prompt, "x"));
  });

  it("retries what failed, and is answered then", async () => {
    const before = standin.exchanges.length;
    const { usage } = await openai.chat.completions.create(
      { model: "gpt-4o", messages: [{ role: "user", content: prompt }] },
      { headers: { "x-standin": "status=429, times=1" } },
    );
    expect(usage?.prompt_tokens).toBe(input);
    expect(standin.exchanges.slice(before).map(({ status }) => status)).toEqual([429, 200]);
  });

  it("sees an error as the provider words it", async () => {
    await expect(
      openai.chat.completions.create({ model: "gpt-4o~status=400", messages: [] }),
    ).rejects.toMatchObject({ status: 400, type: "invalid_request_error" });
  });
});

describe("Anthropic's own SDK", () => {
  const request = {
    model: "claude-haiku-4-5",
    max_tokens: 1000,
    messages: [{ role: "user" as const, content: prompt }],
  };

  it("reads a message", async () => {
    const { usage, model } = await anthropic.messages.create(request);
    expect(model).toBe("claude-haiku-4-5-20251001");
    expect(usage).toMatchObject({ input_tokens: input, output_tokens: output, cache_read_input_tokens: 0 });
  });

  it("adds up a stream to the same usage", async () => {
    const message = await anthropic.messages.stream(request).finalMessage();
    expect(message.usage).toMatchObject({ input_tokens: input, output_tokens: output });
    expect(message.stop_reason).toBe("end_turn");
  });

  it("writes to the cache once and reads from it after", async () => {
    const system = [
      {
        type: "text" as const,
        text: "You sell coats. ".repeat(40),
        cache_control: { type: "ephemeral" as const, ttl: "1h" as const },
      },
    ];
    const cached = countTokens(system[0]?.text ?? "");
    const first = await anthropic.messages.create({ ...request, system });
    const second = await anthropic.messages.create({ ...request, system });
    expect(first.usage).toMatchObject({
      cache_creation_input_tokens: cached,
      cache_creation: { ephemeral_1h_input_tokens: cached, ephemeral_5m_input_tokens: 0 },
      cache_read_input_tokens: 0,
      input_tokens: input,
    });
    expect(second.usage).toMatchObject({ cache_creation_input_tokens: 0, cache_read_input_tokens: cached });
  });

  it("stops at max_tokens and counts tokens for nothing", async () => {
    const { usage } = await anthropic.messages.create({ ...request, max_tokens: 3 });
    expect(usage.output_tokens).toBe(3);
    const { input_tokens } = await anthropic.messages.countTokens({
      model: request.model,
      messages: request.messages,
    });
    expect(input_tokens).toBe(input);
    expect(standin.exchanges.at(-1)?.usage).toBeNull();
  });
});

describe("Google's own SDK", () => {
  const request = { model: "gemini-2.5-flash", contents: prompt };

  it("reads generated content, thoughts beside the answer", async () => {
    const { usageMetadata, modelVersion } = await google.models.generateContent(request);
    expect(modelVersion).toBe("gemini-2.5-flash");
    expect(usageMetadata).toMatchObject({
      promptTokenCount: input,
      candidatesTokenCount: output,
      thoughtsTokenCount: REASONING_TOKENS,
      totalTokenCount: input + output + REASONING_TOKENS,
    });
  });

  it("gets the final usage with the last chunk", async () => {
    const counts = [];
    for await (const chunk of await google.models.generateContentStream(request))
      counts.push(chunk.usageMetadata?.candidatesTokenCount);
    expect(counts).toHaveLength(4);
    expect(counts.at(-1)).toBe(output);
  });

  it("embeds", async () => {
    const { embeddings } = await google.models.embedContent({
      model: "gemini-embedding-001",
      contents: ["a", "b"],
    });
    expect(embeddings).toHaveLength(2);
  });
});

describe("the wire", () => {
  const ask = (directives: string, body: object, signal?: AbortSignal) =>
    fetch(`${standin.openai.url}/chat/completions`, {
      method: "POST",
      headers: { "x-standin": directives, "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: prompt }], ...body }),
      signal: signal ?? null,
    });

  it.each(["gzip", "br", "deflate"])("compresses documents and streams by %s", async (encoding) => {
    const document = await ask(`encoding=${encoding}`, {});
    expect(document.headers.get("content-encoding")).toBe(encoding);
    expect(await document.json()).toMatchObject({ usage: { prompt_tokens: input } });
    const stream = await ask(`encoding=${encoding}, split=7`, { stream: true });
    expect(await stream.text()).toMatch(/\[DONE\]\n\n$/);
  });

  it("drops a connection in the middle where asked to", async () => {
    const response = await ask("cut=3", { stream: true });
    await expect(response.text()).rejects.toThrow();
  });

  it("redirects once", async () => {
    const response = await ask("redirect", {});
    expect(response.redirected).toBe(true);
    expect(await response.json()).toMatchObject({ usage: { prompt_tokens: input } });
  });

  it("survives a client that leaves", async () => {
    const leave = new AbortController();
    const response = await ask("hang=2", { stream: true }, leave.signal);
    leave.abort();
    await expect(response.text()).rejects.toThrow();
    expect((await ask("", {})).status).toBe(200);
  });

  it("answers malformed JSON with 400", async () => {
    const response = await fetch(`${standin.anthropic.url}/v1/messages`, { method: "POST", body: "{" });
    expect(response.status).toBe(400);
  });
});

it("runs with older majors of the SDKs as well", async () => {
  const { OpenAI: OpenAI6 } = createRequire(import.meta.url)("openai-6");
  const { usage } = await new OpenAI6({
    baseURL: standin.openai.url,
    apiKey: "k",
  }).chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: prompt }] });
  expect(usage.prompt_tokens).toBe(input);
});

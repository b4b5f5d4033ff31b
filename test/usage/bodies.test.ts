import { describe, expect, it } from "vitest";
import { type Interpretation, interpret } from "../../daemon/usage/interpret.ts";
import type { Usage } from "../../shared/usage.ts";
import { createUsageReader } from "../../shim/extract/usageReader.ts";
import { createTargets } from "../../shim/transports/target.ts";
import { makeCallId } from "../builders.ts";

/** Whole bodies as providers send them, through the shim's own reader, cut at every place. */
function meaningOf(
  request: string,
  body: string,
  pieceLength: number,
): Interpretation & { complete: boolean } {
  const [method = "", url = ""] = request.split(" ");
  const target = createTargets([]).find(url, method);
  if (target === undefined) throw new Error(`${request} is not looked at`);
  const reader = createUsageReader(target.format);
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += pieceLength) reader.write(bytes.subarray(at, at + pieceLength));
  const { rawUsage, complete } = reader.end();
  expect(JSON.stringify(rawUsage)).not.toContain("secret");
  const meaning = interpret({
    callId: makeCallId(),
    startedAt: "2026-11-20T10:00:00.000Z",
    status: "ok",
    httpStatus: 200,
    endpoint: target.endpoint,
    ...(rawUsage === undefined ? {} : { rawUsage }),
  });
  if ("ignored" in meaning) throw new Error(meaning.ignored);
  return { ...meaning, complete };
}

const events = (...datas: object[]) => datas.map((data) => `data: ${JSON.stringify(data)}\n\n`).join("");
const lines = (...documents: object[]) =>
  documents.map((document) => `${JSON.stringify(document)}\n`).join("");
const chunk = { id: "chatcmpl-0123456789", model: "m", choices: [{ delta: { content: "secret" } }] };
const usage = { prompt_tokens: 30, completion_tokens: 7, total_tokens: 37 };

interface Case {
  name: string;
  request: string;
  body: string;
  usage: Usage;
  also?: Partial<Interpretation & { complete: boolean }>;
}

const cases: Case[] = [
  {
    name: "Cohere's stream ends with what it bills",
    request: "POST https://api.cohere.com/v2/chat",
    body: events(
      { id: "c-1", type: "message-start", delta: { message: { role: "assistant", content: [] } } },
      { type: "content-delta", index: 0, delta: { message: { content: { text: "secret" } } } },
      {
        type: "message-end",
        delta: {
          finish_reason: "COMPLETE",
          usage: {
            billed_units: { input_tokens: 41, output_tokens: 28 },
            tokens: { input_tokens: 1442, output_tokens: 29 },
          },
        },
      },
    ),
    usage: { inputTokens: 41, outputTokens: 28 },
    also: { responseId: "c-1", complete: true },
  },
  {
    name: "Cohere's older stream",
    request: "POST https://api.cohere.com/v1/chat",
    body: lines(
      { event_type: "stream-start", generation_id: "g-1" },
      { event_type: "text-generation", text: "secret" },
      {
        event_type: "stream-end",
        response: {
          text: "secret",
          generation_id: "g-1",
          meta: { billed_units: { input_tokens: 3, output_tokens: 2 } },
        },
      },
    ),
    usage: { inputTokens: 3, outputTokens: 2 },
    also: { responseId: "g-1" },
  },
  {
    name: "Groq's stream with the usage in x_groq alone",
    request: "POST https://api.groq.com/openai/v1/chat/completions",
    body: `${events(chunk, { ...chunk, x_groq: { id: "req_1", usage } })}data: [DONE]\n\n`,
    usage: { inputTokens: 30, outputTokens: 7 },
    also: { responseId: chunk.id, complete: true },
  },
  {
    name: "Perplexity's stream repeats the growing usage and declares the cost at its end",
    request: "POST https://api.perplexity.ai/chat/completions",
    body: `${events(
      { ...chunk, usage: { ...usage, completion_tokens: 1 } },
      { ...chunk, usage: { ...usage, search_context_size: "low", cost: { total_cost: 0.0051 } } },
    )}data: [DONE]\n\n`,
    usage: { inputTokens: 30, outputTokens: 7 },
    also: { declaredCostNanoUsd: 5_100_000, complete: true },
  },
  {
    name: "OpenRouter's stream",
    request: "POST https://openrouter.ai/api/v1/chat/completions",
    body: `: OPENROUTER PROCESSING\n\n${events(chunk, { ...chunk, choices: [], usage: { ...usage, cost: 0.0001 } })}data: [DONE]\n\n`,
    usage: { inputTokens: 30, outputTokens: 7 },
    also: { declaredCostNanoUsd: 100_000, complete: true },
  },
  {
    name: "Ollama's own stream of lines",
    request: "POST http://localhost:11434/api/chat",
    body: lines(
      { model: "llama3.2", message: { role: "assistant", content: "secret" }, done: false },
      { model: "llama3.2", message: { content: "" }, done: true, prompt_eval_count: 26, eval_count: 290 },
    ),
    usage: { inputTokens: 26, outputTokens: 290 },
    also: { responseModel: "llama3.2" },
  },
  {
    name: "Firecrawl's page says its credits among the page's own words",
    request: "POST https://api.firecrawl.dev/v2/scrape",
    body: JSON.stringify({
      success: true,
      data: {
        markdown: "secret",
        metadata: { title: "secret", id: "secret", statusCode: 200, creditsUsed: 5 },
      },
    }),
    usage: { credits: 5 },
    also: { responseId: null },
  },
  {
    name: "Firecrawl's search",
    request: "POST https://api.firecrawl.dev/v2/search",
    body: JSON.stringify({ success: true, data: { web: [{ title: "secret" }] }, creditsUsed: 2, id: "s" }),
    usage: { credits: 2 },
  },
  {
    name: "Firecrawl's crawl that has ended, whose pages have figures of their own",
    request: "GET https://api.firecrawl.dev/v2/crawl/job-0123456789",
    body: JSON.stringify({
      status: "completed",
      creditsUsed: 2,
      data: [{ markdown: "secret", metadata: { creditsUsed: 1 } }, { metadata: { creditsUsed: 1 } }],
    }),
    usage: { credits: 2 },
    also: { effect: "completes", responseId: "job-0123456789" },
  },
  {
    name: "Exa's search",
    request: "POST https://api.exa.ai/search",
    body: JSON.stringify({ requestId: "r", results: [{ text: "secret" }], costDollars: { total: 0.007 } }),
    usage: {},
    also: { declaredCostNanoUsd: 7_000_000 },
  },
  {
    name: "Tavily's search",
    request: "POST https://api.tavily.com/search",
    body: JSON.stringify({ query: "secret", answer: "secret", request_id: "t", usage: { credits: 2 } }),
    usage: { credits: 2 },
  },
  {
    name: "Voyage's embeddings",
    request: "POST https://api.voyageai.com/v1/embeddings",
    body: JSON.stringify({
      object: "list",
      data: [{ embedding: [0.1] }],
      model: "voyage-3.5",
      usage: { total_tokens: 9 },
    }),
    usage: { inputTokens: 9 },
  },
  {
    name: "Jina's reader",
    request: "POST https://r.jina.ai/",
    body: JSON.stringify({
      code: 200,
      data: { content: "secret", usage: { tokens: 9 } },
      meta: { usage: { tokens: 9 } },
    }),
    usage: { outputTokens: 9 },
  },
  {
    name: "Mistral's documents",
    request: "POST https://api.mistral.ai/v1/ocr",
    body: JSON.stringify({
      pages: [{ markdown: "secret" }],
      model: "mistral-ocr-2512",
      usage_info: { pages_processed: 1 },
    }),
    usage: { pages: 1 },
  },
  {
    name: "Bedrock's Converse",
    request: "POST https://bedrock-runtime.us-east-1.amazonaws.com/model/us.amazon.nova-lite-v1%3A0/converse",
    body: JSON.stringify({
      output: { message: { content: [{ text: "secret" }] } },
      usage: { inputTokens: 22, outputTokens: 13, cacheReadInputTokens: 0, cacheWriteInputTokens: 2_492 },
    }),
    usage: {
      inputTokens: 2_514,
      outputTokens: 13,
      cacheReadInputTokens: 0,
      cacheCreationInputTokens: 2_492,
    },
  },
  {
    name: "images made",
    request: "POST https://api.openai.com/v1/images/generations",
    body: JSON.stringify({ created: 1, data: [{ url: "secret" }, { url: "secret" }] }),
    usage: { images: 2 },
  },
];

describe("an endpoint that nobody knows", () => {
  it("gives its usage, and nothing that may hold the user's own words", () => {
    const reader = createUsageReader("any");
    const body = {
      metadata: { user: "secret", id: "secret" },
      meta: { note: "secret" },
      data: { creditsUsed: 1, id: "secret" },
      usage: { prompt_tokens: 3, completion_tokens: 4 },
    };
    reader.write(Buffer.from(JSON.stringify(body)));
    const { rawUsage, hasUsage } = reader.end();
    expect({ rawUsage, hasUsage }).toEqual({ rawUsage: { usage: body.usage }, hasUsage: true });
    const other = createUsageReader("any");
    other.write(Buffer.from(JSON.stringify({ metadata: { user: "secret" }, meta: {} })));
    expect(other.end()).toMatchObject({ rawUsage: undefined, hasUsage: false });
  });
});

describe("whole answers", () => {
  it.each(cases)("$name", ({ request, body, usage, also }) => {
    for (const pieceLength of [1, 7, 64, body.length]) {
      const meaning = meaningOf(request, body, pieceLength);
      expect(meaning.usage).toEqual(usage);
      expect(meaning).toMatchObject(also ?? {});
    }
  });
});

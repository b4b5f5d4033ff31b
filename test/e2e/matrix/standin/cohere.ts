import {
  type Answer,
  type AskedOf,
  document,
  eventStream,
  modelOf,
  type Speaker,
  tokensOf,
} from "./exchange.ts";

/** https://docs.cohere.com/reference: billed are `billed_units`, which are fewer than the `tokens`. */
export const cohere: Speaker = (asked) => {
  if (asked.method !== "POST") return undefined;
  if (asked.path === "/v2/chat") return chat(asked);
  if (asked.path === "/v2/embed") return embed(asked);
  if (asked.path === "/v2/rerank") return rerank(asked);
  if (asked.path === "/v1/tokenize") return document({ tokens: [1, 2, 3], token_strings: ["a"] }, null);
  return undefined;
};

function chat(asked: AskedOf): Answer {
  const { input, output } = tokensOf(asked);
  const stream = asked.body["stream"] === true;
  const id = asked.name("");
  const usage = {
    billed_units: { input_tokens: input, output_tokens: output },
    tokens: { input_tokens: input + 500, output_tokens: output + 2 },
    cached_tokens: 0,
  };
  const billed = {
    operation: "chat" as const,
    model: modelOf(asked),
    stream,
    usage: { inputTokens: input, outputTokens: output },
  };
  if (!stream) {
    const message = { role: "assistant", content: [{ type: "text", text: "Two francs." }] };
    return document({ id, message, finish_reason: "COMPLETE", usage }, billed);
  }
  const event = (type: string, more: object) => ({
    event: type,
    data: JSON.parse(JSON.stringify({ type, ...more })),
  });
  const delta = (text: string) => ({ index: 0, delta: { message: { content: { text } } } });
  const start = { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] };
  return eventStream(
    [
      event("message-start", { id, delta: { message: start } }),
      event("content-start", { index: 0, delta: { message: { content: { type: "text", text: "" } } } }),
      event("content-delta", delta("Two")),
      event("content-delta", delta(" francs.")),
      event("content-end", { index: 0 }),
      event("message-end", { id, delta: { finish_reason: "COMPLETE", usage } }),
    ],
    billed,
  );
}

function embed(asked: AskedOf): Answer {
  const { input } = tokensOf(asked);
  return document(
    {
      id: asked.name(""),
      embeddings: { float: [[0.25, -0.5, 0.125]] },
      texts: ["fish"],
      meta: { api_version: { version: "2" }, billed_units: { input_tokens: input } },
      response_type: "embeddings_by_type",
    },
    { operation: "embeddings", model: modelOf(asked), stream: false, usage: { inputTokens: input } },
  );
}

function rerank(asked: AskedOf): Answer {
  return document(
    {
      id: asked.name(""),
      results: [{ index: 0, relevance_score: 0.9 }],
      meta: { api_version: { version: "2" }, billed_units: { search_units: 1 } },
    },
    { operation: "rerank", model: modelOf(asked), stream: false, usage: { requests: 1 } },
  );
}

import type { JsonObject } from "../../../../shared/call.ts";
import {
  type Answer,
  type AskedOf,
  type Billed,
  document,
  eventStream,
  modelOf,
  type Speaker,
  tokensOf,
} from "./exchange.ts";
import { plainMeaning, plainUsage, speakOpenai } from "./openaiWords.ts";

/** https://docs.perplexity.ai/api-reference/chat-completions-post: every chunk has the usage so far. */
const perplexityChat = speakOpenai({
  chat: "/chat/completions",
  usage: (asked) => ({
    ...plainUsage(asked),
    search_context_size: "low",
    cost: {
      input_tokens_cost: 0.0001,
      output_tokens_cost: 0.0001,
      request_cost: 0.005,
      total_cost: Number(perplexityCost(asked)),
    },
  }),
  meaning: plainMeaning,
  costUsd: perplexityCost,
  more: () => ({ citations: ["https://example.com/fish"], search_results: [] }),
  chunks: (chunks, usage) =>
    chunks.map((chunk, index) => {
      const soFar = index === chunks.length - 1 ? usage : { ...usage, completion_tokens: index, cost: null };
      return { ...chunk, usage: soFar };
    }),
});

export const perplexity: Speaker = (asked) => {
  if (asked.method !== "POST") return undefined;
  if (/\/v1\/(?:agent|responses)$/.test(asked.path)) return agent(asked);
  if (asked.path.endsWith("/v1/embeddings")) return embeddings(asked);
  return asked.path.endsWith("/search") ? search(asked) : perplexityChat(asked);
};

/** https://docs.perplexity.ai/docs/agent-api: Responses, with the cost of all that the agent did. */
function agent(asked: AskedOf): Answer {
  const model = modelOf(asked);
  const { input, output } = tokensOf(asked);
  const costUsd = perplexityCost(asked);
  const stream = asked.body["stream"] === true;
  const usage = {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_tokens_details: { cache_creation_input_tokens: 0, cache_read_input_tokens: 24 },
    tool_calls_details: { search_web: { invocation: 1 } },
    cost: {
      currency: "USD",
      input_cost: 0.0001,
      output_cost: 0.0001,
      tool_calls_cost: 0.005,
      total_cost: Number(costUsd),
    },
  };
  const billed: Billed = {
    operation: "chat",
    model,
    stream,
    usage: {
      inputTokens: input,
      outputTokens: output,
      cacheReadInputTokens: 24,
      cacheCreationInputTokens: 0,
    },
    costUsd,
  };
  const text = "Two francs.";
  const content = [{ type: "output_text", text, annotations: [] }];
  const item = { id: asked.name("msg_"), type: "message", role: "assistant", status: "completed", content };
  const response = { id: asked.name("resp_"), object: "response", created_at: 1_763_000_000, model };
  const completed = { ...response, status: "completed", output: [item], usage };
  if (!stream) return document(completed, billed);
  const place = { item_id: item.id, output_index: 0, content_index: 0 };
  const events: JsonObject[] = [
    { type: "response.created", response: { ...response, status: "in_progress", output: [] } },
    {
      type: "response.output_item.added",
      output_index: 0,
      item: { ...item, status: "in_progress", content: [] },
    },
    { type: "response.output_text.delta", ...place, delta: "Two" },
    { type: "response.output_text.delta", ...place, delta: " francs." },
    { type: "response.output_text.done", ...place, text },
    { type: "response.output_item.done", output_index: 0, item },
    { type: "response.completed", response: completed },
  ];
  return eventStream(
    events.map((event, sequence_number) => ({
      event: String(event["type"]),
      data: { ...event, sequence_number },
    })),
    billed,
  );
}

function embeddings(asked: AskedOf): Answer {
  const model = modelOf(asked);
  const { input } = tokensOf(asked);
  const costUsd = (0.00001 * asked.nth).toFixed(5);
  const cost = { currency: "USD", input_cost: Number(costUsd), total_cost: Number(costUsd) };
  return document(
    {
      object: "list",
      model,
      data: [{ object: "embedding", index: 0, embedding: "QIAA" }],
      usage: { prompt_tokens: input, total_tokens: input, cost },
    },
    { operation: "embeddings", model, stream: false, usage: { inputTokens: input }, costUsd },
  );
}

function search(asked: AskedOf): Answer {
  const result = { title: "Fish", url: "https://example.com/fish", snippet: "Two francs.", date: null };
  return document(
    { id: asked.name("search-"), results: [result], server_time: null },
    { operation: "search", model: null, stream: false, usage: {} },
  );
}

function perplexityCost({ nth }: AskedOf): string {
  return (0.005 + 0.0002 * nth).toFixed(4);
}

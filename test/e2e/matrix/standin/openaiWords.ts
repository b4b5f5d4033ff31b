import type { JsonObject } from "../../../../shared/call.ts";
import type { Usage } from "../../../../shared/usage.ts";
import {
  type Answer,
  type AskedOf,
  document,
  eventStream,
  modelOf,
  type Speaker,
  tokensOf,
} from "./exchange.ts";

/** How a provider that speaks OpenAI's words differs from OpenAI. */
interface Dialect {
  /** Ends of the paths that it answers. */
  chat: string;
  embeddings?: string;
  usage(asked: AskedOf): JsonObject;
  /** The same in our words. */
  meaning(asked: AskedOf): Usage;
  costUsd?(asked: AskedOf): string;
  /** Members of the document and of each chunk besides OpenAI's. */
  more?(asked: AskedOf): JsonObject;
  /** Where in a stream the usage stands: by default in the last chunk. */
  chunks?(pieces: JsonObject[], usage: JsonObject, asked: AskedOf): (JsonObject | string)[];
  done?: boolean;
}

const words = ["It", " costs", " two", " francs", "."];

function inLastChunk(chunks: JsonObject[], usage: JsonObject): JsonObject[] {
  return chunks.map((chunk, index) => (index === chunks.length - 1 ? { ...chunk, usage } : chunk));
}

export function speakOpenai(dialect: Dialect): Speaker {
  return (asked) => {
    if (asked.method !== "POST") return undefined;
    if (asked.path.endsWith(dialect.chat)) return chat(dialect, asked);
    if (dialect.embeddings !== undefined && asked.path.endsWith(dialect.embeddings)) return embeddings(asked);
    return undefined;
  };
}

function chat(dialect: Dialect, asked: AskedOf): Answer {
  const model = modelOf(asked);
  const stream = asked.body["stream"] === true;
  const usage = dialect.usage(asked);
  const costUsd = dialect.costUsd?.(asked);
  const billed = {
    operation: "chat" as const,
    model,
    stream,
    usage: dialect.meaning(asked),
    ...(costUsd === undefined ? {} : { costUsd }),
  };
  const head = { id: asked.name("chatcmpl-"), created: 1_763_000_000, model, ...dialect.more?.(asked) };
  if (!stream) {
    const message = { role: "assistant", content: words.join("") };
    const choices = [{ index: 0, message, finish_reason: "stop" }];
    return document({ ...head, object: "chat.completion", system_fingerprint: null, choices, usage }, billed);
  }
  const chunk = (delta: JsonObject, finish_reason: string | null): JsonObject => ({
    ...head,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason }],
  });
  const chunks = [
    chunk({ role: "assistant", content: "" }, null),
    ...words.map((content) => chunk({ content }, null)),
    chunk({ content: "" }, "stop"),
  ];
  const events = dialect.chunks?.(chunks, usage, asked) ?? inLastChunk(chunks, usage);
  return eventStream(dialect.done === false ? events : [...events, "[DONE]"], billed);
}

function embeddings(asked: AskedOf): Answer {
  const model = modelOf(asked);
  const { input } = tokensOf(asked);
  const usage = { prompt_tokens: input, total_tokens: input };
  const data = [{ object: "embedding", index: 0, embedding: [0.25, -0.5, 0.125] }];
  return document(
    { id: asked.name("embd-"), object: "list", model, data, usage },
    { operation: "embeddings", model, stream: false, usage: { inputTokens: input } },
  );
}

export function plainUsage(asked: AskedOf) {
  const { input, output } = tokensOf(asked);
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

export function plainMeaning(asked: AskedOf) {
  const { input, output } = tokensOf(asked);
  return { inputTokens: input, outputTokens: output };
}

/** https://console.groq.com/docs/api-reference: without `include_usage` a stream has its usage in `x_groq` alone. */
export const groq = speakOpenai({
  chat: "/openai/v1/chat/completions",
  usage: (asked) => ({
    queue_time: 0.012,
    prompt_time: 0.003,
    completion_time: 0.041,
    total_time: 0.044,
    ...plainUsage(asked),
    prompt_tokens_details: { cached_tokens: 64 },
  }),
  meaning: (asked) => ({ ...plainMeaning(asked), cacheReadInputTokens: 64 }),
  more: (asked) => ({ x_groq: { id: asked.name("req_") } }),
  chunks: (chunks, usage, asked) =>
    chunks.map(({ x_groq, ...chunk }, index) => {
      if (index === 0) return { ...chunk, x_groq: x_groq ?? null };
      return index === chunks.length - 1 ? { ...chunk, x_groq: { id: asked.name("req_"), usage } } : chunk;
    }),
});

/** https://docs.mistral.ai/api */
export const mistral = speakOpenai({
  chat: "/v1/chat/completions",
  embeddings: "/v1/embeddings",
  usage: (asked) => ({ ...plainUsage(asked), prompt_tokens_details: { cached_tokens: 48 } }),
  meaning: (asked) => ({ ...plainMeaning(asked), cacheReadInputTokens: 48 }),
});

/** https://openrouter.ai/docs/use-cases/usage-accounting */
export const openrouter = speakOpenai({
  chat: "/chat/completions",
  embeddings: "/embeddings",
  usage: (asked) => ({
    ...plainUsage(asked),
    cost: Number(openrouterCost(asked)),
    is_byok: false,
    prompt_tokens_details: { cached_tokens: 16, audio_tokens: 0 },
    cost_details: {
      upstream_inference_cost: null,
      upstream_inference_prompt_cost: 0.00002,
      upstream_inference_completions_cost: 0.00001,
    },
    completion_tokens_details: { reasoning_tokens: 8 },
  }),
  meaning: (asked) => ({
    ...plainMeaning(asked),
    cacheReadInputTokens: 16,
    inputAudioTokens: 0,
    reasoningOutputTokens: 8,
  }),
  costUsd: openrouterCost,
  more: () => ({ provider: "Parasail" }),
});

function openrouterCost({ nth }: AskedOf): string {
  return (0.00003 * nth).toFixed(5);
}

/** https://huggingface.co/docs/inference-providers/tasks/chat-completion */
export const huggingface = speakOpenai({
  chat: "/v1/chat/completions",
  usage: plainUsage,
  meaning: plainMeaning,
});

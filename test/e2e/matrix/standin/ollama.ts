import type { JsonObject } from "../../../../shared/call.ts";
import { type Answer, type AskedOf, document, modelOf, type Speaker, tokensOf } from "./exchange.ts";

/** https://docs.ollama.com/api: a stream is a JSON document a line. */
export const ollama: Speaker = (asked) => {
  if (asked.method === "GET" && asked.path === "/api/tags") return document({ models: [] }, null);
  if (asked.method !== "POST") return undefined;
  if (asked.path === "/api/chat") {
    return generate(asked, (content) => ({ message: { role: "assistant", content } }));
  }
  if (asked.path === "/api/generate") return generate(asked, (response) => ({ response }));
  if (asked.path === "/api/embed") return embed(asked);
  return undefined;
};

function generate(asked: AskedOf, said: (text: string) => JsonObject): Answer {
  const model = modelOf(asked);
  const { input, output } = tokensOf(asked);
  // Without a word about it Ollama streams; its SDK always says.
  const stream = asked.body["stream"] !== false;
  const head = { model, created_at: "2026-11-21T10:00:00.000000Z" };
  const last = (text: string) => ({
    ...head,
    ...said(text),
    done: true,
    done_reason: "stop",
    total_duration: 812_000_000,
    load_duration: 12_000_000,
    prompt_eval_count: input,
    prompt_eval_duration: 200_000_000,
    eval_count: output,
    eval_duration: 600_000_000,
  });
  const billed = {
    operation: "chat" as const,
    model,
    stream,
    usage: { inputTokens: input, outputTokens: output },
  };
  if (!stream) return document(last("Two francs."), billed);
  const parts = [
    ...["Two", " francs", "."].map((text) => ({ ...head, ...said(text), done: false })),
    last(""),
  ];
  return {
    status: 200,
    headers: { "content-type": "application/x-ndjson" },
    pieces: parts.map((part) => `${JSON.stringify(part)}\n`),
    billed,
  };
}

function embed(asked: AskedOf): Answer {
  const model = modelOf(asked);
  const { input } = tokensOf(asked);
  return document(
    {
      model,
      embeddings: [[0.25, -0.5, 0.125]],
      total_duration: 14_000_000,
      load_duration: 1_000_000,
      prompt_eval_count: input,
    },
    { operation: "embeddings", model, stream: false, usage: { inputTokens: input } },
  );
}

import type { Operation } from "../../shared/call.ts";
import { ownValue } from "../../shared/ownValue.ts";
import { type Span, type SpanAttributes, textOf } from "./span.ts";

/**
 * What a span is to a meter: a model that was asked (which costs), a part of a framework around such calls (an agent, a
 * step, a tool: attributes only), or none of these.
 */
export type SpanRole = { kind: "inference"; operation: Operation } | { kind: "around" } | { kind: "other" };

const around: SpanRole = { kind: "around" };
const other: SpanRole = { kind: "other" };

/** `gen_ai.operation.name` and its like → ours. */
const operations: Readonly<Record<string, Operation>> = {
  chat: "chat",
  completion: "chat",
  generate_content: "chat",
  text_completion: "chat",
  embedding: "embeddings",
  embeddings: "embeddings",
  image: "image",
  image_generation: "image",
  generate_image: "image",
  speech: "audio",
  transcription: "audio",
  rerank: "rerank",
  moderation: "moderation",
};

/** The AI SDK's `ai.operationId` of what it asks a provider; all else of its own is around that. */
const AI_SDK_REQUEST = /^ai\.\w+\.do(\w+)$/;
const aiSdkOperations: Readonly<Record<string, Operation>> = {
  Generate: "chat",
  Stream: "chat",
  Embed: "embeddings",
  Rerank: "rerank",
};

/** OpenInference's kinds of spans, and Langfuse's types of observations, that ask a model. */
const kinds: Readonly<Record<string, Operation>> = {
  llm: "chat",
  generation: "chat",
  embedding: "embeddings",
  reranker: "rerank",
};

/** Libraries that say of each of their spans what it is are believed before the general conventions are asked. */
export function roleOf({ attributes }: Span): SpanRole {
  const aiSdk = textOf(attributes, "ai.operationId");
  if (aiSdk !== null) {
    const request = AI_SDK_REQUEST.exec(aiSdk)?.[1];
    return request === undefined ? around : inference(ownValue(aiSdkOperations, request) ?? "other");
  }
  const kind = textOf(attributes, "langfuse.observation.type", "openinference.span.kind");
  if (kind !== null) {
    const operation = ownValue(kinds, kind.toLowerCase());
    return operation === undefined ? around : inference(operation);
  }
  if (attributes.has("traceloop.span.kind")) return around;
  const name = textOf(attributes, "gen_ai.operation.name", "llm.request.type");
  if (name !== null) {
    const operation = ownValue(operations, name.toLowerCase());
    if (operation !== undefined) return inference(operation);
    // Agents, steps and tools sum up what was asked within them. What else there is to ask says which answer it got.
    return attributes.has("gen_ai.response.id") && !/agent|tool|workflow|step|task/i.test(name)
      ? inference("other")
      : around;
  }
  return namesModel(attributes) && hasAnswer(attributes) ? inference("chat") : other;
}

function inference(operation: Operation): SpanRole {
  return { kind: "inference", operation };
}

function namesModel(attributes: SpanAttributes): boolean {
  return textOf(attributes, "gen_ai.request.model", "gen_ai.response.model", "llm.model_name") !== null;
}

/** Older instrumentations name no operation. */
function hasAnswer(attributes: SpanAttributes): boolean {
  return [
    "gen_ai.response.id",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.usage.total_tokens",
    "llm.token_count.total",
  ].some((name) => attributes.has(name));
}

import { countIn, objectIn, sum, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/**
 * OpenAI's words with a meaning of their own: what Deep Research read (`citation_tokens`) comes on top of the prompt, and
 * what it thought (`reasoning_tokens`) on top of the completion. https://docs.perplexity.ai/docs/getting-started/pricing
 */
export const readPerplexityChat: FormatReader = (rawUsage) => {
  const usage = objectIn(rawUsage, "usage");
  const reasoning = countIn(usage, "reasoning_tokens");
  const prompt = countIn(usage, "prompt_tokens");
  const completion = countIn(usage, "completion_tokens");
  return readingOf({
    responseModel: textIn(rawUsage, "model"),
    responseId: textIn(rawUsage, "id"),
    usage: usageOf({
      inputTokens: prompt === undefined ? undefined : sum(prompt, countIn(usage, "citation_tokens")),
      outputTokens: completion === undefined ? undefined : sum(completion, reasoning),
      reasoningOutputTokens: reasoning,
      webSearches: countIn(usage, "num_search_queries"),
    }),
  });
};

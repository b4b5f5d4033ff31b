import type { JsonObject } from "../../../shared/call.ts";
import { countIn, isObject, listIn, objectIn, sum, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { endOf, readingOf } from "./reading.ts";

/**
 * Gemini's interactions. As in its other words what tools brought and what was thought come on top of the input and the
 * output. https://ai.google.dev/api/interactions-api
 */
export const readGoogleInteraction: FormatReader = (rawUsage) => {
  const usage = objectIn(rawUsage, "usage");
  const status = textIn(rawUsage, "status");
  const input = countIn(usage, "total_input_tokens");
  const thoughts = countIn(usage, "total_thought_tokens");
  const inputLists = ["input_tokens_by_modality", "tool_use_tokens_by_modality"];
  const outputLists = ["output_tokens_by_modality"];
  return readingOf({
    responseModel: textIn(rawUsage, "model") ?? textIn(rawUsage, "agent"),
    responseId: textIn(rawUsage, "id"),
    serviceTier: textIn(rawUsage, "service_tier"),
    unfinished: status === "in_progress",
    ...endOf(status),
    usage: usageOf({
      inputTokens: input === undefined ? undefined : sum(input, countIn(usage, "total_tool_use_tokens")),
      outputTokens: sum(countIn(usage, "total_output_tokens"), thoughts),
      cacheReadInputTokens: countIn(usage, "total_cached_tokens"),
      reasoningOutputTokens: thoughts,
      inputAudioTokens: tokensOf(usage, inputLists, "audio"),
      outputAudioTokens: tokensOf(usage, outputLists, "audio"),
      inputImageTokens: tokensOf(usage, inputLists, "image"),
      outputImageTokens: tokensOf(usage, outputLists, "image"),
      webSearches: sum(
        ...listIn(usage, "grounding_tool_count")
          .filter(isObject)
          .filter((entry) => textIn(entry, "type") === "google_search")
          .map((entry) => countIn(entry, "count")),
      ),
    }),
  });
};

function tokensOf(usage: JsonObject, lists: readonly string[], modality: string): number | undefined {
  const entries = lists.flatMap((list) => listIn(usage, list)).filter(isObject);
  return sum(
    ...entries
      .filter((entry) => textIn(entry, "modality") === modality)
      .map((entry) => countIn(entry, "tokens")),
  );
}

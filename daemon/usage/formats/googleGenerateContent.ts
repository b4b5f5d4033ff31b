import type { JsonObject } from "../../../shared/call.ts";
import { countIn, isObject, listIn, objectIn, sum, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";

/**
 * Gemini, in one answer or as a stream. Input is the prompt (its cached part included) and what tools brought; output is
 * the candidates and the thoughts; together they are `totalTokenCount`. Counts of zero are left out by the API.
 * https://ai.google.dev/api/generate-content#UsageMetadata
 */
export const readGoogleGenerateContent: FormatReader = (rawUsage) => {
  const usage = objectIn(rawUsage, "usageMetadata");
  const thoughts = countIn(usage, "thoughtsTokenCount");
  const prompt = countIn(usage, "promptTokenCount");
  const inputDetails = ["promptTokensDetails", "toolUsePromptTokensDetails"];
  return {
    responseModel: textIn(rawUsage, "modelVersion"),
    responseId: textIn(rawUsage, "responseId"),
    serviceTier: textIn(usage, "serviceTier") ?? textIn(usage, "trafficType"),
    unfinished: false,
    usage: usageOf({
      inputTokens: prompt === undefined ? undefined : sum(prompt, countIn(usage, "toolUsePromptTokenCount")),
      outputTokens: sum(countIn(usage, "candidatesTokenCount"), thoughts),
      cacheReadInputTokens: countIn(usage, "cachedContentTokenCount"),
      reasoningOutputTokens: thoughts,
      inputAudioTokens: modalityTokens(usage, inputDetails, "AUDIO"),
      outputAudioTokens: modalityTokens(usage, ["candidatesTokensDetails"], "AUDIO"),
      inputImageTokens: modalityTokens(usage, inputDetails, "IMAGE"),
      outputImageTokens: modalityTokens(usage, ["candidatesTokensDetails"], "IMAGE"),
      webSearches: countIn(objectIn(rawUsage, "itemCounts"), "webSearchQueries"),
    }),
  };
};

/** Tokens of one modality in lists of `{modality, tokenCount}`; absent where no list names it. */
export function modalityTokens(
  usage: JsonObject,
  lists: readonly string[],
  modality: string,
): number | undefined {
  const entries = lists.flatMap((list) => listIn(usage, list)).filter(isObject);
  return sum(
    ...entries
      .filter((entry) => textIn(entry, "modality") === modality)
      .map((entry) => countIn(entry, "tokenCount")),
  );
}

import type { JsonObject } from "../../../shared/call.ts";
import { countIn, isObject, listIn, objectIn, sum, textIn, usageOf } from "../fields.ts";
import type { FormatReader, Reading } from "./formatReader.ts";

/**
 * Gemini, in one answer or as a stream. Input is the prompt (its cached part included) and what tools brought; output is
 * the candidates and the thoughts; together they are `totalTokenCount`. Counts of zero are left out by the API.
 * https://ai.google.dev/api/generate-content#UsageMetadata
 */
export const readGoogleGenerateContent: FormatReader = (rawUsage) => readingIn(rawUsage, ["candidates"]);

/**
 * Gemini Live, which calls the candidates a response, though Vertex does not. Each turn's prompt is the whole conversation so far, and is billed as
 * such; thoughts are beside the response, and in no total. https://ai.google.dev/api/live#UsageMetadata
 */
export const readGoogleLive: FormatReader = (rawUsage) => readingIn(rawUsage, ["response", "candidates"]);

/** `answers`: what the output is called, the first that is there. */
function readingIn(rawUsage: JsonObject, answers: readonly string[]): Reading {
  const usage = objectIn(rawUsage, "usageMetadata");
  const thoughts = countIn(usage, "thoughtsTokenCount");
  const prompt = countIn(usage, "promptTokenCount");
  const inputDetails = ["promptTokensDetails", "toolUsePromptTokensDetails"];
  const answer = answers.find((name) => `${name}TokenCount` in usage) ?? "candidates";
  const outputDetails = [`${answer}TokensDetails`];
  return {
    responseModel: textIn(rawUsage, "modelVersion"),
    responseId: textIn(rawUsage, "responseId"),
    serviceTier: textIn(usage, "serviceTier") ?? textIn(usage, "trafficType"),
    unfinished: false,
    usage: usageOf({
      inputTokens: prompt === undefined ? undefined : sum(prompt, countIn(usage, "toolUsePromptTokenCount")),
      outputTokens: sum(countIn(usage, `${answer}TokenCount`), thoughts),
      cacheReadInputTokens: countIn(usage, "cachedContentTokenCount"),
      reasoningOutputTokens: thoughts,
      inputAudioTokens: modalityTokens(usage, inputDetails, "AUDIO"),
      outputAudioTokens: modalityTokens(usage, outputDetails, "AUDIO"),
      inputImageTokens: modalityTokens(usage, inputDetails, "IMAGE"),
      outputImageTokens: modalityTokens(usage, outputDetails, "IMAGE"),
      webSearches: countIn(objectIn(rawUsage, "itemCounts"), "webSearchQueries"),
    }),
  };
}

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

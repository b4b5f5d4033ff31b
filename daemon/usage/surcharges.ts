import type { JsonObject } from "../../shared/call.ts";
import { countIn, objectIn, sum, textIn } from "./fields.ts";
import { largestInputIn, type OtherModel, otherModelsIn } from "./formats/anthropicMessages.ts";
import { modalityTokens } from "./formats/googleGenerateContent.ts";
import { reasoningOnTop } from "./formats/openaiChat.ts";

/** What usage does not tell apart, and prices do. */
export interface FinerParts {
  /** The part of the cached input that is audio, and images, where it is known. */
  cachedAudioTokens?: number | undefined;
  cachedImageTokens?: number | undefined;
  inputVideoTokens?: number | undefined;
  outputVideoTokens?: number | undefined;
  fileSearches?: number;
  /** Of many requests in one (a batch), what went in of the longest: at most this decides what long ones cost more. */
  largestInputTokens?: number | undefined;
}

/** What makes up a call's cost besides its usage, as far as the provider says it. */
export interface Surcharges {
  /** Usage of other models within the same exchange. */
  otherModels: OtherModel[];
  finer: FinerParts;
  /** What tokens cost more by where the answer says that they were worked on. */
  placeFactor: number;
  /** How fast the answer says that it was made: Anthropic's `standard` or `fast`. */
  speed: string | null;
  /** What is billed in ways that no price list has, in words. */
  unpriceable: string[];
}

/** Reads them from what the provider said. Never throws. */
export function surchargesIn(rawUsage: JsonObject | null): Surcharges {
  const raw = rawUsage ?? {};
  const usage = objectIn(raw, "usage");
  const usageMetadata = objectIn(raw, "usageMetadata");
  const items = objectIn(raw, "itemCounts");
  const inputDetails = ["prompt_tokens_details", "input_tokens_details", "input_token_details"].map((name) =>
    objectIn(usage, name),
  );
  const cached = (kind: string) =>
    sum(...inputDetails.map((details) => countIn(objectIn(details, "cached_tokens_details"), kind)));
  return {
    otherModels: otherModelsIn(raw),
    finer: {
      fileSearches: countIn(items, "file_search_call") ?? 0,
      cachedAudioTokens:
        modalityTokens(usageMetadata, ["cacheTokensDetails"], "AUDIO") ?? cached("audio_tokens"),
      cachedImageTokens: cached("image_tokens"),
      inputVideoTokens: freshVideo(usageMetadata),
      outputVideoTokens: modalityTokens(usageMetadata, ["candidatesTokensDetails"], "VIDEO"),
      largestInputTokens: largestInputIn(raw),
    },
    // https://platform.claude.com/docs/en/about-claude/pricing (data residency); models that cannot do it refuse the call.
    placeFactor: textIn(usage, "inference_geo") === "us" ? 1.1 : 1,
    speed: textIn(usage, "speed"),
    unpriceable: [
      // A container is billed by the session, not by the call: https://openai.com/api/pricing (built-in tools).
      [countIn(items, "code_interpreter_call"), "code interpreter containers"],
      // Images made by the tool are billed at an image model's price, which the answer does not name.
      [countIn(objectIn(objectIn(raw, "tool_usage"), "image_gen"), "total_tokens"), "image generation"],
      [countIn(items, "image_generation_call"), "image generation"],
      // Writes kept for 12 hours are told apart from those of 30 minutes, so they may have a price of their own.
      ...inputDetails.map((details): [number | undefined, string] => [
        countIn(objectIn(details, "cache_write_tokens_details"), "ttl_12h_tokens"),
        "cache writes kept for 12 hours",
      ]),
      // By the hour of a container, beyond so many that are free: https://platform.claude.com/docs/en/about-claude/pricing
      [countIn(objectIn(usage, "server_tool_use"), "code_execution_requests"), "code execution containers"],
      // xAI's live search is billed by the source, where it does not declare the whole.
      [countIn(usage, "num_sources_used"), "sources of a live search"],
      [unseenSearches(usageMetadata, items), "searches that were not counted"],
      [unaccountedTokens(usage, usageMetadata), "tokens beyond input and output"],
    ].flatMap(([count, words]) => (typeof count === "number" && count > 0 ? [String(words)] : [])),
  };
}

/** Tokens of video that did not come from the cache. */
function freshVideo(usageMetadata: JsonObject): number | undefined {
  const all = modalityTokens(usageMetadata, ["promptTokensDetails", "toolUsePromptTokensDetails"], "VIDEO");
  const cached = modalityTokens(usageMetadata, ["cacheTokensDetails"], "VIDEO") ?? 0;
  return all === undefined ? undefined : Math.max(0, all - cached);
}

/**
 * Gemini bills grounding by the search, which its usage does not show. Where the answer's searches were not counted, tokens
 * that a tool brought say that there may have been some.
 */
function unseenSearches(usageMetadata: JsonObject, items: JsonObject): number {
  if (countIn(items, "webSearchQueries") !== undefined) return 0;
  return countIn(usageMetadata, "toolUsePromptTokenCount") ?? 0;
}

/** How far the provider's total goes beyond the parts that we know of. */
function unaccountedTokens(usage: JsonObject, usageMetadata: JsonObject): number {
  const total = countIn(usage, "total_tokens") ?? countIn(usageMetadata, "totalTokenCount");
  const parts = [
    ...["prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "connector_tokens"].map(
      (name) => countIn(usage, name),
    ),
    reasoningOnTop(usage),
    ...["promptTokenCount", "toolUsePromptTokenCount"].map((name) => countIn(usageMetadata, name)),
    ...["candidatesTokenCount", "responseTokenCount", "thoughtsTokenCount"].map((name) =>
      countIn(usageMetadata, name),
    ),
  ];
  return total === undefined ? 0 : total - (sum(...parts) ?? 0);
}

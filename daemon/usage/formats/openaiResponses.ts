import { countIn, objectIn, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { endOf } from "./reading.ts";

/**
 * Responses and their compaction. `input_tokens` and `output_tokens` are totals. Web searches stand apart from `usage`, in
 * `tool_usage`, which older answers lack: then the items of the output are counted.
 * https://platform.openai.com/docs/api-reference/responses/object
 */
export const readOpenaiResponses: FormatReader = (rawUsage) => {
  const usage = objectIn(rawUsage, "usage");
  const input = objectIn(usage, "input_tokens_details");
  const output = objectIn(usage, "output_tokens_details");
  const webSearch = objectIn(objectIn(rawUsage, "tool_usage"), "web_search");
  const items = objectIn(rawUsage, "itemCounts");
  const status = textIn(rawUsage, "status");
  return {
    responseModel: textIn(rawUsage, "model"),
    responseId: textIn(rawUsage, "id"),
    serviceTier: textIn(rawUsage, "service_tier"),
    unfinished: status === "queued" || status === "in_progress",
    ...endOf(status),
    usage: usageOf({
      inputTokens: countIn(usage, "input_tokens"),
      outputTokens: countIn(usage, "output_tokens"),
      // The second names are Perplexity's, for its agents.
      cacheReadInputTokens: countIn(input, "cached_tokens") ?? countIn(input, "cache_read_input_tokens"),
      cacheCreationInputTokens:
        countIn(input, "cache_write_tokens") ?? countIn(input, "cache_creation_input_tokens"),
      reasoningOutputTokens: countIn(output, "reasoning_tokens"),
      inputAudioTokens: countIn(input, "audio_tokens"),
      outputAudioTokens: countIn(output, "audio_tokens"),
      inputImageTokens: countIn(input, "image_tokens"),
      outputImageTokens: countIn(output, "image_tokens"),
      webSearches: countIn(webSearch, "num_requests") ?? countIn(items, "web_search_call"),
    }),
  };
};

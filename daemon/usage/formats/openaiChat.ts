import type { JsonObject } from "../../../shared/call.ts";
import { countIn, objectIn, sum, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";

/**
 * Chat completions, and whoever speaks like them. `prompt_tokens` and `completion_tokens` are totals: the details are
 * parts of them. https://platform.openai.com/docs/api-reference/chat/object
 * The names of cached tokens are OpenAI's, DeepSeek's, Mistral's, and Moonshot's and Together's.
 */
export const readOpenaiChat: FormatReader = (rawUsage) => {
  const usage = objectIn(rawUsage, "usage");
  const prompt = objectIn(usage, "prompt_tokens_details");
  const completion = objectIn(usage, "completion_tokens_details");
  return {
    responseModel: textIn(rawUsage, "model"),
    responseId: textIn(rawUsage, "id"),
    serviceTier: textIn(rawUsage, "service_tier"),
    unfinished: false,
    usage: usageOf({
      inputTokens: countIn(usage, "prompt_tokens"),
      outputTokens: sum(countIn(usage, "completion_tokens"), reasoningOnTop(usage)),
      cacheReadInputTokens:
        countIn(prompt, "cached_tokens") ??
        countIn(usage, "prompt_cache_hit_tokens") ??
        countIn(usage, "num_cached_tokens") ??
        countIn(usage, "cached_tokens"),
      cacheCreationInputTokens: countIn(prompt, "cache_write_tokens"),
      reasoningOutputTokens: countIn(completion, "reasoning_tokens"),
      inputAudioTokens: countIn(prompt, "audio_tokens"),
      outputAudioTokens: countIn(completion, "audio_tokens"),
      inputImageTokens: countIn(prompt, "image_tokens"),
      outputImageTokens: countIn(completion, "image_tokens"),
      webSearches: countIn(objectIn(usage, "server_tool_use_details"), "web_search_requests"),
    }),
  };
};

/** xAI leaves reasoning out of the completion, which the total gives away. https://docs.x.ai/docs/guides/reasoning */
export function reasoningOnTop(usage: JsonObject): number | undefined {
  const reasoning = countIn(objectIn(usage, "completion_tokens_details"), "reasoning_tokens");
  const [total, ...parts] = ["total_tokens", "prompt_tokens", "completion_tokens"].map((name) =>
    countIn(usage, name),
  );
  const rest = total === undefined ? undefined : total - (sum(...parts) ?? 0);
  return reasoning !== undefined && reasoning > 0 && reasoning === rest ? reasoning : undefined;
}

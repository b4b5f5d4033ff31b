import type { JsonObject } from "../../../shared/call.ts";
import { count, countIn, isObject, objectIn, usageOf } from "../fields.ts";
import { readAnthropicMessages } from "./anthropicMessages.ts";
import { readBedrockConverse } from "./bedrockConverse.ts";
import type { FormatReader } from "./formatReader.ts";
import { readOpenaiChat } from "./openaiChat.ts";
import { readingOf } from "./reading.ts";

/**
 * Invoke, which hands through the words of the model's maker: Anthropic's, Amazon's (Nova, Titan), OpenAI's, Meta's. Where
 * these say nothing (Cohere's embeddings), Bedrock's own count is in the response's headers or, of a stream, in its last
 * event. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
 */
export const readBedrockInvoke: FormatReader = (rawUsage) => {
  const usage = rawUsage["usage"];
  if (isObject(usage)) {
    if ("input_tokens" in usage) return readAnthropicMessages(rawUsage);
    if ("prompt_tokens" in usage) return readOpenaiChat(rawUsage);
    if ("inputTokens" in usage) return readBedrockConverse(rawUsage);
  }
  const headers = objectIn(rawUsage, "headers");
  const metrics = objectIn(rawUsage, "amazon-bedrock-invocationMetrics");
  return readingOf({
    usage: usageOf({
      inputTokens:
        countIn(rawUsage, "inputTextTokenCount") ??
        countIn(rawUsage, "prompt_token_count") ??
        countIn(metrics, "inputTokenCount") ??
        writtenCount(headers, "x-amzn-bedrock-input-token-count"),
      outputTokens:
        countIn(rawUsage, "generation_token_count") ??
        countIn(metrics, "outputTokenCount") ??
        writtenCount(headers, "x-amzn-bedrock-output-token-count"),
    }),
  });
};

function writtenCount(headers: JsonObject, name: string): number | undefined {
  const value = headers[name];
  return typeof value === "string" && /^\d{1,12}$/.test(value) ? count(Number(value)) : undefined;
}

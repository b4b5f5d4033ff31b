import type { JsonObject, JsonValue } from "../../../shared/call.ts";
import type { Usage } from "../../../shared/usage.ts";
import { count, countIn, isObject, objectIn, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/**
 * The AI SDK's own words: `inputTokens` and `outputTokens` are totals, told as numbers (to version 5) or with their parts
 * (from version 6). Embeddings have `tokens`. https://github.com/vercel/ai/tree/main/packages/provider/src
 */
export const readVercelGateway: FormatReader = (rawUsage) =>
  readingOf({
    responseModel: textIn(rawUsage, "modelId"),
    responseId: textIn(rawUsage, "generationId"),
    usage: usageIn(rawUsage),
  });

function usageIn(rawUsage: JsonObject): Usage {
  const usage = objectIn(rawUsage, "usage");
  const input = objectIn(usage, "inputTokens");
  const output = objectIn(usage, "outputTokens");
  return usageOf({
    inputTokens: totalOf(usage["inputTokens"]) ?? countIn(usage, "tokens"),
    outputTokens: totalOf(usage["outputTokens"]),
    cacheReadInputTokens: countIn(input, "cacheRead") ?? countIn(usage, "cachedInputTokens"),
    cacheCreationInputTokens: countIn(input, "cacheWrite"),
    reasoningOutputTokens: countIn(output, "reasoning") ?? countIn(usage, "reasoningTokens"),
    images: countIn(objectIn(rawUsage, "itemCounts"), "images"),
  });
}

function totalOf(tokens: JsonValue | undefined): number | undefined {
  return isObject(tokens) ? countIn(tokens, "total") : count(tokens);
}

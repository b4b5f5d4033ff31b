import type { JsonObject } from "../../../shared/call.ts";
import { countIn, isObject, listIn, objectIn, sum, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/**
 * Converse. `inputTokens` excludes what was read from and written to the cache: the three together are the input.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export const readBedrockConverse: FormatReader = (rawUsage) => {
  const usage = objectIn(rawUsage, "usage");
  const uncached = countIn(usage, "inputTokens");
  const cacheRead = countIn(usage, "cacheReadInputTokens") ?? countIn(usage, "cacheReadInputTokenCount");
  const cacheWrite = countIn(usage, "cacheWriteInputTokens") ?? countIn(usage, "cacheWriteInputTokenCount");
  return readingOf({
    serviceTier: textIn(objectIn(rawUsage, "serviceTier"), "type"),
    usage: usageOf({
      inputTokens: uncached === undefined ? undefined : sum(uncached, cacheRead, cacheWrite),
      outputTokens: countIn(usage, "outputTokens"),
      cacheReadInputTokens: cacheRead,
      cacheCreationInputTokens: cacheWrite,
      cacheCreation1hInputTokens: writesForAnHour(usage),
    }),
  });
};

function writesForAnHour(usage: JsonObject): number | undefined {
  const details = listIn(usage, "cacheDetails").filter(isObject);
  return sum(...details.filter((each) => each["ttl"] === "1h").map((each) => countIn(each, "inputTokens")));
}

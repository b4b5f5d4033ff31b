import type { JsonObject } from "../../../shared/call.ts";
import type { Usage } from "../../../shared/usage.ts";
import { countIn, objectIn, sum, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/**
 * Cohere bills `billed_units`, not `tokens`, which count its own prompt around the user's as well.
 * https://docs.cohere.com/docs/how-does-cohere-pricing-work
 */
export const readCohereChat: FormatReader = (rawUsage) =>
  readingOf({ responseId: textIn(rawUsage, "id"), usage: billedUsage(objectIn(rawUsage, "usage")) });

export const readCohereMeta: FormatReader = (rawUsage) =>
  readingOf({
    responseId: textIn(rawUsage, "generation_id") ?? textIn(rawUsage, "id"),
    usage: billedUsage(objectIn(rawUsage, "meta")),
  });

/** A search unit is one query over up to 100 documents: what a reranking is billed by. */
function billedUsage(usage: JsonObject): Usage {
  const billed = objectIn(usage, "billed_units");
  const imageTokens = countIn(billed, "image_tokens");
  return usageOf({
    inputTokens: sum(countIn(billed, "input_tokens"), imageTokens),
    outputTokens: countIn(billed, "output_tokens"),
    inputImageTokens: imageTokens,
    requests: countIn(billed, "search_units") ?? countIn(billed, "classifications"),
    images: countIn(billed, "images"),
  });
}

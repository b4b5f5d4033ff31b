import type { JsonObject } from "../../../shared/call.ts";
import { isObject, listIn, sum, textIn, usageOf } from "../fields.ts";
import { readAnthropicMessages } from "./anthropicMessages.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/** A batch as it is made, or asked after. https://platform.claude.com/docs/en/api/creating-message-batches */
export const readAnthropicBatch: FormatReader = (rawUsage) =>
  readingOf({
    responseId: textIn(rawUsage, "id"),
    serviceTier: "batch",
    unfinished: textIn(rawUsage, "processing_status") !== "ended",
    usage: {},
  });

/**
 * The results of a batch: a message for each request that was answered, which alone are billed, added up by model. Of several
 * models the first is the call's, the others stand beside it (`otherModelsIn`).
 */
export const readAnthropicBatchResults: FormatReader = (rawUsage) => {
  const [first = {}, ...others] = listIn(rawUsage, "usages").filter(isObject);
  const { responseModel, usage } = readAnthropicMessages(first);
  return readingOf({
    responseModel,
    serviceTier: "batch",
    usage: usageOf({ ...usage, webSearches: sum(usage.webSearches, ...others.map(searchesOf)) }),
  });
};

/** Searches cost the same with every model, so they are all the call's. */
function searchesOf(answer: JsonObject): number | undefined {
  return readAnthropicMessages(answer).usage.webSearches;
}

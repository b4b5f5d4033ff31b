import type { JsonObject } from "../../../shared/call.ts";
import { countIn, isObject, listIn, objectIn, sum, textIn, usageOf } from "../fields.ts";
import { readAnthropicMessages } from "./anthropicMessages.ts";
import type { FormatReader, Reading } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/**
 * A batch as it is made, or asked after. What it took only its results say; that none of its requests succeeded is said
 * here, and nobody reads results then. https://platform.claude.com/docs/en/api/creating-message-batches
 */
export const readAnthropicBatch: FormatReader = (rawUsage) => {
  const hasEnded = textIn(rawUsage, "processing_status") === "ended";
  return readingOf({
    responseId: textIn(rawUsage, "id"),
    serviceTier: "batch",
    unfinished: !hasEnded,
    usage: {},
    ...(hasEnded ? endOfRequests(objectIn(rawUsage, "request_counts")) : {}),
  });
};

function endOfRequests(counts: JsonObject): Pick<Reading, "ended"> {
  const [succeeded, canceled] = [countIn(counts, "succeeded"), countIn(counts, "canceled")];
  if (succeeded !== 0) return {};
  const others = [countIn(counts, "errored"), countIn(counts, "expired")];
  return { ended: canceled !== undefined && canceled > 0 && !others.some(Boolean) ? "cancelled" : "failed" };
}

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

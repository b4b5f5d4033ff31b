import type { JsonObject } from "../../../shared/call.ts";
import { ownValue } from "../../../shared/ownValue.ts";
import { amount, isObject, objectIn, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { endOf, readingOf } from "./reading.ts";

/** Credits, which are there if the request asked for them (`include_usage`). https://docs.tavily.com/documentation/api-credits */
export const readTavily: FormatReader = (rawUsage) => {
  const status = textIn(rawUsage, "status");
  return readingOf({
    responseId: textIn(rawUsage, "request_id"),
    unfinished: status === "pending" || status === "in_progress",
    ...endOf(status),
    usage: usageOf({ credits: amount(objectIn(rawUsage, "usage")["credits"]) }),
  });
};

/** A search that does not say its credits takes as many as its depth is listed with, unless Tavily chose that itself. */
export const readTavilySearch: FormatReader = (rawUsage) => ({
  ...readingOf({
    responseId: textIn(rawUsage, "request_id"),
    usage: usageOf({ credits: amount(objectIn(rawUsage, "usage")["credits"]) ?? listedCredits(rawUsage) }),
  }),
});

function listedCredits(rawUsage: JsonObject): number | undefined {
  const { request } = rawUsage;
  const wasAnswered = textIn(rawUsage, "request_id") !== null;
  if (!wasAnswered || !isObject(request) || request["auto_parameters"] === true) return undefined;
  return ownValue(creditsOfDepth, textIn(request, "search_depth") ?? "basic");
}

const creditsOfDepth: Readonly<Record<string, number>> = { "ultra-fast": 1, fast: 1, basic: 1, advanced: 2 };

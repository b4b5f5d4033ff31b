import { amount, objectIn, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/** Credits, which are there if the request asked for them (`include_usage`). https://docs.tavily.com/documentation/api-credits */
export const readTavily: FormatReader = (rawUsage) => {
  const status = textIn(rawUsage, "status");
  return readingOf({
    responseId: textIn(rawUsage, "request_id"),
    unfinished: status === "pending" || status === "in_progress",
    usage: usageOf({ credits: amount(objectIn(rawUsage, "usage")["credits"]) }),
  });
};

import { amount, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { endOf, readingOf } from "./reading.ts";

/**
 * A video is billed by its seconds, which are told, as a text, from the start; one that fails is not billed.
 * https://platform.openai.com/docs/api-reference/videos/object
 */
export const readOpenaiVideo: FormatReader = (rawUsage) => {
  const status = textIn(rawUsage, "status");
  const seconds = textIn(rawUsage, "seconds");
  return readingOf({
    responseModel: textIn(rawUsage, "model"),
    responseId: textIn(rawUsage, "id"),
    unfinished: status === "queued" || status === "in_progress",
    ...endOf(status),
    usage:
      status === "completed" && seconds !== null && /^\d{1,6}(?:\.\d+)?$/.test(seconds)
        ? usageOf({ seconds: amount(Number(seconds)) })
        : {},
  });
};

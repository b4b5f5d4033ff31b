import { textIn } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/** Exa says what a request cost (`declaredCost.ts`) and counts nothing else. https://exa.ai/docs/reference/search */
export const readExa: FormatReader = (rawUsage) => {
  const status = textIn(rawUsage, "status");
  return readingOf({
    responseId: textIn(rawUsage, "researchId") ?? textIn(rawUsage, "requestId"),
    unfinished: textIn(rawUsage, "researchId") !== null && (status === null || isAtWork(status)),
    usage: {},
  });
};

function isAtWork(status: string): boolean {
  return status === "pending" || status === "running" || status === "in_progress";
}

import { textIn } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { endOf, readingOf } from "./reading.ts";

/** Exa says what a request cost (`declaredCost.ts`) and counts nothing else. https://exa.ai/docs/reference/search */
export const readExa: FormatReader = (rawUsage) => {
  const status = textIn(rawUsage, "status");
  // An answer has an id as well, but no status.
  const workId = textIn(rawUsage, "researchId") ?? (status === null ? null : textIn(rawUsage, "id"));
  return readingOf({
    responseId: workId ?? textIn(rawUsage, "requestId"),
    unfinished: workId !== null && !("costDollars" in rawUsage) && (status === null || atWork.has(status)),
    ...endOf(status),
    usage: {},
  });
};

const atWork: ReadonlySet<string> = new Set(["pending", "queued", "running", "in_progress"]);

import { amount, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { endOf, readingOf } from "./reading.ts";

/** Credits of one page or search. https://docs.firecrawl.dev/billing */
export const readFirecrawlPages: FormatReader = (rawUsage) =>
  readingOf({ usage: usageOf({ credits: amount(rawUsage["creditsUsed"]) }) });

/** A map takes one credit, which it does not say. https://docs.firecrawl.dev/billing#credit-costs-per-endpoint */
export const readFirecrawlMap: FormatReader = (rawUsage) =>
  readingOf({
    usage: usageOf({
      credits: amount(rawUsage["creditsUsed"]) ?? (rawUsage["success"] === true ? 1 : undefined),
    }),
  });

/**
 * A job answers its id when it is started, and its credits each time it is asked how far it is: they grow, so only those of
 * a job that has ended count.
 */
export const readFirecrawlJob: FormatReader = (rawUsage) => {
  const status = textIn(rawUsage, "status");
  const unfinished = status === null || !ends.has(status);
  return readingOf({
    responseId: textIn(rawUsage, "id"),
    unfinished,
    ...endOf(status),
    usage: unfinished ? {} : usageOf({ credits: amount(rawUsage["creditsUsed"]) }),
  });
};

const ends: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);

import { countIn, objectIn, sum, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { endOf, readingOf } from "./reading.ts";

/**
 * A batch of the Gemini API, named as `batches/…` by who makes it and who asks after it. Its answers, where they are not in a
 * file, bring their usage each, here added up. https://ai.google.dev/api/batch-api
 */
export const readGoogleBatch: FormatReader = (rawUsage) => {
  const counts = objectIn(rawUsage, "itemCounts");
  const state = textIn(rawUsage, "state");
  const prompt = countIn(counts, "promptTokenCount");
  const thoughts = countIn(counts, "thoughtsTokenCount");
  return readingOf({
    responseModel: textIn(rawUsage, "model"),
    responseId: textIn(rawUsage, "name"),
    serviceTier: "batch",
    unfinished: !ends.test(state ?? ""),
    ...endOf(state),
    usage: usageOf({
      inputTokens: prompt === undefined ? undefined : sum(prompt, countIn(counts, "toolUsePromptTokenCount")),
      outputTokens: sum(countIn(counts, "candidatesTokenCount"), thoughts),
      cacheReadInputTokens: countIn(counts, "cachedContentTokenCount"),
      reasoningOutputTokens: thoughts,
    }),
  });
};

/** `BATCH_STATE_…`, or `JOB_STATE_…` as some have it. */
const ends = /_STATE_(?:SUCCEEDED|FAILED|CANCELLED|EXPIRED)$/;

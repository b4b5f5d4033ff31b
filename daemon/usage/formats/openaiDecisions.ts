import type { FormatReader } from "./formatReader.ts";
import { readOpenaiResponses } from "./openaiResponses.ts";

/**
 * Decisions are counted in the words of the Responses API and have a price of their own, which is not that of the model's
 * answers: the tier says so. https://developers.openai.com/api/docs/guides/decisions
 */
export const readOpenaiDecisions: FormatReader = (rawUsage) => ({
  ...readOpenaiResponses(rawUsage),
  serviceTier: "decisions",
});

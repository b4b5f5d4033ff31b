import { textIn } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readOpenaiResponses } from "./openaiResponses.ts";

/**
 * A batch says what all of its requests took, in the words of the Responses API whatever it asked for, once it has ended:
 * `usage` is there for batches made since 2025-09. https://platform.openai.com/docs/api-reference/batch/object
 */
export const readOpenaiBatch: FormatReader = (rawUsage) => ({
  ...readOpenaiResponses(rawUsage),
  serviceTier: "batch",
  unfinished: atWork.has(textIn(rawUsage, "status") ?? ""),
});

const atWork: ReadonlySet<string> = new Set(["validating", "in_progress", "finalizing", "cancelling"]);

import { countIn, objectIn, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";

/** Embeddings have input only. https://platform.openai.com/docs/api-reference/embeddings/create */
export const readOpenaiEmbeddings: FormatReader = (rawUsage) => ({
  responseModel: textIn(rawUsage, "model"),
  responseId: null,
  serviceTier: null,
  unfinished: false,
  usage: usageOf({ inputTokens: countIn(objectIn(rawUsage, "usage"), "prompt_tokens") }),
});

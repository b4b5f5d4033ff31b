import { countIn, objectIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/**
 * Vertex embeddings by `:predict`: the tokens beside each vector, added up. Where no vector tells them, the characters, which
 * the oldest models are billed by. https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
 */
export const readVertexPredict: FormatReader = (rawUsage) => {
  const inputTokens = countIn(objectIn(rawUsage, "itemCounts"), "token_count");
  const characters = countIn(objectIn(rawUsage, "metadata"), "billableCharacterCount");
  return readingOf({ usage: usageOf(inputTokens === undefined ? { characters } : { inputTokens }) });
};

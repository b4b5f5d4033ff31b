import { countIn, objectIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/**
 * Vertex embeddings by `:predict`. Their tokens stand beside each vector, too deep to be copied; of the whole there are the
 * characters. https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
 */
export const readVertexPredict: FormatReader = (rawUsage) =>
  readingOf({
    usage: usageOf({ characters: countIn(objectIn(rawUsage, "metadata"), "billableCharacterCount") }),
  });

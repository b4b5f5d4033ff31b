import { countIn, objectIn, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/** Voyage's and Jina's embeddings and rerankings, of which all tokens are input. https://docs.voyageai.com/docs/pricing */
export const readTotalTokens: FormatReader = (rawUsage) =>
  readingOf({
    responseModel: textIn(rawUsage, "model"),
    usage: usageOf({ inputTokens: countIn(objectIn(rawUsage, "usage"), "total_tokens") }),
  });

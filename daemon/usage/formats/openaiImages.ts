import { countIn, objectIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/**
 * Images: newer models are billed by the token, older ones, which have no usage, by the image.
 * https://platform.openai.com/docs/api-reference/images/object
 */
export const readOpenaiImages: FormatReader = (rawUsage) => {
  const usage = objectIn(rawUsage, "usage");
  const outputTokens = countIn(usage, "output_tokens");
  const images = countIn(objectIn(rawUsage, "itemCounts"), "data");
  return readingOf({
    usage: usageOf({
      inputTokens: countIn(usage, "input_tokens"),
      outputTokens,
      inputImageTokens: countIn(objectIn(usage, "input_tokens_details"), "image_tokens"),
      outputImageTokens: countIn(objectIn(usage, "output_tokens_details"), "image_tokens") ?? outputTokens,
      images: outputTokens === undefined ? images : undefined,
    }),
  });
};

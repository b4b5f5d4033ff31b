import { countIn, objectIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { modalityTokens } from "./googleGenerateContent.ts";

/** Gemini embeddings: newer models report their input, older ones nothing. The list of details lacks an `s` here. */
export const readGoogleEmbedContent: FormatReader = (rawUsage) => {
  const usage = objectIn(rawUsage, "usageMetadata");
  const details = ["promptTokenDetails", "promptTokensDetails"];
  return {
    responseModel: null,
    responseId: null,
    serviceTier: null,
    unfinished: false,
    usage: usageOf({
      inputTokens: countIn(usage, "promptTokenCount"),
      inputAudioTokens: modalityTokens(usage, details, "AUDIO"),
      inputImageTokens: modalityTokens(usage, details, "IMAGE"),
    }),
  };
};

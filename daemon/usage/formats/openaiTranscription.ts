import { amount, countIn, objectIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/**
 * Transcriptions are billed by the token or, of older models, by the second. Speech says nothing of either.
 * https://platform.openai.com/docs/api-reference/audio/json-object
 */
export const readOpenaiTranscription: FormatReader = (rawUsage) => {
  const usage = objectIn(rawUsage, "usage");
  return readingOf({
    usage: usageOf({
      inputTokens: countIn(usage, "input_tokens"),
      outputTokens: countIn(usage, "output_tokens"),
      inputAudioTokens: countIn(objectIn(usage, "input_token_details"), "audio_tokens"),
      seconds: amount(usage["seconds"]),
    }),
  });
};

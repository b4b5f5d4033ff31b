import { amount, countIn, objectIn, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/**
 * A turn of a realtime conversation, or the transcription of what was heard in it, which is billed as the model that wrote it
 * down. The details are parts of the totals, and are called by the singular here.
 * https://platform.openai.com/docs/api-reference/realtime-server-events/response/done
 */
export const readOpenaiRealtime: FormatReader = (rawUsage) => {
  const usage = objectIn(rawUsage, "usage");
  const input = objectIn(usage, "input_token_details");
  return readingOf({
    responseModel: textIn(rawUsage, "model"),
    responseId: textIn(rawUsage, "id") ?? textIn(rawUsage, "item_id"),
    usage: usageOf({
      inputTokens: countIn(usage, "input_tokens"),
      outputTokens: countIn(usage, "output_tokens"),
      cacheReadInputTokens: countIn(input, "cached_tokens"),
      inputAudioTokens: countIn(input, "audio_tokens"),
      outputAudioTokens: countIn(objectIn(usage, "output_token_details"), "audio_tokens"),
      inputImageTokens: countIn(input, "image_tokens"),
      seconds: amount(usage["seconds"]),
    }),
  });
};

import { amount, countIn, objectIn, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/**
 * Transcriptions are billed by the token or, of older models, by the second, which those who have no usage may tell beside
 * the text. https://platform.openai.com/docs/api-reference/audio/json-object
 * Mistral has other names: https://docs.mistral.ai/api/endpoint/audio/transcriptions
 */
export const readOpenaiTranscription: FormatReader = (rawUsage) => {
  const usage = objectIn(rawUsage, "usage");
  return readingOf({
    responseModel: textIn(rawUsage, "model"),
    usage: usageOf({
      inputTokens: countIn(usage, "input_tokens") ?? countIn(usage, "prompt_tokens"),
      outputTokens: countIn(usage, "output_tokens") ?? countIn(usage, "completion_tokens"),
      inputAudioTokens: countIn(objectIn(usage, "input_token_details"), "audio_tokens"),
      seconds:
        amount(usage["seconds"]) ??
        amount(usage["prompt_audio_seconds"]) ??
        (usage["type"] === "tokens" ? undefined : amount(rawUsage["duration"])),
    }),
  });
};

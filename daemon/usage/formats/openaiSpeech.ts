import { countIn, objectIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";
import { readingOf } from "./reading.ts";

/**
 * Speech: a stream of events says its tokens, of which all that come out are sound. Plain sound says nothing, and what is
 * known then is how many characters were to be spoken. https://platform.openai.com/docs/api-reference/audio/createSpeech
 */
export const readOpenaiSpeech: FormatReader = (rawUsage) => {
  const usage = objectIn(rawUsage, "usage");
  const outputTokens = countIn(usage, "output_tokens");
  return readingOf({
    usage:
      outputTokens === undefined
        ? usageOf({ characters: countIn(objectIn(rawUsage, "request"), "input") })
        : usageOf({
            inputTokens: countIn(usage, "input_tokens"),
            outputTokens,
            outputAudioTokens: outputTokens,
          }),
  });
};

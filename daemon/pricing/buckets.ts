import type { Usage } from "../../shared/usage.ts";
import type { FinerParts } from "../usage/surcharges.ts";
import type { BilledUnit } from "./prices.ts";

/**
 * A call's usage in buckets that do not overlap, so that nothing is paid for twice: their input side adds up to the input,
 * their output side to the output.
 */
export interface Buckets {
  counts: { [Unit in BilledUnit]?: number };
  /** What went in of one request at least, and at most: it decides the tier. The same but where many requests are one call. */
  inputTokens: number;
  inputTokensAtMost: number;
  /**
   * The parts contradict the whole (more cached than there was input), or how they overlap was not told: the buckets are the
   * best guess.
   */
  guessed: boolean;
}

/** Of writes to the cache those for an hour are one bucket, all others the other. */
export function bucketsOf(usage: Usage, finer: FinerParts = {}): Buckets {
  const cacheRead = usage.cacheReadInputTokens ?? 0;
  const cacheWrite = usage.cacheCreationInputTokens ?? 0;
  const cacheWrite1h = Math.min(usage.cacheCreation1hInputTokens ?? 0, cacheWrite);
  const audio = usage.inputAudioTokens ?? 0;
  const image = usage.inputImageTokens ?? 0;
  const parts = cacheRead + cacheWrite;

  const cachedAudio = Math.min(finer.cachedAudioTokens ?? 0, cacheRead, audio);
  const cachedImage = Math.min(finer.cachedImageTokens ?? 0, cacheRead - cachedAudio, image);
  const freshAudio = audio - cachedAudio;
  const inputTokens = Math.max(usage.inputTokens ?? 0, parts);
  // What is neither cached nor of another kind. Cached audio, images or video that were not told apart would make it
  // negative: then they are taken out of the fresh ones, audio last.
  let input = Math.max(0, inputTokens - parts - freshAudio);
  const freshImage = Math.min(image - cachedImage, input);
  input -= freshImage;
  const freshVideo = Math.min(finer.inputVideoTokens ?? 0, input);
  input -= freshVideo;
  const audioOverlap = Math.max(0, parts + freshAudio - inputTokens);

  const output = usage.outputTokens ?? 0;
  const outputAudio = usage.outputAudioTokens ?? 0;
  const outputImage = usage.outputImageTokens ?? 0;
  const outputVideo = finer.outputVideoTokens ?? 0;
  const reported = usage.reasoningOutputTokens ?? 0;
  const outputTokens = Math.max(output, outputAudio + outputImage + outputVideo);
  const text = outputTokens - outputAudio - outputImage - outputVideo;
  const reasoning = Math.min(reported, text);

  return {
    inputTokens: finer.largestInputTokens === undefined ? inputTokens : 0,
    inputTokensAtMost: finer.largestInputTokens ?? inputTokens,
    guessed:
      parts > (usage.inputTokens ?? parts) ||
      audioOverlap > 0 ||
      (audio > 0 && cacheRead > 0 && finer.cachedAudioTokens === undefined) ||
      reported > output ||
      outputTokens > output,
    counts: {
      input,
      cacheRead: cacheRead - cachedAudio - cachedImage,
      cacheReadAudio: cachedAudio,
      cacheReadImage: cachedImage,
      cacheWrite: cacheWrite - cacheWrite1h,
      cacheWrite1h,
      inputAudio: freshAudio - audioOverlap,
      inputImage: freshImage,
      inputVideo: freshVideo,
      output: text - reasoning,
      reasoning,
      outputAudio,
      outputImage,
      outputVideo,
      webSearch: usage.webSearches ?? 0,
      fileSearch: finer.fileSearches ?? 0,
      request: usage.requests ?? 0,
      credit: usage.credits ?? 0,
      character: usage.characters ?? 0,
      second: usage.seconds ?? 0,
      image: usage.images ?? 0,
      page: usage.pages ?? 0,
    },
  };
}

/**
 * Usage of one call, in OpenTelemetry's meaning whatever the provider's own convention:
 * cache ⊂ input, reasoning ⊂ output, audio and image ⊂ input or output. Absent = not reported, never 0.
 */
export const usageUnits = [
  "inputTokens",
  "outputTokens",
  "cacheReadInputTokens",
  "cacheCreationInputTokens",
  "cacheCreation1hInputTokens",
  "reasoningOutputTokens",
  "inputAudioTokens",
  "outputAudioTokens",
  "inputImageTokens",
  "outputImageTokens",
  "webSearches",
  "requests",
  "credits",
  "characters",
  "seconds",
  "images",
  "pages",
] as const;

export type UsageUnit = (typeof usageUnits)[number];

/** `cacheCreationInputTokens` is the sum of all cache writes; `cacheCreation1hInputTokens` the part of it kept for an hour. */
export type Usage = { [Unit in UsageUnit]?: number };

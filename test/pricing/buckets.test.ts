import { describe, expect, it } from "vitest";
import { bucketsOf } from "../../daemon/pricing/buckets.ts";
import type { Usage } from "../../shared/usage.ts";
import { seededRandom } from "../seededRandom.ts";

const random = seededRandom(11);
const upTo = (most: number) => Math.floor(random() * (most + 1));
const maybe = (value: number) => (random() < 0.3 ? {} : { value });

/** Usage whose parts fit into their wholes, any of them missing at times. */
function consistentUsage(): { usage: Usage; cachedAudio: number } {
  const inputTokens = upTo(10_000);
  const cacheRead = upTo(inputTokens);
  const cacheWrite = upTo(inputTokens - cacheRead);
  const plain = inputTokens - cacheRead - cacheWrite;
  const freshAudio = upTo(plain);
  const cachedAudio = upTo(cacheRead);
  const inputImage = upTo(plain - freshAudio);
  const outputTokens = upTo(5_000);
  const outputAudio = upTo(outputTokens);
  const outputImage = upTo(outputTokens - outputAudio);
  const reasoning = upTo(outputTokens - outputAudio - outputImage);
  return {
    cachedAudio,
    usage: {
      inputTokens,
      outputTokens,
      cacheReadInputTokens: cacheRead,
      cacheCreationInputTokens: cacheWrite,
      cacheCreation1hInputTokens: upTo(cacheWrite),
      inputAudioTokens: freshAudio + cachedAudio,
      inputImageTokens: inputImage,
      outputAudioTokens: outputAudio,
      outputImageTokens: outputImage,
      reasoningOutputTokens: reasoning,
    },
  };
}

/** Anything at all. */
function wildUsage(): Usage {
  const units = [
    "inputTokens",
    "outputTokens",
    "cacheReadInputTokens",
    "cacheCreationInputTokens",
    "cacheCreation1hInputTokens",
    "inputAudioTokens",
    "inputImageTokens",
    "outputAudioTokens",
    "outputImageTokens",
    "reasoningOutputTokens",
  ] as const;
  return Object.fromEntries(
    units.flatMap((unit) => Object.values(maybe(upTo(1_000))).map((value) => [unit, value])),
  );
}

function sides(usage: Usage, cachedAudio: number | undefined) {
  const buckets = bucketsOf(usage, { cachedAudioTokens: cachedAudio });
  const { counts } = buckets;
  const sum = (...units: (keyof typeof counts)[]) =>
    units.reduce((total, unit) => total + (counts[unit] ?? 0), 0);
  return {
    ...buckets,
    input: sum(
      "input",
      "cacheRead",
      "cacheReadAudio",
      "cacheWrite",
      "cacheWrite1h",
      "inputAudio",
      "inputImage",
    ),
    output: sum("output", "reasoning", "outputAudio", "outputImage"),
  };
}

describe("buckets of usage", () => {
  it("add up to the provider's totals where the parts fit into them", () => {
    for (let round = 0; round < 2_000; round += 1) {
      const { usage, cachedAudio } = consistentUsage();
      const { input, output, counts, guessed } = sides(usage, cachedAudio);
      expect({ input, output }).toEqual({ input: usage.inputTokens, output: usage.outputTokens });
      expect(guessed).toBe(false);
      expect(counts.inputImage).toBe(usage.inputImageTokens);
      expect((counts.inputAudio ?? 0) + (counts.cacheReadAudio ?? 0)).toBe(usage.inputAudioTokens);
    }
  });

  it("are never negative, and count no token twice, whatever is reported", () => {
    for (let round = 0; round < 5_000; round += 1) {
      const usage = wildUsage();
      const { input, output, inputTokens, counts } = sides(usage, random() < 0.5 ? undefined : upTo(1_000));
      const negative = Object.entries(counts).filter(([, count]) => count < 0);
      expect({ negative, input }, JSON.stringify(usage)).toEqual({ negative: [], input: inputTokens });
      const parts = (usage.outputAudioTokens ?? 0) + (usage.outputImageTokens ?? 0);
      expect(output).toBe(Math.max(usage.outputTokens ?? 0, parts));
    }
  });
});

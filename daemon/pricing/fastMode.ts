import type { Factor } from "./prices.ts";

/**
 * What Anthropic's fast mode (`speed: "fast"`) makes of the prices of all tokens, those of the cache included:
 * https://platform.claude.com/docs/en/build-with-claude/fast-mode (2026-11), and for the models that had it before,
 * https://platform.claude.com/docs/en/about-claude/pricing#fast-mode-pricing as of 2026-07.
 */
const factors: Readonly<Record<string, number>> = {
  "anthropic:claude-opus-4-6": 6,
  "anthropic:claude-opus-4-7": 6,
  "anthropic:claude-opus-4-8": 2,
  "anthropic:claude-opus-5": 2,
  "anthropic:claude-opus-5-5": 2,
};

/** Where a model's factor is not known, at least the list price. */
export function fastModeOf(speed: string | null, priceKey: string): Factor {
  if (speed !== "fast") return { factor: 1, known: true };
  const factor = factors[priceKey];
  return { factor: factor ?? 1, known: factor !== undefined };
}

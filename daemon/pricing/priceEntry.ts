import { z } from "zod";
import { type PriceAmounts, type PriceField, type PriceOverride, priceFields } from "../../shared/prices.ts";
import type { BilledUnit, Price, Prices } from "./prices.ts";

/** What each amount is for, and of how much of it. */
const unitsOfFields = {
  inputUsdPerMillion: ["input", 1e6],
  outputUsdPerMillion: ["output", 1e6],
  cacheReadUsdPerMillion: ["cacheRead", 1e6],
  cacheWriteUsdPerMillion: ["cacheWrite", 1e6],
  cacheWrite1hUsdPerMillion: ["cacheWrite1h", 1e6],
  reasoningUsdPerMillion: ["reasoning", 1e6],
  inputAudioUsdPerMillion: ["inputAudio", 1e6],
  outputAudioUsdPerMillion: ["outputAudio", 1e6],
  cacheReadAudioUsdPerMillion: ["cacheReadAudio", 1e6],
  inputImageUsdPerMillion: ["inputImage", 1e6],
  outputImageUsdPerMillion: ["outputImage", 1e6],
  cacheReadImageUsdPerMillion: ["cacheReadImage", 1e6],
  inputVideoUsdPerMillion: ["inputVideo", 1e6],
  outputVideoUsdPerMillion: ["outputVideo", 1e6],
  characterUsdPerMillion: ["character", 1e6],
  webSearchUsd: ["webSearch", 1],
  fileSearchUsd: ["fileSearch", 1],
  requestUsd: ["request", 1],
  creditUsd: ["credit", 1],
  secondUsd: ["second", 1],
  imageUsd: ["image", 1],
  pageUsd: ["page", 1],
} as const satisfies Record<PriceField, readonly [BilledUnit, number]>;

/** The field of `prices.json` that a unit's price would stand in. */
export function fieldOfUnit(unit: BilledUnit): PriceField {
  const field = priceFields.find((name) => unitsOfFields[name][0] === unit);
  if (field === undefined) throw new Error(`No field gives a price to ${unit}.`);
  return field;
}

const usd = z.number("must be a number").min(0, "must not be negative").max(1_000_000, "is too much");
const name = z.string("must be a string").trim().min(1, "must not be empty").max(200, "is too long");

/** One amount for each field that may be there, and for the user's sake no other: a misspelt one would be no price at all. */
export const amountsShape = Object.fromEntries(priceFields.map((field) => [field, usd.optional()])) as Record<
  PriceField,
  z.ZodOptional<typeof usd>
>;

export function givesPrice(amounts: { [Field in PriceField]?: number | undefined }): boolean {
  return priceFields.some((field) => amounts[field] !== undefined);
}

/** An entry of `prices.json`. Without `model` it is for that provider's calls that name no model. */
export const entrySchema = z
  .strictObject({ provider: name, model: name.optional(), ...amountsShape })
  .refine(givesPrice, "gives no price");

/** The same as an override: absent is absent, and no model is `null`. */
export function overrideOf({
  provider,
  model,
  ...amounts
}: Omit<z.output<typeof entrySchema>, "model"> & { model?: string | null | undefined }): PriceOverride {
  return { provider, model: model ?? null, ...presentAmounts(amounts) };
}

function presentAmounts(amounts: { [Field in PriceField]?: number | undefined }): PriceAmounts {
  const present: PriceAmounts = {};
  for (const field of priceFields) {
    const amount = amounts[field];
    if (amount !== undefined) present[field] = amount;
  }
  return present;
}

export function pricesOf(amounts: PriceAmounts): Prices {
  const prices: { [Unit in BilledUnit]?: Price } = {};
  for (const field of priceFields) {
    const value = amounts[field];
    if (value === undefined) continue;
    const [unit, per] = unitsOfFields[field];
    prices[unit] = { usd: value, per, tiers: [] };
  }
  return prices;
}

/** Prices as amounts: of calls with little input, and for each tier of those with more. */
export function amountsOf(prices: Prices): {
  amounts: PriceAmounts;
  tiers: { aboveInputTokens: number; amounts: PriceAmounts }[];
} {
  const limits = new Set(Object.values(prices).flatMap(({ tiers }) => tiers.map(({ above }) => above)));
  const at = (inputTokens: number) => {
    const amounts: PriceAmounts = {};
    for (const field of priceFields) {
      const [unit, per] = unitsOfFields[field];
      const price = prices[unit];
      if (price === undefined) continue;
      const tier = price.tiers.findLast(({ above }) => inputTokens > above);
      amounts[field] = rounded(((tier?.usd ?? price.usd) / price.per) * per);
    }
    return amounts;
  };
  return {
    amounts: at(0),
    tiers: [...limits]
      .sort((a, b) => a - b)
      .map((aboveInputTokens) => ({ aboveInputTokens, amounts: at(aboveInputTokens + 1) })),
  };
}

/** Without what floating point adds when a price for a thousand becomes one for one. */
function rounded(usdAmount: number): number {
  return Number(usdAmount.toPrecision(12));
}

/**
 * The user's own prices, as `prices.json`, the API and the command line write them: dollars for a million
 * (`…UsdPerMillion`) or for one (`…Usd`).
 */
export const priceFields = [
  "inputUsdPerMillion",
  "outputUsdPerMillion",
  "cacheReadUsdPerMillion",
  "cacheWriteUsdPerMillion",
  "cacheWrite1hUsdPerMillion",
  "reasoningUsdPerMillion",
  "inputAudioUsdPerMillion",
  "outputAudioUsdPerMillion",
  "cacheReadAudioUsdPerMillion",
  "inputImageUsdPerMillion",
  "outputImageUsdPerMillion",
  "cacheReadImageUsdPerMillion",
  "inputVideoUsdPerMillion",
  "outputVideoUsdPerMillion",
  "characterUsdPerMillion",
  "webSearchUsd",
  "fileSearchUsd",
  "requestUsd",
  "creditUsd",
  "secondUsd",
  "imageUsd",
  "pageUsd",
] as const;
export type PriceField = (typeof priceFields)[number];

export type PriceAmounts = { [Field in PriceField]?: number };

/** The user's price of a model, or (`model: null`) of what a provider bills without one, as Firecrawl its credits. */
export interface PriceOverride extends PriceAmounts {
  provider: string;
  model: string | null;
}

/** `openai:my-model`, `firecrawl:*`: how a price is named in paths, tables and `Call.priceKey`. */
export function priceName({ provider, model }: Pick<PriceOverride, "provider" | "model">): string {
  return `${provider}:${model ?? "*"}`;
}

/** What such a name says, or `null`. Names of models may hold colons, those of providers do not. */
export function parsePriceName(name: string): Pick<PriceOverride, "provider" | "model"> | null {
  const colon = name.indexOf(":");
  const [provider, model] = [name.slice(0, colon), name.slice(colon + 1)];
  if (colon < 1 || model === "") return null;
  return { provider, model: model === "*" ? null : model };
}

/** The list of prices in force. */
export interface PriceCatalogue {
  version: string;
  /** The day it is of, `YYYY-MM-DD`. */
  date: string;
  ageDays: number;
  /** Old enough that prices have most likely changed since. */
  stale: boolean;
  staleAfterDays: number;
  /** Came with Taximeter, or by `taximeter prices update`. */
  origin: "built in" | "file";
}

/** Where an override is written. */
export interface KnownOverride extends PriceOverride {
  /** Absolute path of its `prices.json`. */
  file: string;
  /** The workspace whose calls alone it is for; `null`: all calls. */
  workspace: string | null;
}

/** What one provider takes for a model now. */
export interface ListedPrice {
  provider: string;
  /** As a call's `priceKey` and `priceVersion` say it. */
  key: string;
  version: string;
  /** Listed as free of charge. */
  free: boolean;
  /** Depends on more than its name: the lowest that it can be. */
  lowerBound: boolean;
  amounts: PriceAmounts;
  /** What other amounts hold for the whole call, where its input is longer than so many tokens. Rising. */
  tiers: { aboveInputTokens: number; amounts: PriceAmounts }[];
}

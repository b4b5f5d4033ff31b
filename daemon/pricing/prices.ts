/** What prices are for. Each token, search or request of a call falls under exactly one of them. */
export const billedUnits = [
  "input",
  "output",
  "cacheRead",
  "cacheWrite",
  "cacheWrite1h",
  "reasoning",
  "inputAudio",
  "outputAudio",
  "cacheReadAudio",
  "inputImage",
  "outputImage",
  "cacheReadImage",
  "inputVideo",
  "outputVideo",
  "webSearch",
  "fileSearch",
  "request",
  "credit",
  "character",
  "second",
  "image",
  "page",
] as const;

export type BilledUnit = (typeof billedUnits)[number];

/** A price: `usd` for `per` units. Beyond `above` input tokens the whole call is at a tier's price; tiers rise. */
export interface Price {
  usd: number;
  per: number;
  tiers: readonly { above: number; usd: number }[];
}

/** What one model costs on one day. */
export type Prices = { readonly [Unit in BilledUnit]?: Price };

/** What something makes of the prices of tokens. Where that is not known, the factor is one that cannot be too high. */
export interface Factor {
  factor: number;
  known: boolean;
}

/** Prices with the key and version that a call keeps of them. */
export interface FoundPrices {
  /** `provider:model` as the list writes them. */
  key: string;
  version: string;
  prices: Prices;
  /** Listed as free of charge. */
  free: boolean;
  /** A price among them depends on what was not said, and is the lowest that it can be. */
  lowerBound?: boolean;
  /** The user's own, who knows where they call from. */
  own?: boolean;
}

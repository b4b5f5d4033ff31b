import type { Range } from "./range.ts";

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

/** One model without a price, by calls. */
export interface UnpricedModel {
  provider: string;
  model: string | null;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  firstSeenAt: string;
  lastSeenAt: string;
}

/** What prices there are. `range` narrows down the unpriced (default: `all`), `model` asks for what a model costs. */
export interface PricesQuery extends Range {
  /** A name, or `provider:name`. */
  model?: string;
  /** Absolute path of the workspace whose prices are asked for beside those for all calls. */
  workspace?: string;
}

export interface Prices {
  catalogue: PriceCatalogue;
  /** The user's own, those of workspaces first. */
  overrides: KnownOverride[];
  unpriced: UnpricedModel[];
  /** What is wrong with the files of prices, one sentence each. */
  warnings: string[];
  /** Who sells the model that was asked for, at what price; empty where none was asked for. */
  listed: ListedPrice[];
}

/** Calls to interpret and price again: of a range (default: `all`), of one provider, of one of its models. */
export interface RepriceInput extends Range {
  /** Only tell what would change. */
  dryRun?: boolean;
  provider?: string;
  /** Asked for or answered by. */
  model?: string;
  /** `nextCursor` of the answer before. */
  cursor?: string;
}

/** The calls of one model that changed, before and after. `costUsd` leaves out what has no price. */
export interface RepricedModel {
  provider: string;
  model: string | null;
  calls: number;
  oldCostUsd: string;
  newCostUsd: string;
  /** `newCostUsd` less `oldCostUsd`; may be negative. */
  differenceUsd: string;
  oldUnpricedCalls: number;
  newUnpricedCalls: number;
}

/** One stretch of work, some seconds long at most: where `nextCursor` is not `null`, the rest is asked for by it. */
export interface Repricing {
  dryRun: boolean;
  /** Calls looked at, and those of them that changed or would. */
  calls: number;
  changedCalls: number;
  /** By falling difference, whatever its sign. */
  models: RepricedModel[];
  nextCursor: string | null;
}

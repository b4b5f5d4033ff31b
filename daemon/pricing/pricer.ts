import type { CostStatus } from "../../shared/call.ts";
import { NANO_USD_PER_USD } from "../../shared/money.ts";
import type { PriceCatalogue } from "../../shared/prices.ts";
import type { Usage } from "../../shared/usage.ts";
import { type FinerParts, type Surcharges, surchargesIn } from "../usage/surcharges.ts";
import { type Buckets, bucketsOf } from "./buckets.ts";
import { type Catalogue, loadCatalogue } from "./catalogue.ts";
import { type CostedUnit, costOf } from "./costing.ts";
import { fastModeOf } from "./fastMode.ts";
import { createOwnPrices, type OwnPrices } from "./ownPrices.ts";
import { placeOf } from "./places.ts";
import type { PriceableCall } from "./priceableCall.ts";
import { createPriceFinder, modelsOf } from "./priceFinder.ts";
import type { FoundPrices } from "./prices.ts";
import { tierOf } from "./serviceTiers.ts";

/**
 * - `declared`: the provider's own figure.
 * - `computed`: every unit that was reported has its price. Also 0 for an attempt that the provider refused (no response, or
 *   a 4xx or 5xx) without reporting usage: that is not billed.
 * - `free`: a local model, or one that is listed as free of charge.
 * - `estimated`: of a call that was cut short what had been reported so far; or parts that contradict their whole.
 * - `incomplete`: a lower bound, as a part has no price (a unit, a fee, a service tier, another model's share).
 * - `unpriced`, `costNanoUsd: null`: no price for the model (`priceKey: null`), or none of the usage was reported or it is
 *   beyond belief (`priceKey` is set if the model does have a price).
 */
export interface Cost {
  costNanoUsd: number | null;
  costStatus: CostStatus;
  priceKey: string | null;
  priceVersion: string | null;
}

/** Order: declared by the provider > the user's own (workspace, then user) > local and free > catalogue at the call's date. */
export interface Pricer {
  price(call: PriceableCall): Cost;
  /**
   * What a call's cost is made of, unit by unit and model by model. Empty where it is not worked out from usage: declared,
   * refused, free, or without a price.
   */
  explain(call: PriceableCall): BilledModel[];
  catalogue(): PriceCatalogue;
  /** What is wrong with the files of prices, for a user to read; empty when all is well. */
  warnings(): string[];
  /** Reads the user's files of prices again now, rather than within seconds of their change. */
  reload(): void;
}

/** One model's share of a call. `priceKey` is `null` where that model has no price. */
export interface BilledModel {
  priceKey: string | null;
  units: CostedUnit[];
}

export interface PricerOptions {
  /** Path of `prices.json`; it need not exist. `null`: there is none. */
  overridesFile: string | null;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** The built-in one unless a test brings its own. */
  catalogue?: Catalogue;
}

export interface PricerParts {
  own: OwnPrices;
  /** The list that is in force now. */
  catalogue: () => Catalogue;
  now: () => number;
  warnings: () => string[];
}

/** A million dollars: no call costs that, so its usage is not to be believed. */
const MOST_NANO_USD_PER_CALL = 1_000_000 * NANO_USD_PER_USD;

/**
 * OpenAI's search models bill each call a search fee that their usage does not show:
 * https://platform.openai.com/docs/pricing (web search, preview models).
 */
const hiddenSearchFee = /^gpt-.*-search-(?:preview|api)/;

/** Loads the catalogue, which takes about 0.1 s: call it when the daemon listens already. */
export async function createPricer({ overridesFile, now, catalogue }: PricerOptions): Promise<Pricer> {
  const own = createOwnPrices(overridesFile, now);
  const list = catalogue ?? (await loadCatalogue());
  return pricerOf({ own, catalogue: () => list, now, warnings: () => own.warnings() });
}

export function pricerOf({ own, catalogue, now, warnings }: PricerParts): Pricer {
  const find = createPriceFinder(own, catalogue);

  function price(call: PriceableCall): Cost {
    if (call.declaredCostNanoUsd !== null && call.declaredCostNanoUsd <= MOST_NANO_USD_PER_CALL) {
      return {
        costNanoUsd: call.declaredCostNanoUsd,
        costStatus: "declared",
        priceKey: null,
        priceVersion: null,
      };
    }
    const models = modelsOf(call);
    const found = find(call, models);
    const keys = { priceKey: found?.key ?? null, priceVersion: found?.version ?? null };
    if (isEmpty(call.usage) && wasRefused(call)) return { costNanoUsd: 0, costStatus: "computed", ...keys };
    if (found?.free) return { costNanoUsd: 0, costStatus: "free", ...keys };
    if (
      found === undefined ||
      (isEmpty(call.usage) && (call.status === "pending" || found.prices.request === undefined))
    ) {
      return { costNanoUsd: null, costStatus: "unpriced", ...keys };
    }
    const cost = costAt(call, found, models);
    // Beside what one call can cost, such an amount would drown every sum that it is added to; and that it costs at least
    // nothing says nothing.
    const isLowerBound = cost.costStatus === "incomplete";
    if (cost.costNanoUsd > MOST_NANO_USD_PER_CALL || (isLowerBound && cost.costNanoUsd === 0)) {
      return { costNanoUsd: null, costStatus: "unpriced", ...keys };
    }
    return { ...cost, ...keys };
  }

  /** The shares of all models that a call used, its own first. */
  function partsOf(
    call: PriceableCall,
    found: FoundPrices,
    surcharges: Surcharges,
    buckets: Buckets,
  ): Part[] {
    const parts: Part[] = [partOf(call, found, buckets, surcharges)];
    for (const { model, usage, largestInputTokens } of surcharges.otherModels) {
      const other = find(call, [model]);
      parts.push(
        other === undefined
          ? { nanoUsd: 0, known: false, priceKey: null, units: [] }
          : partOf(call, other, bucketsOf(usage, { largestInputTokens }), { ...surcharges, speed: null }),
      );
    }
    return parts;
  }

  function explain(call: PriceableCall): BilledModel[] {
    const models = modelsOf(call);
    const found = call.declaredCostNanoUsd === null ? find(call, models) : undefined;
    if (found === undefined || found.free || price(call).costNanoUsd === null) return [];
    if (isEmpty(call.usage) && wasRefused(call)) return [];
    const surcharges = surchargesIn(call.rawUsage);
    return partsOf(call, found, surcharges, wholeOf(call, surcharges)).map(({ priceKey, units }) => ({
      priceKey,
      units,
    }));
  }

  function costAt(
    call: PriceableCall,
    found: FoundPrices,
    models: readonly string[],
  ): { costNanoUsd: number; costStatus: CostStatus } {
    const surcharges = surchargesIn(call.rawUsage);
    const buckets = wholeOf(call, surcharges);
    const parts = partsOf(call, found, surcharges, buckets);
    const isIncomplete =
      surcharges.unpriceable.length > 0 ||
      models.some((model) => hiddenSearchFee.test(model)) ||
      parts.some(({ known }) => !known);
    const isGuess = buckets.guessed || call.status === "aborted" || call.status === "error";
    return {
      costNanoUsd: Math.round(parts.reduce((total, { nanoUsd }) => total + nanoUsd, 0)),
      costStatus: isIncomplete ? "incomplete" : isGuess ? "estimated" : "computed",
    };
  }

  return {
    price,
    explain,
    catalogue: () => catalogue().state(now()),
    warnings,
    reload: () => own.reload(),
  };
}

function wholeOf(call: PriceableCall, { finer }: Surcharges): Buckets {
  return bucketsOf(call.usage, { ...finer, ...longestOf(call, finer) });
}

/** Of a batch that does not say how long its longest request was, it may have been all of it. */
function longestOf(
  { serviceTier, usage }: PriceableCall,
  { largestInputTokens }: FinerParts,
): Pick<FinerParts, "largestInputTokens"> {
  return serviceTier === "batch" ? { largestInputTokens: largestInputTokens ?? usage.inputTokens } : {};
}

/** What one model's share of a call costs; not `known`: at least that. */
interface Part extends BilledModel {
  /** Not rounded. */
  nanoUsd: number;
  known: boolean;
}

function partOf(
  { provider, serviceTier, endpoint }: PriceableCall,
  found: FoundPrices,
  buckets: Buckets,
  { placeFactor, speed }: Pick<Surcharges, "placeFactor" | "speed">,
): Part {
  const { key, own = false, lowerBound = false } = found;
  const factors = [
    tierOf(provider, serviceTier, key, buckets),
    fastModeOf(speed, key),
    ...(own ? [] : [placeOf(provider, endpoint, key), { factor: placeFactor, known: true }]),
  ];
  const tokenFactor = factors.reduce((product, { factor }) => product * factor, 1);
  const { nanoUsd, unpricedUnits, lines } = costOf(buckets, found, provider, tokenFactor);
  return {
    nanoUsd,
    priceKey: key,
    units: lines,
    known: !lowerBound && unpricedUnits.length === 0 && factors.every(({ known }) => known),
  };
}

function isEmpty(usage: Usage): boolean {
  return Object.keys(usage).length === 0;
}

/** Failed before there was anything to pay for: without a response, or with one that says so. */
function wasRefused({ status, httpStatus }: PriceableCall): boolean {
  return status === "error" && (httpStatus === null || httpStatus >= 400);
}

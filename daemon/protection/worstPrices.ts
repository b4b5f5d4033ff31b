import type { PriceOverride } from "../../shared/prices.ts";
import { PROTECTION_VERSION, type WorstPrice, type WorstPrices } from "../../shared/protection.ts";
import { pricesOf } from "../pricing/priceEntry.ts";
import type { BilledUnit, Prices } from "../pricing/prices.ts";

/** A model, or (`null`) what its provider bills without one, and every price that may hold for it within a day. */
export interface SoldModel {
  provider: string;
  model: string | null;
  prices: readonly Prices[];
}

const NANO_USD = 1e9;
/** A shim takes three bytes for a token of input, and a character for a byte. */
const CHARACTERS_PER_TOKEN = 3;

const inputUnits = ["input", "cacheRead", "cacheWrite", "cacheWrite1h"] as const;
/** Where a model has no price for text: a recording or an image is far shorter than its bytes. */
const mediaUnits = ["inputAudio", "inputImage", "inputVideo"] as const;
const outputUnits = ["output", "reasoning", "outputAudio", "outputImage", "outputVideo"] as const;
const callUnits = ["request", "image", "page", "credit"] as const;

/** What models may cost at most: the catalogue's prices, where the user has none of their own. */
export function worstPricesOf(models: Iterable<SoldModel>, overrides: readonly PriceOverride[]): WorstPrices {
  const found = new Map<string, Map<string, WorstPrice>>();
  const ofProvider = (provider: string) => {
    const known = found.get(provider) ?? new Map<string, WorstPrice>();
    found.set(provider, known);
    return known;
  };
  for (const { provider, model, prices } of models) {
    const worst = prices.map(worstOf).reduce(higher, [0, 0, 0]);
    ofProvider(provider).set((model ?? "").toLowerCase(), worst);
  }
  const own = new Map<string, WorstPrice>();
  for (const { provider, model, ...amounts } of overrides) {
    const key = JSON.stringify([provider, (model ?? "").toLowerCase()]);
    // Of several workspaces' the highest: a shim knows its own, but not what is in its files.
    own.set(key, higher(own.get(key) ?? [0, 0, 0], worstOf(pricesOf(amounts))));
    const known = own.get(key);
    if (known !== undefined) ofProvider(provider).set((model ?? "").toLowerCase(), known);
  }
  return {
    version: PROTECTION_VERSION,
    providers: Object.fromEntries(
      [...found].map(([provider, byModel]) => [
        provider,
        {
          most: [...byModel.values()].reduce(higher, [0, 0, 0]),
          models: Object.fromEntries([...byModel].filter(([model]) => model !== "")),
        },
      ]),
    ),
  };
}

function worstOf(prices: Prices): WorstPrice {
  const most = (units: readonly BilledUnit[]) => Math.max(0, ...units.map((unit) => dearest(prices, unit)));
  const text = Math.max(most(inputUnits), dearest(prices, "character") * CHARACTERS_PER_TOKEN);
  return [text === 0 ? most(mediaUnits) : text, most(outputUnits), most(callUnits)];
}

/** Nano-dollars for one, in the dearest of its tiers. */
function dearest(prices: Prices, unit: BilledUnit): number {
  const price = prices[unit];
  if (price === undefined) return 0;
  const usd = Math.max(price.usd, ...price.tiers.map((tier) => tier.usd));
  return Number(((usd / price.per) * NANO_USD).toPrecision(12));
}

function higher(one: WorstPrice, other: WorstPrice): WorstPrice {
  return [Math.max(one[0], other[0]), Math.max(one[1], other[1]), Math.max(one[2], other[2])];
}

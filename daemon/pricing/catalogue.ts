import type { ConditionalPrice, ModelInfo, ModelPrice, Provider } from "@pydantic/genai-prices";
import { ownValue } from "../../shared/ownValue.ts";
import type { PriceCatalogue } from "../../shared/prices.ts";
import { bedrockNames, isSameVersion } from "./bedrockNames.ts";
import { correctedModels, correctedPrices, correctionsDate } from "./corrections.ts";
import { findModel, namesIn } from "./modelMatch.ts";
import type { BilledUnit, FoundPrices, Price, Prices } from "./prices.ts";

/** Version of `@pydantic/genai-prices` that is built in, and the day it was published on npm; a test holds them to it. */
export const catalogueVersion = "0.1.8";
export const catalogueDate = "2026-09-23";

const DAY_MS = 86_400_000;
/** Providers change a price every few weeks (the catalogue names 15 dates): older lists are said to be stale. */
export const STALE_AFTER_DAYS = 90;
/** Names come from outside, so what is remembered of them is bounded. */
const MOST_REMEMBERED = 2_000;

export interface Catalogue {
  /** Prices of a model at an instant (ms since the epoch), or `undefined`: by exact name or alias, never by likeness. */
  find(provider: string, model: string, atMs: number): FoundPrices | undefined;
  /** The catalogue's providers that sell a model of this name at an instant, by Taximeter's names for them. */
  sellersOf(model: string, atMs: number): string[];
  /** Every provider, by all names that its calls may come under, with the models that it sells by their ids and aliases. */
  sellers(): { provider: string; models: string[] }[];
  state(nowMs: number): PriceCatalogue;
}

/** Which list a catalogue is made of. */
export interface CatalogueLabel {
  /** As calls keep it: `genai-prices@0.1.8`. */
  priceVersion: string;
  version: string;
  date: string;
  origin: PriceCatalogue["origin"];
}

export const builtIn: CatalogueLabel = {
  priceVersion: `genai-prices@${catalogueVersion}`,
  version: catalogueVersion,
  date: catalogueDate,
  origin: "built in",
};

/** Providers whom the catalogue calls otherwise than OpenTelemetry and Taximeter do. */
const catalogueNames: Readonly<Record<string, string>> = {
  "gcp.gemini": "google",
  "gcp.gen_ai": "google",
  "gcp.vertex_ai": "google",
  gemini: "google",
  "aws.bedrock": "aws",
  "azure.ai.openai": "azure",
  "azure.ai.inference": "azure",
  mistral_ai: "mistral",
  moonshot_ai: "moonshotai",
  voyage: "voyageai",
  x_ai: "x-ai",
  xai: "x-ai",
  z_ai: "zai",
};

/** Under what name calls of a provider of the catalogue come, where it is not its own; of several the first. */
const ownNames = new Map(
  Object.entries(catalogueNames)
    .reverse()
    .map(([own, theirs]) => [theirs, own] as const),
).set("google", "google");

/** Loads the catalogue: 40–120 ms and 14 MB, so only when it is needed. */
export async function loadCatalogue(): Promise<Catalogue> {
  const { waitForUpdate } = await import("@pydantic/genai-prices");
  return createCatalogue((await waitForUpdate()) ?? []);
}

export function createCatalogue(providers: readonly Provider[], label = builtIn): Catalogue {
  const models = new Map<string, ModelInfo | null>();
  const converted = new WeakMap<ModelPrice, Prices>();

  function search(provider: Provider, name: string): ModelInfo | undefined {
    if (provider.id !== "aws") return findModel(provider.models, name);
    for (const spelling of bedrockNames(name)) {
      const found = findModel(provider.models, spelling);
      if (found !== undefined && isSameVersion(name, found.id)) return found;
    }
    return undefined;
  }

  function modelOf(provider: Provider, name: string): ModelInfo | null {
    const key = `${provider.id}\n${name}`;
    const known = models.get(key);
    if (known !== undefined) return known;
    if (models.size >= MOST_REMEMBERED) models.clear();
    const found = search(provider, name) ?? null;
    models.set(key, found);
    return found;
  }

  function pricesOf(modelPrice: ModelPrice): Prices {
    const known = converted.get(modelPrice);
    if (known !== undefined) return known;
    const prices = convert(modelPrice);
    converted.set(modelPrice, prices);
    return prices;
  }

  function find(providerName: string, modelName: string, atMs: number): FoundPrices | undefined {
    const wanted = ownValue(catalogueNames, providerName) ?? providerName;
    const corrected = knowsBetter(label, atMs) ? undefined : correctedPrices(wanted, modelName, atMs);
    if (corrected !== undefined) return corrected;
    const own = providers.find(({ id }) => id === wanted);
    // Who serves others' models at their makers' prices says so in the catalogue (Azure: OpenAI's; Vertex: Anthropic's).
    const others = (own?.fallback_model_providers ?? []).map((name) =>
      providers.find(({ id }) => id === name),
    );
    const provider = [own, ...others].find((each) => each !== undefined && modelOf(each, modelName) !== null);
    const model = provider && modelOf(provider, modelName);
    if (!provider || !model) return undefined;
    const modelPrice = priceAt(model.prices, atMs);
    return {
      key: `${provider.id}:${model.id}`,
      version: label.priceVersion,
      prices: pricesOf(modelPrice),
      // An entry without a single price stands for a model that is free of charge ("Free of charge on the Gemini API").
      free: Object.keys(modelPrice).length === 0,
    };
  }

  return {
    find,
    sellersOf: (modelName, atMs) =>
      providers
        .map(({ id }) => ownNames.get(id) ?? id)
        .filter((provider) => find(provider, modelName, atMs) !== undefined),
    sellers() {
      const names = [...providers.map(({ id }) => id), ...Object.keys(catalogueNames)];
      return names.map((provider) => {
        const wanted = ownValue(catalogueNames, provider) ?? provider;
        const own = providers.find(({ id }) => id === wanted);
        const served = [wanted, ...(own?.fallback_model_providers ?? [])];
        const known = providers.filter(({ id }) => served.includes(id)).flatMap(({ models }) => models);
        const named = known.flatMap(({ id, match }) => [id, ...namesIn(match)]);
        return { provider, models: [...new Set([...named, ...correctedModels(wanted)])] };
      });
    },
    state(nowMs) {
      const ageDays = Math.max(0, Math.floor((nowMs - Date.parse(label.date)) / DAY_MS));
      return {
        version: label.version,
        date: label.date,
        ageDays,
        stale: ageDays > STALE_AFTER_DAYS,
        staleAfterDays: STALE_AFTER_DAYS,
        origin: label.origin,
      };
    },
  };
}

/** From its own day on a list that is newer than the corrections; what they say of the time before still holds. */
function knowsBetter({ date }: CatalogueLabel, atMs: number): boolean {
  return date > correctionsDate && atMs >= Date.parse(date);
}

/** Of several prices the last whose time has come; before all of them, the first. */
function priceAt(prices: ConditionalPrice[] | ModelPrice, atMs: number): ModelPrice {
  if (!Array.isArray(prices)) return prices;
  const last = prices.findLast(({ constraint }) => {
    if (constraint === undefined) return true;
    switch (constraint.type) {
      case "start_date":
        return atMs >= Date.parse(constraint.start_date);
      case "time_of_date":
        return isWithinDay(atMs, constraint.start_time, constraint.end_time);
      default:
        return constraint satisfies never;
    }
  });
  return (last ?? prices[0])?.prices ?? {};
}

/** `start` and `end` are times of day with a zone, as `16:30:00Z`; a span may go over midnight. */
function isWithinDay(atMs: number, start: string, end: string): boolean {
  const timeOfDay = (time: string) => modulo(Date.parse(`1970-01-01T${time}`));
  const [at, from, to] = [modulo(atMs), timeOfDay(start), timeOfDay(end)];
  return to < from ? at >= from || at < to : at >= from && at < to;
}

function modulo(ms: number): number {
  return ((ms % DAY_MS) + DAY_MS) % DAY_MS;
}

/** The catalogue's price keys that stand for a unit of ours, and how many of it their price is for. */
const priceKeys: Readonly<Record<string, readonly [BilledUnit, number]>> = {
  input_mtok: ["input", 1e6],
  output_mtok: ["output", 1e6],
  cache_read_mtok: ["cacheRead", 1e6],
  cache_write_mtok: ["cacheWrite", 1e6],
  cache_write_1h_mtok: ["cacheWrite1h", 1e6],
  output_reasoning_mtok: ["reasoning", 1e6],
  input_audio_mtok: ["inputAudio", 1e6],
  output_audio_mtok: ["outputAudio", 1e6],
  cache_audio_read_mtok: ["cacheReadAudio", 1e6],
  input_image_mtok: ["inputImage", 1e6],
  output_image_mtok: ["outputImage", 1e6],
  cache_image_read_mtok: ["cacheReadImage", 1e6],
  input_video_mtok: ["inputVideo", 1e6],
  output_video_mtok: ["outputVideo", 1e6],
  web_searches_kcount: ["webSearch", 1e3],
  storage_searches_kcount: ["fileSearch", 1e3],
  requests_kcount: ["request", 1e3],
  audio_hours: ["second", 3600],
  input_audio_hours: ["second", 3600],
  input_document_kpages: ["page", 1e3],
};

function convert(modelPrice: ModelPrice): Prices {
  const prices: { [Unit in BilledUnit]?: Price } = {};
  for (const [key, value] of Object.entries(modelPrice)) {
    const target = ownValue(priceKeys, key);
    if (target === undefined || value === undefined) continue;
    const [unit, per] = target;
    prices[unit] =
      typeof value === "number"
        ? { usd: value, per, tiers: [] }
        : {
            usd: value.base,
            per,
            tiers: value.tiers
              .map(({ start, price }) => ({ above: start, usd: price }))
              .sort((a, b) => a.above - b.above),
          };
  }
  return prices;
}

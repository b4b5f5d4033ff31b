import type { BilledUnit, FoundPrices, Price, Prices } from "./prices.ts";

/** Where the built-in catalogue is known to be wrong or behind: what holds instead, and who says so. */
interface Correction {
  /** As the catalogue calls it. */
  provider: string;
  /** Exact names, in lower case. */
  models: readonly string[];
  /** From this day or instant (UTC) until the next entry of the same model. */
  from: string;
  /** Dollars per million tokens: input, read from the cache, output. */
  usd?: readonly [input: number, cacheRead?: number, output?: number];
  /** Dollars for a request. */
  requestUsd?: number;
  /** Dollars per million characters. */
  characterUsd?: number;
  /** Twice the price at DeepSeek's busy hours, on which days. */
  peakHours?: "daily" | "weekdays";
  /** That it cannot be less is known, and no more. */
  lowerBound?: boolean;
}

/** The day that the sources were last looked at; part of the version that a call's price keeps. */
export const correctionsDate = "2026-11-21";

const corrections: readonly Correction[] = [
  // https://developers.openai.com/api/docs/models/tts-1 (and tts-1-hd)
  { provider: "openai", models: ["tts-1", "tts-1-1106"], from: "2023-11-06", characterUsd: 15 },
  { provider: "openai", models: ["tts-1-hd", "tts-1-hd-1106"], from: "2023-11-06", characterUsd: 30 },
  // https://api-docs.deepseek.com/news/news250821 (V3.1, prices from 2025-09-05, no more discount at night)
  {
    provider: "deepseek",
    models: ["deepseek-chat", "deepseek-reasoner"],
    from: "2025-09-05",
    usd: [0.56, 0.07, 1.68],
  },
  // https://api-docs.deepseek.com/news/news250929 (V3.2-Exp)
  {
    provider: "deepseek",
    models: ["deepseek-chat", "deepseek-reasoner"],
    from: "2025-09-29",
    usd: [0.28, 0.028, 0.42],
  },
  // Some day before this one the two became names of V4 Flash, which costs less, and they are retired since 2026-07-24.
  {
    provider: "deepseek",
    models: ["deepseek-chat", "deepseek-reasoner"],
    from: "2026-05-04",
    usd: [0.14, 0.0028, 0.28],
    lowerBound: true,
  },
  // https://api-docs.deepseek.com/quick_start/pricing as it was before 2026-08-16: one price at all hours, where the
  // catalogue has busy ones.
  { provider: "deepseek", models: ["deepseek-v4-flash"], from: "2026-01-01", usd: [0.14, 0.0028, 0.28] },
  { provider: "deepseek", models: ["deepseek-v4-pro"], from: "2026-01-01", usd: [0.435, 0.003625, 0.87] },
  // The same page since then: busy hours, every day.
  {
    provider: "deepseek",
    models: ["deepseek-v4-flash", "deepseek-v4-flash-vision-exp"],
    from: "2026-08-16T16:00:00Z",
    usd: [0.22, 0.007, 0.66],
    peakHours: "daily",
  },
  {
    provider: "deepseek",
    models: ["deepseek-v4-pro"],
    from: "2026-08-16T16:00:00Z",
    usd: [0.66, 0.022, 1.98],
    peakHours: "daily",
  },
  // V4.1 Flash, which answers to the old names as well; busy hours from Monday to Friday.
  {
    provider: "deepseek",
    models: ["deepseek-flash", "deepseek-v4-flash", "deepseek-v4-flash-vision-exp"],
    from: "2026-09-10T04:00:00Z",
    usd: [0.15, 0.003, 0.6],
    peakHours: "weekdays",
  },
  {
    provider: "deepseek",
    models: ["deepseek-v4-pro"],
    from: "2026-09-10T04:00:00Z",
    usd: [0.66, 0.022, 1.98],
    peakHours: "weekdays",
  },
  // Announced for that day was that Flash answers for Pro, at its price; by 2026-10-27 Pro had its own again.
  {
    provider: "deepseek",
    models: ["deepseek-v4-pro"],
    from: "2026-09-14T04:00:00Z",
    usd: [0.15, 0.003, 0.6],
    peakHours: "weekdays",
    lowerBound: true,
  },
  {
    provider: "deepseek",
    models: ["deepseek-v4-pro"],
    from: "2026-10-27",
    usd: [0.66, 0.022, 1.98],
    peakHours: "weekdays",
  },
  // https://mistral.ai/news/mistral-3: the name went over to Large 3, which the catalogue lists as mistral-large-2512.
  { provider: "mistral", models: ["mistral-large-latest"], from: "2025-12-02", usd: [0.5, 0.05, 1.5] },
  // Large 4 (https://docs.mistral.ai/models/mistral-large-4-0) costs more; whether the name has gone over is not known.
  {
    provider: "mistral",
    models: ["mistral-large-latest"],
    from: "2026-10-06",
    usd: [0.5, 0.05, 1.5],
    lowerBound: true,
  },
  // https://aws.amazon.com/bedrock/pricing (embeddings, on demand, US East)
  { provider: "aws", models: ["amazon.titan-embed-text-v2:0"], from: "2024-04-30", usd: [0.02] },
  {
    provider: "aws",
    models: ["cohere.embed-english-v3", "cohere.embed-multilingual-v3"],
    from: "2023-11-30",
    usd: [0.1],
  },
  { provider: "aws", models: ["cohere.embed-v4:0"], from: "2025-10-01", usd: [0.12] },
  // https://cohere.com/pricing (2 for 1,000 searches)
  {
    provider: "cohere",
    models: ["rerank-v3.5", "rerank-english-v3.0", "rerank-multilingual-v3.0"],
    from: "2024-04-11",
    requestUsd: 0.002,
  },
];

/** Models of a provider, as the catalogue calls it, for which anything was corrected. */
export function correctedModels(provider: string): string[] {
  return corrections.filter((each) => each.provider === provider).flatMap(({ models }) => models);
}

/** What holds instead of the catalogue's price, or `undefined`. */
export function correctedPrices(provider: string, model: string, atMs: number): FoundPrices | undefined {
  const name = model.toLowerCase();
  const correction = corrections.findLast(
    (each) => each.provider === provider && each.models.includes(name) && atMs >= Date.parse(each.from),
  );
  if (correction === undefined) return undefined;
  return {
    key: `${provider}:${name}`,
    version: `corrections@${correctionsDate}`,
    prices: pricesOf(correction, isPeak(correction.peakHours, atMs) ? 2 : 1),
    free: false,
    lowerBound: correction.lowerBound === true,
  };
}

function pricesOf({ usd: tokens = [0], requestUsd, characterUsd }: Correction, factor: number): Prices {
  const prices: { [Unit in BilledUnit]?: Price } = {};
  const set = (unit: BilledUnit, amount: number | undefined, per: number) => {
    if (amount !== undefined && amount > 0) prices[unit] = { usd: amount * factor, per, tiers: [] };
  };
  const [input, cacheRead, output] = tokens;
  set("input", input, 1e6);
  set("cacheRead", cacheRead, 1e6);
  set("output", output, 1e6);
  set("request", requestUsd, 1);
  set("character", characterUsd, 1e6);
  return prices;
}

/** 9–12 and 14–18 o'clock in Beijing. Its public holidays, which are not busy, are not known here. */
function isPeak(peakHours: Correction["peakHours"], atMs: number): boolean {
  if (peakHours === undefined) return false;
  const at = new Date(atMs);
  const [day, hour] = [at.getUTCDay(), at.getUTCHours()];
  const isBusyDay = peakHours === "daily" || (day >= 1 && day <= 5);
  return isBusyDay && ((hour >= 1 && hour < 4) || (hour >= 6 && hour < 10));
}

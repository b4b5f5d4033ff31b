import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { z } from "zod";
import type { BilledUnit, FoundPrices, Price, Prices } from "./prices.ts";

/** How often, at most, the file is looked at for a change. */
const LOOK_EVERY_MS = 2_000;
const LARGEST_FILE_BYTES = 4 * 1024 * 1024;

/**
 * The user's own prices, which go before the catalogue's:
 *
 *     {"models": [
 *       {"provider": "openai", "model": "my-fine-tune", "inputUsdPerMillion": 3, "outputUsdPerMillion": 12},
 *       {"provider": "firecrawl", "creditUsd": 0.0008}
 *     ]}
 *
 * Names are exact, but for upper and lower case. An entry without `model` is for that provider's calls that name no model.
 * An entry stands alone: a unit that it gives no price for is not looked up in the catalogue, and makes a call that used it
 * `incomplete`.
 */
export interface PriceFile {
  find(provider: string, model: string | null): FoundPrices | undefined;
  /** One sentence for each thing that is wrong. Entries that are right are used all the same. */
  warnings(): string[];
  reload(): void;
}

const priceFields = {
  inputUsdPerMillion: ["input", 1e6],
  outputUsdPerMillion: ["output", 1e6],
  cacheReadUsdPerMillion: ["cacheRead", 1e6],
  cacheWriteUsdPerMillion: ["cacheWrite", 1e6],
  cacheWrite1hUsdPerMillion: ["cacheWrite1h", 1e6],
  reasoningUsdPerMillion: ["reasoning", 1e6],
  inputAudioUsdPerMillion: ["inputAudio", 1e6],
  outputAudioUsdPerMillion: ["outputAudio", 1e6],
  inputImageUsdPerMillion: ["inputImage", 1e6],
  outputImageUsdPerMillion: ["outputImage", 1e6],
  characterUsdPerMillion: ["character", 1e6],
  webSearchUsd: ["webSearch", 1],
  fileSearchUsd: ["fileSearch", 1],
  requestUsd: ["request", 1],
  creditUsd: ["credit", 1],
  secondUsd: ["second", 1],
  imageUsd: ["image", 1],
  pageUsd: ["page", 1],
} as const satisfies Record<string, readonly [BilledUnit, number]>;

type PriceField = keyof typeof priceFields;
const priceFieldNames = Object.keys(priceFields) as PriceField[];

const usd = z.number().min(0).max(1_000_000);
const name = z.string().trim().min(1).max(200);
const fileSchema = z.strictObject({ models: z.array(z.unknown()) });
const entrySchema = z
  .strictObject({
    provider: name,
    model: name.optional(),
    ...(Object.fromEntries(priceFieldNames.map((field) => [field, usd.optional()])) as Record<
      PriceField,
      z.ZodOptional<typeof usd>
    >),
  })
  .refine((entry) => priceFieldNames.some((field) => entry[field] !== undefined), "gives no price");

/** `path: null`: no file, no prices. `now` in milliseconds. Reads synchronously, the file being small and on this machine. */
export function createPriceFile(path: string | null, now: () => number): PriceFile {
  let entries = new Map<string, FoundPrices>();
  let problems: string[] = [];
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let seen = "";

  function reload(): void {
    lookedAtMs = now();
    seen = "";
    look();
  }

  function lookNowAndThen(): void {
    if (Math.abs(now() - lookedAtMs) < LOOK_EVERY_MS) return;
    lookedAtMs = now();
    look();
  }

  function look(): void {
    if (path === null) return;
    const stamp = stampOf(path);
    if (stamp === seen) return;
    seen = stamp;
    entries = new Map();
    problems = [];
    if (stamp === "absent") return;
    ({ entries, problems } = read(path));
  }

  return {
    find(provider, model) {
      lookNowAndThen();
      return entries.get(keyOf(provider, model));
    },
    warnings() {
      lookNowAndThen();
      return [...problems];
    },
    reload,
  };
}

/** Tells one state of a file from the next. */
function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    return isMissing(error) ? "absent" : `unreadable: ${reasonOf(error)}`;
  }
}

function read(path: string): { entries: Map<string, FoundPrices>; problems: string[] } {
  const entries = new Map<string, FoundPrices>();
  const problems: string[] = [];
  const file = basename(path);
  const { text, problem } = textOf(path);
  if (text === undefined) return { entries, problems: [`${file}: ${problem}`] };

  const document = fileSchema.safeParse(parse(text));
  if (!document.success) {
    return { entries, problems: [`${file} is not {"models": [...]}: ${issuesOf(document.error)}`] };
  }
  const version = `${file}@${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
  for (const [index, candidate] of document.data.models.entries()) {
    const entry = entrySchema.safeParse(candidate);
    if (!entry.success) {
      problems.push(`${file}, entry ${index + 1}: ${issuesOf(entry.error)}`);
      continue;
    }
    const { provider, model = null } = entry.data;
    const key = keyOf(provider, model);
    if (entries.has(key)) {
      problems.push(
        `${file}, entry ${index + 1}: ${provider}:${model ?? "*"} has a price already; the first one holds`,
      );
      continue;
    }
    const found = { key: `${provider}:${model ?? "*"}`, version, prices: pricesOf(entry.data), free: false };
    entries.set(key, found);
  }
  return { entries, problems };
}

function textOf(path: string): { text?: string; problem?: string } {
  try {
    if (statSync(path).size > LARGEST_FILE_BYTES) return { problem: "is larger than 4 MiB" };
    return { text: readFileSync(path, "utf8") };
  } catch (error) {
    return { problem: `cannot be read: ${reasonOf(error)}` };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pricesOf(entry: z.infer<typeof entrySchema>): Prices {
  const prices: { [Unit in BilledUnit]?: Price } = {};
  for (const field of priceFieldNames) {
    const value = entry[field];
    if (value === undefined) continue;
    const [unit, per] = priceFields[field];
    prices[unit] = { usd: value, per, tiers: [] };
  }
  return prices;
}

function keyOf(provider: string, model: string | null): string {
  return `${provider.toLowerCase()}\n${model?.toLowerCase() ?? ""}`;
}

function issuesOf(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("; ");
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

function reasonOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

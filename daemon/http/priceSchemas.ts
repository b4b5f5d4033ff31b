import { z } from "@hono/zod-openapi";
import type {
  KnownOverride,
  ListedPrice,
  PriceCatalogue,
  Prices,
  RepriceInput,
  Repricing,
} from "../../shared/prices.ts";
import { amountsShape, givesPrice } from "../pricing/priceEntry.ts";
import { instant, text, usd } from "./apiSchemas.ts";
import type { Described } from "./described.ts";

/** The wire shapes of prices. */

const name = z.string("must be a string").trim().min(1, "must not be empty").max(200, "is too long");

export const unpricedModelSchema = z
  .object({
    provider: z.string(),
    model: text,
    calls: z.int(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    firstSeenAt: instant,
    lastSeenAt: instant,
  })
  .openapi("UnpricedModel");

export const overrideSchema = z
  .strictObject({
    provider: name.refine((provider) => !provider.includes(":"), "must not have a colon"),
    model: name.nullable().optional().openapi({ description: "null: what is billed without a model" }),
    ...amountsShape,
  })
  .refine(givesPrice, "gives no price")
  .openapi("PriceOverride", { description: "Dollars, for a million or for one." });

const amountsSchema = z.object(amountsShape).openapi("PriceAmounts");

export const knownOverrideSchema = z
  .object({ provider: z.string(), model: text, ...amountsShape, file: z.string(), workspace: text })
  .openapi("KnownOverride") satisfies z.ZodType<Described<KnownOverride>>;

export const catalogueSchema = z
  .object({
    version: z.string(),
    date: z.string().openapi({ format: "date" }),
    ageDays: z.int(),
    stale: z.boolean(),
    staleAfterDays: z.int(),
    origin: z.enum(["built in", "file"]),
  })
  .openapi("PriceCatalogue") satisfies z.ZodType<PriceCatalogue>;

const listedSchema = z
  .object({
    provider: z.string(),
    key: z.string(),
    version: z.string(),
    free: z.boolean(),
    lowerBound: z.boolean(),
    amounts: amountsSchema,
    tiers: z.array(z.object({ aboveInputTokens: z.number(), amounts: amountsSchema })),
  })
  .openapi("ListedPrice") satisfies z.ZodType<Described<ListedPrice>>;

export const pricesSchema = z
  .object({
    catalogue: catalogueSchema,
    overrides: z.array(knownOverrideSchema),
    unpriced: z.array(unpricedModelSchema),
    warnings: z.array(z.string()),
    listed: z.array(listedSchema),
  })
  .openapi("Prices") satisfies z.ZodType<Described<Prices>>;

const when = z.string("must be a string").max(100, "is too long").optional();
export const repriceInputSchema = z
  .strictObject({
    dryRun: z.boolean("must be true or false").optional(),
    from: when,
    to: when,
    timeZone: when,
    provider: name.optional(),
    model: name.optional(),
    cursor: z.string("must be a string").max(100, "is too long").optional(),
  })
  .openapi("RepriceInput") satisfies z.ZodType<Described<RepriceInput>>;

export const repricingSchema = z
  .object({
    dryRun: z.boolean(),
    calls: z.int(),
    changedCalls: z.int(),
    models: z.array(
      z
        .object({
          provider: z.string(),
          model: text,
          calls: z.int(),
          oldCostUsd: usd,
          newCostUsd: usd,
          differenceUsd: usd,
          oldUnpricedCalls: z.int(),
          newUnpricedCalls: z.int(),
        })
        .openapi("RepricedModel"),
    ),
    nextCursor: text,
  })
  .openapi("Repricing") satisfies z.ZodType<Repricing>;

import type { MatchLogic, Provider } from "@pydantic/genai-prices";
import { z } from "zod";

/**
 * The format of `@pydantic/genai-prices`' `data.json`, as far as prices are read from it; what else an entry says (how to
 * read usage, descriptions) is left out. Units that are not known yet are kept: they price nothing, and harm nothing.
 */

const text = z.string().min(1).max(2_000);
const usd = z.number().min(0).max(1_000_000);

const matchSchema: z.ZodType<MatchLogic> = z.lazy(() =>
  z.union([
    z.strictObject({ equals: text }),
    z.strictObject({ starts_with: text }),
    z.strictObject({ ends_with: text }),
    z.strictObject({ contains: text }),
    z.strictObject({ regex: text.refine(isPattern, "is no pattern") }),
    z.strictObject({ or: z.array(matchSchema).min(1).max(500) }),
    z.strictObject({ and: z.array(matchSchema).min(1).max(500) }),
  ]),
);

const priceSchema = z.union([
  usd,
  z.object({
    base: usd,
    tiers: z.array(z.object({ start: z.number().min(0), price: usd })).max(20),
  }),
]);
const modelPriceSchema = z.record(z.string(), priceSchema);

const time = z.string().regex(/^\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/);
/** The file names the kind of a condition by its members, the package by `type`. */
const constraintSchema = z.union([
  z
    .object({ start_date: z.string().refine((date) => !Number.isNaN(Date.parse(date)), "is no date") })
    .transform(({ start_date }) => ({ type: "start_date" as const, start_date })),
  z
    .object({ start_time: time, end_time: time })
    .transform((span) => ({ type: "time_of_date" as const, ...span })),
]);

const conditionalPriceSchema = z
  .object({ constraint: constraintSchema.nullish(), prices: modelPriceSchema })
  .transform(({ constraint, prices }) => ({ prices, ...(constraint ? { constraint } : {}) }));

const modelSchema = z.object({
  id: text,
  match: matchSchema,
  prices: z.union([z.array(conditionalPriceSchema).min(1).max(500), modelPriceSchema]),
});

export const catalogueSchema: z.ZodType<Provider[]> = z.array(
  z
    .object({
      id: text,
      name: text,
      api_pattern: text,
      fallback_model_providers: z.array(text).nullish(),
      models: z.array(modelSchema).max(20_000),
    })
    .transform(({ fallback_model_providers, ...provider }) => ({
      ...provider,
      ...(fallback_model_providers ? { fallback_model_providers } : {}),
    })),
);

function isPattern(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

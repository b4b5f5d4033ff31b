import { z } from "@hono/zod-openapi";
import type { ApiError } from "../../shared/api.ts";
import { isDimension } from "../../shared/dimensions.ts";
import type { ResolvedRange } from "../../shared/range.ts";
import type { Described } from "./described.ts";

/**
 * The wire shapes, once more as schemas: for the OpenAPI document and for checking what comes in. Here is what they have
 * in common; each noun's own are in a file of its name.
 */

export const instant = z.string().openapi({ format: "date-time" });
export const usd = z
  .string()
  .openapi({ description: "US dollars, decimal, up to 9 places", example: "0.00021" });
export const text = z.string().nullable();
export const number = z.number().nullable();
export const dimension = z.string().refine(isDimension, "is no dimension");

export const rangeShape = { from: instant, to: instant, timeZone: z.string() };
z.object(rangeShape) satisfies z.ZodType<ResolvedRange>;

export const errorSchema = z
  .object({ error: z.string(), field: z.string().optional() })
  .openapi("Error") satisfies z.ZodType<Described<ApiError>>;

import { z } from "@hono/zod-openapi";
import { sourceKinds } from "../../shared/call.ts";
import type { Conversations } from "../../shared/conversations.ts";
import {
  intervals,
  type ModelShare,
  type Series,
  type Spend,
  type SpendRow,
  type SpendTotals,
} from "../../shared/spend.ts";
import { dimension, instant, number, rangeShape, text, usd } from "./apiSchemas.ts";
import type { Described } from "./described.ts";

/** Fields of every sum over calls. */
export const sumsShape = {
  calls: z.int(),
  errors: z.int(),
  aborted: z.int(),
  retries: z.int(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  cacheReadInputTokens: z.number(),
  cacheCreationInputTokens: z.number(),
  reasoningOutputTokens: z.number(),
  costUsd: usd,
  retryCostUsd: usd,
  unpricedCalls: z.int(),
  incompleteCalls: z.int(),
  estimatedCalls: z.int(),
};

export const totalsSchema = z
  .object({
    ...sumsShape,
    durationP50Ms: number,
    durationP95Ms: number,
  })
  .openapi("SpendTotals") satisfies z.ZodType<SpendTotals>;

const spendRowSchema = totalsSchema
  .extend({ key: text, keys: z.array(text), sourceKind: z.enum(sourceKinds).nullable().optional() })
  .openapi("SpendRow") satisfies z.ZodType<Described<SpendRow>>;

const modelShareSchema = z
  .object({
    model: text,
    calls: z.int(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    costUsd: usd,
    unpricedCalls: z.int(),
  })
  .openapi("ModelShare") satisfies z.ZodType<ModelShare>;

export const conversationsSchema = z
  .object({
    ...rangeShape,
    count: z.int(),
    conversations: z.array(
      totalsSchema
        .extend({
          conversationId: z.string(),
          firstStartedAt: instant,
          lastStartedAt: instant,
          models: z.array(modelShareSchema),
        })
        .openapi("Conversation"),
    ),
    models: z.array(modelShareSchema),
    total: totalsSchema,
  })
  .openapi("Conversations") satisfies z.ZodType<Conversations>;

export const spendSchema = z
  .object({ ...rangeShape, groupBy: z.array(dimension), rows: z.array(spendRowSchema), total: totalsSchema })
  .openapi("Spend") satisfies z.ZodType<Described<Spend>>;

export const seriesSchema = z
  .object({
    ...rangeShape,
    interval: z.enum(intervals),
    groupBy: dimension.nullable(),
    buckets: z.array(instant),
    series: z.array(
      z.object({ key: text, other: z.boolean(), costUsd: z.array(usd), calls: z.array(z.int()) }),
    ),
  })
  .openapi("Series") satisfies z.ZodType<Described<Series>>;

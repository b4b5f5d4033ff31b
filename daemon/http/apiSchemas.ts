import { z } from "@hono/zod-openapi";
import type { ApiError } from "../../shared/api.ts";
import {
  type BudgetInput,
  type BudgetScope,
  type BudgetState,
  budgetPeriods,
  unstoppableDimensions,
} from "../../shared/budgets.ts";
import {
  type Call,
  type CallSite,
  callStatuses,
  costStatuses,
  operations,
  sourceKinds,
} from "../../shared/call.ts";
import type { CallsPage, IngestResult } from "../../shared/callPages.ts";
import type { Conversations } from "../../shared/conversations.ts";
import type { BrowserInvitation, DaemonStatus, Health } from "../../shared/daemonStatus.ts";
import { isDimension } from "../../shared/dimensions.ts";
import { decimalToNanoUsd } from "../../shared/money.ts";
import type { ResolvedRange } from "../../shared/range.ts";
import {
  intervals,
  type ModelShare,
  type Series,
  type Spend,
  type SpendRow,
  type SpendTotals,
} from "../../shared/spend.ts";
import { type Usage, usageUnits } from "../../shared/usage.ts";
import { teamScopes } from "../team/teamScopes.ts";
import type { Described } from "./described.ts";

/** The wire shapes, once more as schemas: for the OpenAPI document and for checking what comes in. */

export const instant = z.string().openapi({ format: "date-time" });
export const usd = z
  .string()
  .openapi({ description: "US dollars, decimal, up to 9 places", example: "0.00021" });
export const text = z.string().nullable();
const number = z.number().nullable();
const dimension = z.string().refine(isDimension, "is no dimension");

export const errorSchema = z
  .object({ error: z.string(), field: z.string().optional() })
  .openapi("Error") satisfies z.ZodType<Described<ApiError>>;

export const healthSchema = z
  .object({ name: z.string(), protocol: z.int(), proof: text })
  .openapi("Health") satisfies z.ZodType<Described<Health>>;

const unknownFields = z.array(z.string()).optional();
export const ingestResultSchema = z
  .object({
    results: z.array(
      z.union([
        z.object({
          callId: z.string(),
          outcome: z.enum(["accepted", "duplicate", "updated"]),
          costUsd: usd.nullable(),
          unknownFields,
        }),
        z.object({ callId: z.string(), outcome: z.literal("ignored"), reason: z.string() }),
        z.object({
          callId: text,
          outcome: z.literal("rejected"),
          index: z.int(),
          errors: z.array(z.object({ field: z.string(), message: z.string() })),
        }),
      ]),
    ),
  })
  .openapi("IngestResult") satisfies z.ZodType<Described<IngestResult>>;

/** One refused report that came alone: an error and its outcome. */
export const refusedReportSchema = errorSchema.extend(ingestResultSchema.shape).openapi("RefusedReport");

const usageSchema = z
  .object(
    Object.fromEntries(usageUnits.map((unit) => [unit, z.number().optional()])) as Record<
      keyof Usage,
      z.ZodOptional<z.ZodNumber>
    >,
  )
  .openapi("Usage") satisfies z.ZodType<Described<Usage>>;

const callSiteSchema = z
  .object({ file: z.string(), line: z.int(), function: text })
  .openapi("CallSite") satisfies z.ZodType<CallSite>;

export const callSchema = z
  .object({
    callId: z.string(),
    operationId: text,
    attempt: z.int(),
    startedAt: instant,
    durationMs: number,
    timeToFirstTokenMs: number,
    status: z.enum(callStatuses),
    httpStatus: number,
    errorType: text,
    retryCount: z.int(),
    provider: z.string(),
    operation: z.enum(operations),
    requestModel: text,
    responseModel: text,
    serviceTier: text,
    responseId: text,
    stream: z.boolean(),
    requestBytes: number,
    responseBytes: number,
    usage: usageSchema,
    costUsd: usd.nullable(),
    costStatus: z.enum(costStatuses),
    priceKey: text,
    priceVersion: text,
    source: text,
    sourceKind: z.enum(sourceKinds).nullable(),
    feature: text,
    conversationId: text,
    messageId: text,
    attributes: z.record(z.string(), z.string()),
    callSite: callSiteSchema.nullable(),
    workspace: text,
    gitBranch: text,
    gitCommit: text,
    runId: text,
    requestFingerprint: text,
    developer: z.string(),
    schemaVersion: z.int(),
  })
  .openapi("Call") satisfies z.ZodType<Described<Call>>;

export const callsPageSchema = z
  .object({ calls: z.array(callSchema), nextCursor: text })
  .openapi("CallsPage") satisfies z.ZodType<Described<CallsPage>>;

export const rangeShape = { from: instant, to: instant, timeZone: z.string() };
z.object(rangeShape) satisfies z.ZodType<ResolvedRange>;

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

const scopeSchema = z
  .object({ dimension, value: z.string().max(2_000, "is too long") })
  .openapi("BudgetScope") satisfies z.ZodType<BudgetScope>;

const threshold = z.number("must be a number").gt(0, "must be above 0").max(1_000, "must be at most 1000");

const onOrOff = z.boolean("must be true or false").optional();

const budgetShape = {
  period: z.enum(budgetPeriods, `must be one of ${budgetPeriods.join(", ")}`),
  limitUsd: z
    .string("must be a decimal string")
    .refine((limit) => (decimalToNanoUsd(limit) ?? 0) > 0, "must be US dollars above 0, like 5 or 0.50")
    .openapi({ example: "5" }),
};

export const budgetInputSchema = z
  .object({
    ...budgetShape,
    scope: scopeSchema.nullable().optional(),
    thresholds: z.array(threshold).min(1, "is empty").max(10, "has more than ten").optional(),
    hardStop: onOrOff,
    inSettings: onOrOff,
    muted: onOrOff,
    team: onOrOff.openapi({ description: "The team's own: it stands in the team's database." }),
  })
  .refine(({ hardStop, scope }) => !hardStop || !scope || !unstoppableDimensions.includes(scope.dimension), {
    path: ["hardStop"],
    message: `cannot go by ${unstoppableDimensions.join(" or ")}`,
  })
  .refine(({ hardStop, team }) => !hardStop || !team, {
    path: ["hardStop"],
    message: "is nothing that a team's budget has: it only warns",
  })
  .refine(({ scope, team }) => !team || !scope || teamScopes[scope.dimension] !== undefined, {
    path: ["scope"],
    message: `of a team's budget is one of ${Object.keys(teamScopes).join(", ")}`,
  })
  .openapi("BudgetInput") satisfies z.ZodType<Described<BudgetInput>>;

export const budgetStateSchema = z
  .object({
    ...budgetShape,
    id: z.string(),
    scope: scopeSchema.nullable(),
    thresholds: z.array(z.number()),
    hardStop: z.literal(true).optional(),
    inSettings: z.literal(true).optional(),
    muted: z.literal(true).optional(),
    team: z.literal(true).optional(),
    periodStart: instant,
    periodEnd: instant,
    spentUsd: usd,
    percent: z.number(),
    reached: number,
    blindCalls: z.int(),
    projectedUsd: usd.nullable(),
  })
  .openapi("BudgetState") satisfies z.ZodType<Described<BudgetState>>;

export const statusSchema = z
  .object({
    version: z.string(),
    protocol: z.int(),
    pid: z.int(),
    port: z.int(),
    home: z.string(),
    startedAt: instant,
    developer: z.string(),
    timeZone: z.string(),
    recording: z.boolean(),
    storedCalls: z.int(),
    storeBytes: z.int(),
    ingested: z.object({
      accepted: z.int(),
      duplicate: z.int(),
      updated: z.int(),
      ignored: z.int(),
      rejected: z.int(),
    }),
    activeRuns: z.int(),
    liveClients: z.int(),
    droppedCalls: z.int(),
    refusedCalls: z.int().optional(),
    priceCatalogue: z.object({ version: z.string(), date: z.string(), stale: z.boolean() }),
    warnings: z.array(z.string()),
    openCircuits: z.array(z.object({ provider: z.string(), model: text, until: instant })).optional(),
    team: z.object({ todayUsd: usd.nullable(), asOf: instant.nullable() }).optional(),
  })
  .openapi("DaemonStatus") satisfies z.ZodType<Described<DaemonStatus>>;

export const invitationSchema = z
  .object({ url: z.url(), expiresAt: instant })
  .openapi("BrowserInvitation") satisfies z.ZodType<BrowserInvitation>;

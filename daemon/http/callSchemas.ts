import { z } from "@hono/zod-openapi";
import {
  type Call,
  type CallSite,
  callStatuses,
  costStatuses,
  operations,
  sourceKinds,
} from "../../shared/call.ts";
import type { CallsPage, IngestResult } from "../../shared/callPages.ts";
import { type Usage, usageUnits } from "../../shared/usage.ts";
import { errorSchema, instant, number, text, usd } from "./apiSchemas.ts";
import type { Described } from "./described.ts";

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

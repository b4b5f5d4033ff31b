import { z } from "@hono/zod-openapi";
import {
  type CallReport,
  callStatuses,
  type JsonObject,
  operations,
  sourceKinds,
} from "../../shared/call.ts";
import { oneLine } from "../../shared/oneLine.ts";
import { MAX_NAME_LENGTH } from "../../shared/sources.ts";
import { type UsageUnit, usageUnits } from "../../shared/usage.ts";
import type { Described } from "../http/described.ts";

/** Largest amount of any unit in one call: a thousand times the largest context known. */
export const MAX_UNITS = 1e12;
const MAX_PATH_LENGTH = 2_000;
/** UTF-16 units of a provider's usage as JSON; the longest seen have two thousand. */
const MAX_RAW_USAGE_LENGTH = 32_000;
const MAX_UNKNOWN_NAMED = 20;
const MAX_LABELS = 50;
/** Thirty days: the longest batch. */
const MAX_DURATION_MS = 30 * 24 * 3_600_000;

const fractionalUnits: ReadonlySet<UsageUnit> = new Set(["credits", "seconds"]);

const name = z.string("must be a string").overwrite((text) => oneLine(text, MAX_NAME_LENGTH));
const path = z.string("must be a string").overwrite((text) => oneLine(text, MAX_PATH_LENGTH));
const amount = z.number("must be a number").min(0, "must not be negative").max(MAX_UNITS, "is too large");
const count = amount.int("must be a whole number");
const durationMs = z
  .number("must be a number")
  .min(0, "must not be negative")
  .max(MAX_DURATION_MS, "is too long");
const ordinal = z.int("must be a whole number").max(1_000_000, "is too large");

const usageShape = Object.fromEntries(
  usageUnits.map((unit) => [unit, (fractionalUnits.has(unit) ? amount : count).nullish()]),
) as Record<UsageUnit, z.ZodOptional<z.ZodNullable<z.ZodNumber>>>;

const usage = z.object(usageShape, "must be an object").openapi({
  description:
    "Usage in OpenTelemetry's meaning: cache within input, reasoning within output. Absent = not reported.",
});

const rawUsage = z
  .custom<JsonObject>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "must be an object",
  )
  .refine((value) => JSON.stringify(value).length <= MAX_RAW_USAGE_LENGTH, "is too long")
  .openapi({ type: "object", description: "The provider's own usage as it came: see `endpoint`." });

const label = z
  .union([z.string(), z.number(), z.boolean()], "must be a string")
  .transform((value) => oneLine(String(value), MAX_NAME_LENGTH))
  .openapi({ type: "string" });

const endpoint = z.object(
  {
    host: name.min(1, "must not be empty").overwrite((host) => host.toLowerCase()),
    // A query string may hold anything: it is not kept, whoever sent it.
    path: path.overwrite((whole) => whole.replace(/[?#].*$/, "")),
    method: name.overwrite((method) => method.toUpperCase()),
  },
  "must be an object",
);

const callSite = z.object(
  {
    file: path,
    line: z.int("must be a whole number").min(1, "counts from 1"),
    function: name.nullish().transform((known) => known ?? null),
  },
  "must be an object",
);

const MAX_FRAMES = 32;

const generatedFrame = z.object({
  file: path,
  line: z.int("must be a whole number").min(1, "counts from 1"),
  column: z.int("must be a whole number").min(1, "counts from 1"),
  function: name.nullish().transform((known) => known ?? null),
});

type NullsAllowed<T> = { [Key in keyof T]: Key extends "usage" ? unknown : T[Key] | null };

/** Wire shape of one report: see `CallReport`. `null` where a member takes none counts as absent. */
export const reportSchema = z
  .object(
    {
      callId: z
        .string("must be a string")
        .regex(/^[\w.:-]{1,100}$/, "must be 1 to 100 letters, digits or any of . : - _")
        .openapi({ description: "UUIDv7 made by whoever reports: the idempotency key." }),
      startedAt: z.iso.datetime({ offset: true, error: "must be an ISO 8601 instant" }),
      status: z.enum(callStatuses, `must be one of ${callStatuses.join(", ")}`),
      operationId: name.nullish(),
      attempt: ordinal.min(1, "counts from 1").nullish(),
      durationMs: durationMs.nullish(),
      timeToFirstTokenMs: durationMs.nullish(),
      httpStatus: z
        .int("must be a whole number")
        .min(100, "is no HTTP status")
        .max(599, "is no HTTP status")
        .nullish(),
      errorType: name.nullish(),
      retryCount: ordinal.min(0, "must not be negative").nullish(),
      provider: name
        .min(1, "must not be empty")
        .overwrite((provider) => provider.toLowerCase())
        .nullish(),
      operation: z.enum(operations, `must be one of ${operations.join(", ")}`).nullish(),
      endpoint: endpoint.nullish(),
      requestModel: name.nullish(),
      responseModel: name.nullish(),
      serviceTier: name.nullish(),
      responseId: name.nullish(),
      stream: z.boolean("must be true or false").nullish(),
      requestBytes: count.nullish(),
      responseBytes: count.nullish(),
      usage: usage.nullish(),
      rawUsage: rawUsage.nullish(),
      costUsd: z
        .string("must be a decimal string")
        .regex(/^\d{1,7}(\.\d+)?$/, "must be a decimal string of US dollars, not negative")
        .nullish(),
      source: name.nullish(),
      sourceKind: z.enum(sourceKinds, `must be one of ${sourceKinds.join(", ")}`).nullish(),
      feature: name.nullish(),
      conversationId: name.nullish(),
      messageId: name.nullish(),
      attributes: z
        .record(name, label, "must be an object")
        .refine((labels) => Object.keys(labels).length <= MAX_LABELS, `has more than ${MAX_LABELS} labels`)
        .nullish(),
      callSite: callSite.nullish(),
      callStack: z
        .array(generatedFrame, "must be an array")
        .max(MAX_FRAMES, `has more than ${MAX_FRAMES} frames`)
        .nullish()
        .openapi({
          description: "`callSite` and what is around it in generated code that has a source map.",
        }),
      workspace: path.nullish(),
      gitBranch: name.nullish(),
      gitCommit: name.nullish(),
      runId: name.nullish(),
      requestFingerprint: name.nullish(),
      developer: name.nullish(),
      schemaVersion: z.int("must be a whole number").min(1, "counts from 1").nullish(),
    },
    "must be an object",
  )
  .refine((report) => report.provider != null || report.endpoint != null, {
    path: ["provider"],
    error: "is required where there is no endpoint",
  })
  .openapi("CallReport") satisfies z.ZodType<NullsAllowed<Described<CallReport>>>;

/** Parts of a stored call that mean nothing in a report: an export may be sent in as it is. */
const exportedFields = ["costStatus", "priceKey", "priceVersion"];
const knownFields: ReadonlySet<string> = new Set([...Object.keys(reportSchema.shape), ...exportedFields]);
const knownUnits: ReadonlySet<string> = new Set(usageUnits);

export interface FieldError {
  field: string;
  message: string;
}

export type ReportReading =
  | { report: CallReport; unknownFields: string[] }
  | { callId: string | null; errors: FieldError[] };

/** Reads one item of a batch. What it does not know it leaves out and names: a newer reporter may know more. */
export function readReport(value: unknown): ReportReading {
  const parsed = reportSchema.safeParse(value);
  if (!parsed.success) return { callId: callIdOf(value), errors: fieldErrors(parsed.error, value) };
  const report = withoutNulls(parsed.data);
  if (report.usage != null) report.usage = withoutNulls(report.usage);
  // Parsed and agreed with the contract above, but for the nulls that are gone now.
  return { report: report as CallReport, unknownFields: unknownFieldsOf(value) };
}

/** In a report, null and absent are one. A copy: V8 is slow with objects that something was deleted from. */
function withoutNulls<T extends object>(value: T): Partial<T> {
  const present: Partial<T> = {};
  for (const key in value) {
    if (value[key] !== null && value[key] !== undefined) present[key] = value[key];
  }
  return present;
}

function unknownFieldsOf(value: unknown): string[] {
  const unknown: string[] = [];
  if (typeof value !== "object" || value === null) return unknown;
  for (const key in value) if (!knownFields.has(key)) unknown.push(oneLine(key, MAX_NAME_LENGTH));
  if ("usage" in value && typeof value.usage === "object" && value.usage !== null) {
    for (const key in value.usage) {
      if (!knownUnits.has(key)) unknown.push(`usage.${oneLine(key, MAX_NAME_LENGTH)}`);
    }
  }
  return unknown.slice(0, MAX_UNKNOWN_NAMED);
}

function callIdOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("callId" in value)) return null;
  return typeof value.callId === "string" ? oneLine(value.callId, 100) : null;
}

/** The first thing that is wrong with each field. */
function fieldErrors({ issues }: z.ZodError, report: unknown): FieldError[] {
  const errors = new Map<string, FieldError>();
  for (const issue of issues) {
    const error = fieldError(issue, report);
    if (!errors.has(error.field)) errors.set(error.field, error);
  }
  return [...errors.values()];
}

function fieldError(issue: z.core.$ZodIssue, report: unknown): FieldError {
  const missing = issue.path.length > 0 && valueAt(report, issue.path) === undefined;
  return {
    field: issue.path.map((step) => oneLine(String(step), MAX_NAME_LENGTH)).join("."),
    message: missing && issue.code !== "custom" ? "is required" : issue.message,
  };
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined),
    document,
  );
}

import { z } from "@hono/zod-openapi";
import {
  type SharedCall,
  type SharedDimensions,
  type SharedRollup,
  sharedDetails,
  type TeamJoinInput,
  type TeamPreview,
  type TeamPush,
  type TeamShare,
  type TeamStatus,
  teamProblemKinds,
  teamShares,
  teamTokenPlaces,
} from "../../shared/team.ts";
import { instant, text, usd } from "./apiSchemas.ts";
import type { Described } from "./described.ts";
import { sumsShape } from "./spendSchemas.ts";

const MAX_TOKEN_LENGTH = 8_000;

export const problemSchema = z
  .object({ kind: z.enum(teamProblemKinds), message: z.string(), since: instant })
  .openapi("TeamProblem");

const detail = z.enum(sharedDetails, `must be one of ${sharedDetails.join(", ")}`);
const kind = z.enum(teamShares, `must be one of ${teamShares.join(", ")}`);

export const shareSchema = z
  .object({ kind, details: z.array(detail).max(sharedDetails.length, "has too many") })
  .openapi("TeamShare") satisfies z.ZodType<TeamShare>;

const token = z
  .string("must be a string")
  .min(1, "is empty")
  .max(MAX_TOKEN_LENGTH, "is too long")
  .regex(/^[\x21-\x7e]+$/, "holds characters that no token has");

export const tokenSchema = z.object({ token }).openapi("TeamToken");

export const joinSchema = z
  .object({
    url: z.string("must be a string"),
    token: token.optional(),
    keepToken: z.boolean("must be true or false").optional(),
    share: shareSchema.optional(),
  })
  .openapi("TeamJoinInput") satisfies z.ZodType<Described<TeamJoinInput>>;

export const teamStatusSchema = z
  .object({
    url: text,
    developer: z.string(),
    machine: text,
    joinedAt: instant.nullable(),
    timeZone: text,
    share: shareSchema,
    token: z
      .object({ place: z.enum(teamTokenPlaces), expiresAt: instant.nullable(), held: z.boolean() })
      .nullable(),
    outstanding: z.int(),
    lastPushedAt: instant.nullable(),
    problem: problemSchema.nullable(),
    warnings: z.array(z.string()),
  })
  .openapi("TeamStatus") satisfies z.ZodType<TeamStatus>;

export const teamPushSchema = z
  .object({ pushed: z.int(), outstanding: z.int(), problem: problemSchema.nullable() })
  .openapi("TeamPush") satisfies z.ZodType<TeamPush>;

const dimensionsShape = {
  developer: z.string(),
  provider: z.string(),
  operation: z.string(),
  model: text,
  source: text,
  sourceKind: text,
  feature: text,
  project: text,
  branch: text,
  callSite: text,
  workspace: text,
};
z.object(dimensionsShape) satisfies z.ZodType<SharedDimensions>;

const sharedRollupSchema = z
  .object({
    from: instant,
    ...dimensionsShape,
    ...sumsShape,
  })
  .openapi("SharedRollup") satisfies z.ZodType<SharedRollup>;

const sharedCallSchema = z
  .object({
    callId: z.string(),
    startedAt: instant,
    ...dimensionsShape,
    status: z.string(),
    httpStatus: z.int().nullable(),
    errorType: text,
    durationMs: z.number().nullable(),
    attempt: z.int(),
    inputTokens: z.number().nullable(),
    outputTokens: z.number().nullable(),
    costUsd: usd.nullable(),
    costStatus: z.string(),
    conversation: text,
    labels: z.record(z.string(), z.string()).nullable(),
  })
  .openapi("SharedCall") satisfies z.ZodType<SharedCall>;

export const teamPreviewSchema = z
  .object({
    share: shareSchema,
    outstanding: z.int(),
    rollups: z.array(sharedRollupSchema),
    calls: z.array(sharedCallSchema),
  })
  .openapi("TeamPreview") satisfies z.ZodType<TeamPreview>;

const one = z.string("must be given once");

export const previewQuerySchema = z.strictObject({
  limit: one
    .regex(/^\d{1,3}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1, "must be at least 1").max(200, "must be at most 200"))
    .optional()
    .openapi({ type: "integer", description: "Rows of each kind; default 20." }),
  share: kind.optional(),
  details: z
    .union([detail, z.array(detail)])
    .optional()
    .openapi({ type: "array", items: { type: "string" } }),
});

export const leaveQuerySchema = z.strictObject({
  erase: z
    .enum(["true", "false"], "must be true or false")
    .optional()
    .openapi({ description: "Whether all that this machine has told the team is taken back first." }),
});

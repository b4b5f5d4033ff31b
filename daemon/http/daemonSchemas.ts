import { z } from "@hono/zod-openapi";
import type { BrowserInvitation, DaemonStatus, Health } from "../../shared/daemonStatus.ts";
import { instant, text, usd } from "./apiSchemas.ts";
import type { Described } from "./described.ts";

export const healthSchema = z
  .object({ name: z.string(), protocol: z.int(), proof: text })
  .openapi("Health") satisfies z.ZodType<Described<Health>>;

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

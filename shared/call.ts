import type { Usage } from "./usage.ts";

/** Version of the shape of a call as it is reported and exported. */
export const SCHEMA_VERSION = 1;

export const callStatuses = ["ok", "error", "aborted", "pending"] as const;
export type CallStatus = (typeof callStatuses)[number];

export const sourceKinds = ["route", "job", "action", "test", "script", "custom"] as const;
export type SourceKind = (typeof sourceKinds)[number];

/**
 * Where a cost comes from: `declared` by the provider, `computed` from reported usage, `estimated` from partial
 * knowledge, `free` (a local model), `unpriced` (no price known: cost is null), `incomplete` (a part has no price:
 * cost is a lower bound).
 */
export const costStatuses = ["declared", "computed", "estimated", "free", "unpriced", "incomplete"] as const;
export type CostStatus = (typeof costStatuses)[number];

export const operations = [
  "chat",
  "embeddings",
  "image",
  "audio",
  "video",
  "realtime",
  "search",
  "scrape",
  "rerank",
  "moderation",
  "other",
] as const;
export type Operation = (typeof operations)[number];

/** The HTTP endpoint that a call went to. `path` is without its query string. */
export interface Endpoint {
  host: string;
  path: string;
  method: string;
}

/** A place in the developer's own code; `file` is relative to the workspace, `line` counts from 1. */
export interface CallSite {
  file: string;
  line: number;
  function: string | null;
}

/** A place in generated code: `file` is an absolute path on this machine, `line` and `column` count from 1. */
export interface GeneratedFrame {
  file: string;
  line: number;
  column: number;
  function: string | null;
}

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** Labels chosen by the developer (lead, company, tenant): small strings. */
export type Attributes = Record<string, string>;

/** The facts about one attempt that describe it wherever it is: in a report, in the store, in an export. */
interface CallFacts {
  /** UUIDv7 made by the shim: the idempotency key. */
  callId: string;
  /** Groups the attempts of one logical call. */
  operationId: string | null;
  /** 1, 2, … within `operationId`. */
  attempt: number;
  /** ISO 8601, UTC. */
  startedAt: string;
  durationMs: number | null;
  timeToFirstTokenMs: number | null;
  status: CallStatus;
  httpStatus: number | null;
  /** OpenTelemetry `error.type`: the provider's error code, an exception's name, or the HTTP status as text. */
  errorType: string | null;
  retryCount: number;
  requestModel: string | null;
  responseModel: string | null;
  serviceTier: string | null;
  responseId: string | null;
  stream: boolean;
  /** Bodies as they were seen, in bytes: the response's compressed where its transport is seen below what decodes it. */
  requestBytes: number | null;
  responseBytes: number | null;
  source: string | null;
  sourceKind: SourceKind | null;
  feature: string | null;
  conversationId: string | null;
  messageId: string | null;
  attributes: Attributes;
  callSite: CallSite | null;
  /** Absolute path of the workspace folder. */
  workspace: string | null;
  gitBranch: string | null;
  gitCommit: string | null;
  /** One run of one process. */
  runId: string | null;
  /** Salted hash of model and messages, for duplicate detection; never the text. */
  requestFingerprint: string | null;
}

/**
 * What `POST /v1/calls` takes. Required: `callId`, `startedAt`, `status`, and `provider` or `endpoint`.
 * The shim sends `endpoint` and `rawUsage` and leaves their meaning to the daemon; `provider` goes with them only where
 * the user's `TAXIMETER_PROVIDERS` named it. Anybody else may send `provider`, `operation` and `usage` ready-made.
 */
export interface CallReport
  extends Pick<CallFacts, "callId" | "startedAt" | "status">,
    Partial<Omit<CallFacts, "callId" | "startedAt" | "status">> {
  provider?: string;
  operation?: Operation;
  endpoint?: Endpoint;
  /** The provider's own usage as it came, plus what pricing needs from around it: see `wireFormats`. */
  rawUsage?: JsonObject;
  usage?: Usage;
  /** Cost in USD declared by whoever reports; decimal string with up to 9 places. */
  costUsd?: string;
  developer?: string | null;
  schemaVersion?: number;
  /**
   * Where `callSite` is in generated code that has a source map: that frame and the ones around it, innermost first. The
   * first of them that is the developer's own by its map takes the place of `callSite`. Nothing of it is kept.
   */
  callStack?: GeneratedFrame[];
}

/** A call's model in reports: as the developer asked for it, else as the provider answered; `null` where it has none. */
export function modelOf(call: Pick<CallFacts, "requestModel" | "responseModel">): string | null {
  return call.requestModel ?? call.responseModel;
}

/** A call site as reports name it: `src/chat.ts:42`. */
export function callSiteName({ file, line }: Pick<CallSite, "file" | "line">): string {
  return `${file}:${line}`;
}

/** A call as it is stored, paged by `GET /v1/calls` and exported: one per attempt. */
export interface Call extends CallFacts {
  provider: string;
  operation: Operation;
  usage: Usage;
  costUsd: string | null;
  costStatus: CostStatus;
  /** The catalogue's or override's key that priced the call, `provider:model`. */
  priceKey: string | null;
  priceVersion: string | null;
  developer: string;
  schemaVersion: number;
}

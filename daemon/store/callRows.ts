import type {
  Attributes,
  CallStatus,
  CostStatus,
  Endpoint,
  JsonObject,
  Operation,
  SourceKind,
} from "../../shared/call.ts";
import { type Usage, type UsageUnit, usageUnits } from "../../shared/usage.ts";
import type { StoredDimensions } from "./callDimensions.ts";
import { type Database, rowsAsJson, type SqlValue } from "./database.ts";
import { latencyStep } from "./histogram.ts";
import { isResponseIdentity } from "./mergeCalls.ts";
import type { StoredCall } from "./store.ts";

const usageColumns = {
  inputTokens: "input_tokens",
  outputTokens: "output_tokens",
  cacheReadInputTokens: "cache_read_input_tokens",
  cacheCreationInputTokens: "cache_creation_input_tokens",
  cacheCreation1hInputTokens: "cache_creation_1h_input_tokens",
  reasoningOutputTokens: "reasoning_output_tokens",
  inputAudioTokens: "input_audio_tokens",
  outputAudioTokens: "output_audio_tokens",
  inputImageTokens: "input_image_tokens",
  outputImageTokens: "output_image_tokens",
  webSearches: "web_searches",
  requests: "requests",
  credits: "credits",
  characters: "characters",
  seconds: "seconds",
  images: "images",
  pages: "pages",
} as const satisfies Record<UsageUnit, string>;

/** SQL that is true of a call with any usage reported. */
export const HAS_USAGE = `coalesce(${usageUnits.map((unit) => `c.${usageColumns[unit]}`).join(", ")}) IS NOT NULL`;

type UsageColumn = (typeof usageColumns)[UsageUnit];

/** A row of `calls` with its dimensions and labels, as `SELECT_CALLS` gives it. */
export interface CallRow extends Record<UsageColumn, number | null>, Omit<StoredDimensions, "model"> {
  id: number;
  call_id: string;
  dimension_id: number;
  operation_id: string | null;
  attempt: number;
  started_at_ms: number;
  duration_ms: number | null;
  time_to_first_token_ms: number | null;
  status: string;
  http_status: number | null;
  error_type: string | null;
  retry_count: number;
  request_model: string | null;
  response_model: string | null;
  service_tier: string | null;
  response_id: string | null;
  stream: number;
  request_bytes: number | null;
  response_bytes: number | null;
  cost_nano_usd: number | null;
  cost_status: string;
  price_key: string | null;
  price_version: string | null;
  conversation_id: string | null;
  message_id: string | null;
  call_site_function: string | null;
  git_commit: string | null;
  run_id: string | null;
  request_fingerprint: string | null;
  endpoint: string | null;
  raw_usage: string | null;
  schema_version: number;
  labels: string | null;
}

/** To be followed by conditions on `c` (calls) and `d` (dimensions). */
export const SELECT_CALLS = `
  SELECT c.*, d.operation, d.source, d.source_kind, d.feature, d.developer, d.workspace, d.git_branch, d.call_site,
    (SELECT json_group_object(l.name, l.value) FROM call_labels l WHERE l.call = c.id) AS labels
  FROM calls c JOIN dimensions d ON d.id = c.dimension_id`;

const writtenColumns = [
  "call_id",
  "dimension_id",
  "operation_id",
  "attempt",
  "started_at_ms",
  "duration_ms",
  "latency_step",
  "time_to_first_token_ms",
  "first_token_step",
  "status",
  "http_status",
  "error_type",
  "retry_count",
  "provider",
  "request_model",
  "response_model",
  "service_tier",
  "response_id",
  "response_is_identity",
  "stream",
  "request_bytes",
  "response_bytes",
  "cost_nano_usd",
  "cost_status",
  "price_key",
  "price_version",
  "conversation_id",
  "message_id",
  "call_site_function",
  "git_commit",
  "run_id",
  "request_fingerprint",
  "endpoint",
  "raw_usage",
  "schema_version",
  ...usageUnits.map((unit) => usageColumns[unit]),
];

const PLACEHOLDERS = writtenColumns.map(() => "?").join(", ");
const INSERT_CALL = `INSERT INTO calls (${["id", ...writtenColumns].join(", ")}) VALUES (?, ${PLACEHOLDERS})`;
const UPDATE_CALL = `UPDATE calls SET (${writtenColumns.join(", ")}) = (${PLACEHOLDERS}) WHERE id = ?`;
/** All of a batch at once. For as many columns as calls have this would take longer than row by row. */
const INSERT_LABELS = `INSERT INTO call_labels (call, name, value)
  SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)`;
const DELETE_LABELS = "DELETE FROM call_labels WHERE call = ?";

/** A call on its way into the file. */
export interface WrittenCall {
  id: number;
  call: StoredCall;
  dimensionId: number;
}

export function insertCalls(database: Database, calls: readonly WrittenCall[]): void {
  for (const { id, call, dimensionId } of calls) {
    database.run(INSERT_CALL, [id, ...valuesOf(call, dimensionId)]);
  }
  insertLabels(database, calls);
}

export function updateCall(database: Database, written: WrittenCall): void {
  const { id, call, dimensionId } = written;
  database.run(UPDATE_CALL, [...valuesOf(call, dimensionId), id]);
  database.run(DELETE_LABELS, [id]);
  insertLabels(database, [written]);
}

export function deleteCall(database: Database, id: number): void {
  database.run("DELETE FROM calls WHERE id = ?", [id]);
  database.run(DELETE_LABELS, [id]);
}

function insertLabels(database: Database, calls: readonly WrittenCall[]): void {
  const rows: SqlValue[][] = [];
  for (const { id, call } of calls) {
    for (const name in call.attributes) rows.push([id, name, call.attributes[name] ?? ""]);
  }
  if (rows.length > 0) database.run(INSERT_LABELS, [rowsAsJson(rows)]);
}

function valuesOf(call: StoredCall, dimensionId: number): SqlValue[] {
  return [
    call.callId,
    dimensionId,
    call.operationId,
    call.attempt,
    Date.parse(call.startedAt),
    call.durationMs,
    call.durationMs === null ? null : latencyStep(call.durationMs),
    call.timeToFirstTokenMs,
    call.timeToFirstTokenMs === null ? null : latencyStep(call.timeToFirstTokenMs),
    call.status,
    call.httpStatus,
    call.errorType,
    call.retryCount,
    call.provider,
    call.requestModel,
    call.responseModel,
    call.serviceTier,
    call.responseId,
    Number(isResponseIdentity(call)),
    Number(call.stream),
    call.requestBytes,
    call.responseBytes,
    call.costNanoUsd,
    call.costStatus,
    call.priceKey,
    call.priceVersion,
    call.conversationId,
    call.messageId,
    call.callSite?.function ?? null,
    call.gitCommit,
    call.runId,
    call.requestFingerprint,
    call.endpoint === null ? null : JSON.stringify(call.endpoint),
    call.rawUsage === null ? null : JSON.stringify(call.rawUsage),
    call.schemaVersion,
    ...usageUnits.map((unit) => call.usage[unit] ?? null),
  ];
}

/** The border between the store's own file and the code: what was written as these types is read as them. */
export function callOfRow(row: CallRow): StoredCall {
  const usage: Usage = {};
  for (const unit of usageUnits) {
    const units = row[usageColumns[unit]];
    if (units !== null) usage[unit] = units;
  }
  return {
    callId: row.call_id,
    operationId: row.operation_id,
    attempt: row.attempt,
    startedAt: new Date(row.started_at_ms).toISOString(),
    durationMs: row.duration_ms,
    timeToFirstTokenMs: row.time_to_first_token_ms,
    status: row.status as CallStatus,
    httpStatus: row.http_status,
    errorType: row.error_type,
    retryCount: row.retry_count,
    provider: row.provider,
    operation: row.operation as Operation,
    requestModel: row.request_model,
    responseModel: row.response_model,
    serviceTier: row.service_tier,
    responseId: row.response_id,
    stream: row.stream === 1,
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    usage,
    costNanoUsd: row.cost_nano_usd,
    costStatus: row.cost_status as CostStatus,
    priceKey: row.price_key,
    priceVersion: row.price_version,
    source: row.source || null,
    sourceKind: (row.source_kind || null) as SourceKind | null,
    feature: row.feature || null,
    conversationId: row.conversation_id,
    messageId: row.message_id,
    attributes: row.labels === null ? {} : (JSON.parse(row.labels) as Attributes),
    callSite: callSiteOf(row.call_site, row.call_site_function),
    workspace: row.workspace || null,
    gitBranch: row.git_branch || null,
    gitCommit: row.git_commit,
    runId: row.run_id,
    requestFingerprint: row.request_fingerprint,
    developer: row.developer,
    schemaVersion: row.schema_version,
    endpoint: row.endpoint === null ? null : (JSON.parse(row.endpoint) as Endpoint),
    rawUsage: row.raw_usage === null ? null : (JSON.parse(row.raw_usage) as JsonObject),
  };
}

function callSiteOf(text: string, functionName: string | null): StoredCall["callSite"] {
  if (text === "") return null;
  const colon = text.lastIndexOf(":");
  return { file: text.slice(0, colon), line: Number(text.slice(colon + 1)), function: functionName };
}

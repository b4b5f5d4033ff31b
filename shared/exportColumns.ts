import type { Call } from "./call.ts";
import type { SpendTotals } from "./spend.ts";

/** What is exported as CSV, under the API's own names, in the order of the columns. */

/** Of sums over calls. */
export const totalColumns = [
  "calls",
  "errors",
  "aborted",
  "retries",
  "inputTokens",
  "outputTokens",
  "cacheReadInputTokens",
  "cacheCreationInputTokens",
  "reasoningOutputTokens",
  "costUsd",
  "retryCostUsd",
  "unpricedCalls",
  "incompleteCalls",
  "estimatedCalls",
  "durationP50Ms",
  "durationP95Ms",
] as const satisfies (keyof SpendTotals)[];

/** Of calls; fields that are no single value have columns of their own. */
export const callColumns = [
  "callId",
  "startedAt",
  "durationMs",
  "timeToFirstTokenMs",
  "status",
  "httpStatus",
  "errorType",
  "operationId",
  "attempt",
  "retryCount",
  "provider",
  "operation",
  "requestModel",
  "responseModel",
  "serviceTier",
  "responseId",
  "stream",
  "requestBytes",
  "responseBytes",
  "costUsd",
  "costStatus",
  "priceKey",
  "priceVersion",
  "source",
  "sourceKind",
  "feature",
  "conversationId",
  "messageId",
  "workspace",
  "gitBranch",
  "gitCommit",
  "runId",
  "requestFingerprint",
  "developer",
  "schemaVersion",
] as const satisfies (keyof Call)[];

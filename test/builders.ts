import { publicCall } from "../daemon/store/publicCall.ts";
import type { StoredCall } from "../daemon/store/store.ts";
import type { Call, CallReport } from "../shared/call.ts";

let made = 0;

/** A UUIDv7-shaped id, unique in the process and rising. */
export function makeCallId(): string {
  made += 1;
  const time = Date.now().toString(16).padStart(12, "0");
  const tail = made.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${tail}`;
}

/** A report as anybody but the shim would post it: usage ready-made. */
export function makeReport(over: Partial<CallReport> = {}): CallReport {
  return {
    callId: makeCallId(),
    startedAt: new Date().toISOString(),
    durationMs: 800,
    status: "ok",
    provider: "openai",
    operation: "chat",
    requestModel: "gpt-4o-mini",
    usage: { inputTokens: 1000, outputTokens: 100 },
    source: "/api/chat",
    ...over,
  };
}

/** A stored call, priced at 0.21 milli-dollars. */
export function makeStoredCall(over: Partial<StoredCall> = {}): StoredCall {
  return {
    callId: makeCallId(),
    operationId: null,
    attempt: 1,
    startedAt: new Date().toISOString(),
    durationMs: 800,
    timeToFirstTokenMs: null,
    status: "ok",
    httpStatus: 200,
    errorType: null,
    retryCount: 0,
    provider: "openai",
    operation: "chat",
    requestModel: "gpt-4o-mini",
    responseModel: "gpt-4o-mini-2024-07-18",
    serviceTier: null,
    responseId: null,
    stream: false,
    requestBytes: null,
    responseBytes: null,
    usage: { inputTokens: 1000, outputTokens: 100 },
    costNanoUsd: 210_000,
    costStatus: "computed",
    priceKey: "openai:gpt-4o-mini",
    priceVersion: "test",
    source: "/api/chat",
    sourceKind: "route",
    feature: null,
    conversationId: null,
    messageId: null,
    attributes: {},
    callSite: null,
    workspace: "/home/dev/shop",
    gitBranch: "main",
    gitCommit: null,
    runId: "run-1",
    requestFingerprint: null,
    developer: "dev",
    schemaVersion: 1,
    endpoint: null,
    rawUsage: null,
    ...over,
  };
}

/** The same call as clients see it. */
export function makeCall(over: Partial<Call> = {}): Call {
  return { ...publicCall(makeStoredCall()), ...over };
}

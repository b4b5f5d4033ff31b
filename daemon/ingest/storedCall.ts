import { type CallReport, type CallStatus, SCHEMA_VERSION } from "../../shared/call.ts";
import { sourceKindOf } from "../../shared/sources.ts";
import type { Cost, Pricer } from "../pricing/pricer.ts";
import { derivedFeature } from "../store/derivedFeature.ts";
import type { CallCompletion, StoredCall } from "../store/store.ts";
import type { Interpretation } from "../usage/interpret.ts";

/** A report with its meaning and its price, as the store keeps it. `developer` is who reports without a name. */
export function storedCall(
  report: CallReport,
  meaning: Interpretation,
  pricer: Pricer,
  developer: string,
): StoredCall {
  const source = report.source || null;
  return {
    callId: report.callId,
    operationId: report.operationId ?? null,
    attempt: report.attempt ?? 1,
    startedAt: new Date(report.startedAt).toISOString(),
    durationMs: report.durationMs ?? null,
    timeToFirstTokenMs: report.timeToFirstTokenMs ?? null,
    status: statusOf(report, meaning),
    httpStatus: report.httpStatus ?? null,
    errorType: report.errorType ?? null,
    retryCount: report.retryCount ?? 0,
    provider: meaning.provider,
    operation: meaning.operation,
    requestModel: meaning.requestModel,
    responseModel: meaning.responseModel,
    serviceTier: meaning.serviceTier,
    responseId: meaning.responseId,
    stream: report.stream ?? false,
    requestBytes: report.requestBytes ?? null,
    responseBytes: report.responseBytes ?? null,
    usage: meaning.usage,
    ...costOf(report, meaning, pricer),
    source,
    sourceKind: source === null ? null : (report.sourceKind ?? sourceKindOf(source)),
    feature: report.feature || derivedFeature(report.callSite ?? null),
    conversationId: report.conversationId || null,
    messageId: report.messageId || null,
    attributes: report.attributes ?? {},
    callSite: report.callSite ?? null,
    workspace: report.workspace || null,
    gitBranch: report.gitBranch || null,
    gitCommit: report.gitCommit || null,
    runId: report.runId || null,
    requestFingerprint: report.requestFingerprint || null,
    developer: report.developer || developer,
    schemaVersion: report.schemaVersion ?? SCHEMA_VERSION,
    endpoint: report.endpoint ?? null,
    rawUsage: report.rawUsage ?? null,
  };
}

/**
 * What a read of a stored response brings to the call that made it. It is priced as that call is: by its day, its workspace
 * and what it asked for, whenever it is read.
 */
export function callCompletion(
  report: CallReport,
  meaning: Interpretation & { responseId: string },
  pricer: Pricer,
  made: StoredCall,
): CallCompletion {
  const asMade = {
    ...report,
    startedAt: made.startedAt,
    ...(made.workspace === null ? {} : { workspace: made.workspace }),
    ...(made.endpoint === null ? {} : { endpoint: made.endpoint }),
  };
  const whole = {
    ...meaning,
    requestModel: made.requestModel ?? meaning.requestModel,
    serviceTier: meaning.serviceTier ?? made.serviceTier,
  };
  return {
    provider: meaning.provider,
    responseId: meaning.responseId,
    status: statusOf(report, meaning),
    responseModel: meaning.responseModel,
    serviceTier: meaning.serviceTier,
    usage: meaning.usage,
    rawUsage: report.rawUsage ?? null,
    ...costOf(asMade, whole, pricer),
  };
}

/** The exchange went well: but a response whose usage is still to come is not over, and work may have come to nothing. */
function statusOf({ status }: CallReport, { unfinished, ended }: Interpretation): CallStatus {
  if (status !== "ok") return status;
  if (unfinished) return "pending";
  return ended === "failed" ? "error" : ended === "cancelled" ? "aborted" : "ok";
}

function costOf(report: CallReport, meaning: Interpretation, pricer: Pricer): Cost {
  return pricer.price({
    provider: meaning.provider,
    endpoint: report.endpoint ?? null,
    workspace: report.workspace || null,
    requestModel: meaning.requestModel,
    responseModel: meaning.responseModel,
    serviceTier: meaning.serviceTier,
    usage: meaning.usage,
    rawUsage: report.rawUsage ?? null,
    declaredCostNanoUsd: meaning.declaredCostNanoUsd,
    startedAtMs: Date.parse(report.startedAt),
    status: statusOf(report, meaning),
    httpStatus: report.httpStatus ?? null,
  });
}

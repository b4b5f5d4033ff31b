import { isDeepStrictEqual } from "node:util";
import type { CallStatus } from "../../shared/call.ts";
import type { Usage } from "../../shared/usage.ts";
import { derivedFeature } from "./derivedFeature.ts";
import type { Charge, StoredCall } from "./store.ts";

/** How much a status tells. `aborted` may be our own guess, made when nothing more was heard of a pending call. */
const finality: Record<CallStatus, number> = { pending: 0, aborted: 1, error: 2, ok: 2 };

const MIN_IDENTITY_LENGTH = 16;

/**
 * Whether the response id names one response and no other. Short ids do not (Ollama's `chatcmpl-123`), unless they were
 * chosen by somebody who reports ready-made calls (no `endpoint`).
 */
export function isResponseIdentity(call: Pick<StoredCall, "responseId" | "endpoint">): boolean {
  if (call.responseId === null) return false;
  return call.responseId.length >= MIN_IDENTITY_LENGTH || call.endpoint === null;
}

/**
 * Joins a further report of a call with what is stored of it, whether it came by the same `callId` or by the same
 * provider and response id. Nothing is ever added up:
 *
 * - the facts are those of the report whose status tells more (`pending` < `aborted` < `ok`, `error`), what it lacks is
 *   taken from the other; a feature that was named from either;
 * - usage and cost, with the model and the service tier that were billed, are those of the report that has more usage,
 *   whichever status it came with;
 * - identity and time (`callId`, `provider` and `responseId`, `operationId`, `attempt`, `startedAt`) stay as stored, once
 *   they are known: a call never turns into another one;
 * - in a tie what is stored stays. So a report that comes again, or an earlier one that comes late, changes nothing.
 *
 * Answers `null` where nothing changes: a duplicate. Both calls must be normalised. Pure.
 */
export function mergeCalls(stored: StoredCall, report: StoredCall): StoredCall | null {
  const reportTellsMore = finality[report.status] > finality[stored.status];
  const [main, other] = reportTellsMore ? [report, stored] : [stored, report];
  const merged: StoredCall = {
    ...fillNulls(main, other),
    attributes: { ...other.attributes, ...main.attributes },
    stream: stored.stream || report.stream,
    retryCount: Math.max(stored.retryCount, report.retryCount),
    ...(compareCharges(report, stored) > 0 ? chargeOf(report, stored) : chargeOf(stored, report)),
    callId: stored.callId,
    provider: stored.provider,
    responseId: stored.responseId ?? report.responseId,
    // It decides whether the response id is an identity, so it comes with it.
    endpoint: stored.responseId === null ? (stored.endpoint ?? report.endpoint) : stored.endpoint,
    operationId: stored.operationId ?? report.operationId,
    attempt: stored.attempt,
    startedAt: stored.startedAt,
  };
  return isDeepStrictEqual(merged, stored) ? null : merged;
}

/** A copy of `main` whose `null`s are filled from `other`. A kind goes with its source, a status of HTTP with its call's. */
function fillNulls(main: StoredCall, other: StoredCall): StoredCall {
  return {
    ...main,
    durationMs: main.durationMs ?? other.durationMs,
    timeToFirstTokenMs: main.timeToFirstTokenMs ?? other.timeToFirstTokenMs,
    httpStatus: main.httpStatus ?? other.httpStatus,
    errorType: main.status === "ok" ? main.errorType : (main.errorType ?? other.errorType),
    requestModel: main.requestModel ?? other.requestModel,
    requestBytes: main.requestBytes ?? other.requestBytes,
    responseBytes: main.responseBytes ?? other.responseBytes,
    source: main.source ?? other.source,
    sourceKind: main.source === null ? other.sourceKind : main.sourceKind,
    feature: namedFeature(main) ?? namedFeature(other) ?? main.feature ?? other.feature,
    conversationId: main.conversationId ?? other.conversationId,
    messageId: main.messageId ?? other.messageId,
    callSite: main.callSite ?? other.callSite,
    workspace: main.workspace ?? other.workspace,
    gitBranch: main.gitBranch ?? other.gitBranch,
    gitCommit: main.gitCommit ?? other.gitCommit,
    runId: main.runId ?? other.runId,
    requestFingerprint: main.requestFingerprint ?? other.requestFingerprint,
  };
}

/** What somebody called it, rather than where it is. */
function namedFeature({ feature, callSite }: StoredCall): string | null {
  return feature === derivedFeature(callSite) ? null : feature;
}

function chargeOf(call: Charge, other: Charge): Charge {
  const { usage, rawUsage, costNanoUsd, costStatus, priceKey, priceVersion } = call;
  return {
    usage,
    rawUsage,
    costNanoUsd,
    costStatus,
    priceKey,
    priceVersion,
    serviceTier: call.serviceTier ?? other.serviceTier,
    responseModel: call.responseModel ?? other.responseModel,
  };
}

/** Above 0 where `a` tells more about usage than `b`; the first difference decides. */
function compareCharges(a: Charge, b: Charge): number {
  const [left, right] = [chargeRank(a), chargeRank(b)];
  for (const [index, rank] of left.entries()) {
    const difference = rank - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Any usage or a declared cost; a declared cost; the provider's own usage rather than somebody's reading of it (a span's);
 * the amount of usage (a stream's usage grows, the final one is the
 * largest); how finely it is told apart; whether it has a cost at all.
 */
function chargeRank(charge: Charge): number[] {
  const declared = charge.costStatus === "declared";
  const units = Object.values(charge.usage satisfies Usage);
  const amount = units.reduce((sum, value) => sum + value, 0);
  return [
    Number(units.length > 0 || declared),
    Number(declared),
    Number(charge.rawUsage !== null),
    amount,
    units.length,
    Number(charge.costNanoUsd !== null),
  ];
}

import type { Call, CallReport } from "../../shared/call.ts";
import { UNKNOWN_PROVIDER } from "./providerName.ts";

/** By what two reports of one exchange are known to be one where no response id says so. */
export interface Likeness {
  callId: string;
  startMs: number;
  endMs: number;
  status: Call["status"];
  provider: string;
  /** As asked for and as answered, in lower case. */
  models: readonly string[];
  responseId: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  hasUsage: boolean;
}

/** One machine has one clock, but spans are timed by another than `Date`, which may drift. */
const SLACK_MS = 1_000;
/** As in the store: shorter ones are numbers that some servers give out again and again. */
const MIN_IDENTITY_LENGTH = 16;

type Comparable = Pick<
  Call,
  | "callId"
  | "startedAt"
  | "durationMs"
  | "status"
  | "provider"
  | "requestModel"
  | "responseModel"
  | "responseId"
  | "usage"
>;

export function likenessOf(call: Comparable): Likeness {
  const startMs = Date.parse(call.startedAt);
  const { inputTokens, outputTokens } = call.usage;
  return {
    callId: call.callId,
    startMs,
    endMs: startMs + (call.durationMs ?? 0),
    status: call.status,
    provider: call.provider,
    models: [call.requestModel, call.responseModel].flatMap((model) =>
      model === null ? [] : [model.toLowerCase()],
    ),
    responseId: call.responseId,
    inputTokens: inputTokens ?? null,
    outputTokens: outputTokens ?? null,
    hasUsage: inputTokens !== undefined || outputTokens !== undefined,
  };
}

export function likenessOfReport(report: CallReport): Likeness {
  return likenessOf({
    callId: report.callId,
    startedAt: report.startedAt,
    durationMs: report.durationMs ?? null,
    status: report.status,
    provider: report.provider ?? UNKNOWN_PROVIDER,
    requestModel: report.requestModel ?? null,
    responseModel: report.responseModel ?? null,
    responseId: report.responseId ?? null,
    usage: report.usage ?? {},
  });
}

/**
 * Whether two reports, a span and an exchange or two spans, tell of one exchange. Response ids decide where both have one.
 * Else the one must lie within the other's time, ask the same model and end alike, with the same tokens; where one of
 * them has no tokens, with the same provider.
 */
export function areTwins(a: Likeness, b: Likeness): boolean {
  if (a.responseId !== null && b.responseId !== null) {
    return a.responseId === b.responseId && a.responseId.length >= MIN_IDENTITY_LENGTH;
  }
  const isUnderWay = a.status === "pending" || b.status === "pending";
  // Its id will find what is under way when that ends; until then that tells too little.
  if (isUnderWay && (a.responseId !== null || b.responseId !== null)) return false;
  if (!isUnderWay && (a.status === "ok") !== (b.status === "ok")) return false;
  if (!liesWithin(a, b) && !liesWithin(b, a)) return false;
  if (!a.models.some((model) => b.models.includes(model))) return false;
  if (a.hasUsage && b.hasUsage) return a.inputTokens === b.inputTokens && a.outputTokens === b.outputTokens;
  return a.provider === b.provider || a.provider === UNKNOWN_PROVIDER || b.provider === UNKNOWN_PROVIDER;
}

/** The twin by its response id, else the one that is nearest in time. */
export function twinOf(
  report: Likeness,
  calls: Iterable<Likeness>,
  isFree: (call: Likeness) => boolean = () => true,
): Likeness | null {
  let nearest: { call: Likeness; distance: number } | null = null;
  for (const call of calls) {
    if (!areTwins(report, call) || !isFree(call)) continue;
    if (report.responseId !== null && report.responseId === call.responseId) return call;
    const distance = Math.abs(report.startMs - call.startMs) + Math.abs(report.endMs - call.endMs);
    if (nearest === null || distance < nearest.distance) nearest = { call, distance };
  }
  return nearest?.call ?? null;
}

/** What is under way has no end yet: it lies where it began. */
function liesWithin(inner: Likeness, outer: Likeness): boolean {
  return inner.startMs >= outer.startMs - SLACK_MS && inner.endMs <= outer.endMs + SLACK_MS;
}

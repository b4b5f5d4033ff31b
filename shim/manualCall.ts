import type { CallReport, CallStatus, Operation } from "../shared/call.ts";
import type { Usage } from "../shared/usage.ts";
import { type AttributeInput, givenSource, labelsWithin, name } from "./context/attribution.ts";
import { exceptionType } from "./extract/errorType.ts";
import { givenCost, givenCount, givenHttpStatus, givenOperation, givenUsage } from "./givenFacts.ts";
import type { Runtime } from "./runtime.ts";

/** A call that the shim can't see by itself: a native SDK, another protocol, a paid API that is no AI. */
export interface CallParams {
  /** `openai`, `anthropic`, …, or any name of your own. */
  provider: string;
  operation?: Operation;
  model?: string;
  stream?: boolean;
  /** In place of the source that is active. */
  source?: string;
  feature?: string;
  conversationId?: string;
  messageId?: string;
  /** Labels: small strings. */
  attributes?: Record<string, string | number | boolean>;
  /** Attempts after the first, where the caller counts them. */
  retryCount?: number;
  /** How long what is asked is, in bytes. */
  requestBytes?: number;
}

/** How a call ended well. */
export interface CallResult {
  /** In OpenTelemetry's meaning: see the `Usage` type. What is left out is not reported, not zero. */
  usage?: Usage;
  /** The model that answered, where it may differ from the one asked for. */
  responseModel?: string;
  responseId?: string;
  serviceTier?: string;
  httpStatus?: number;
  /** Attempts after the first, where that is known only now. */
  retryCount?: number;
  /** How long the answer is, in bytes. */
  responseBytes?: number;
  /** Cost declared by the provider: a decimal string in USD with up to 9 places. */
  costUsd?: string;
}

/** A call under way. The first of `complete` and `fail` counts. */
export interface StartedCall {
  complete(result?: CallResult): void;
  fail(error: unknown): void;
}

/** The daemon takes no more. */
const MAX_RETRIES = 1_000_000;

const unwatched: StartedCall = { complete() {}, fail() {} };

/** Never throws, and neither does what it gives: whatever the host has said of its call, the call itself goes on. */
export function startManualCall(
  runtime: Runtime | undefined,
  params: CallParams,
  below: (...args: never[]) => unknown,
): StartedCall {
  if (runtime === undefined) return unwatched;
  try {
    const call = begin(runtime, params, below);
    return {
      complete: (result) => quietly(() => call.complete(result)),
      fail: (error) => quietly(() => call.fail(error)),
    };
  } catch {
    return unwatched;
  }
}

function quietly(step: () => void): void {
  try {
    step();
  } catch {
    // What can't be read is not reported.
  }
}

function begin(runtime: Runtime, params: CallParams, below: (...args: never[]) => unknown): StartedCall {
  const startedAt = new Date();
  const startedAtMs = performance.now();
  const callId = runtime.makeId();
  const stack = runtime.captureStack(below);
  const scope = runtime.scope();
  let ended = false;

  const end = (status: CallStatus, errorType: string | null, result: CallResult) => {
    if (ended) return;
    ended = true;
    const { feature, conversationId, messageId, attributes } = params;
    const input: AttributeInput = {
      ...attributes,
      ...(feature === undefined ? {} : { feature }),
      ...(conversationId === undefined ? {} : { conversationId }),
      ...(messageId === undefined ? {} : { messageId }),
    };
    const costUsd = givenCost(result.costUsd);
    const report: CallReport = {
      callId,
      operationId: callId,
      attempt: 1,
      retryCount:
        givenCount(result.retryCount, MAX_RETRIES) ?? givenCount(params.retryCount, MAX_RETRIES) ?? 0,
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(performance.now() - startedAtMs),
      status,
      httpStatus: givenHttpStatus(result.httpStatus),
      errorType,
      provider: name(params.provider) ?? "unknown",
      operation: givenOperation(params.operation),
      requestModel: name(params.model),
      responseModel: name(result.responseModel),
      responseId: name(result.responseId),
      serviceTier: name(result.serviceTier),
      stream: params.stream === true,
      requestBytes: givenCount(params.requestBytes),
      responseBytes: givenCount(result.responseBytes),
      usage: givenUsage(result.usage),
      ...(costUsd === null ? {} : { costUsd }),
    };
    const explicit = givenSource(params.source) ?? scope.explicit;
    runtime.report(report, { ...scope, ...labelsWithin(scope, input), explicit }, stack);
  };

  return {
    // `null` is as good as nothing.
    complete: (result) => end("ok", null, result ?? {}),
    fail: (error) => {
      const errorType = exceptionType(error);
      end(errorType === "AbortError" ? "aborted" : "error", errorType, {});
    },
  };
}

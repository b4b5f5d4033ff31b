import type { CallReport, CallStatus, Endpoint } from "../../shared/call.ts";
import { headersOf, type WireFormat, wireFormats } from "../../shared/wireFormats.ts";
import type { Scope } from "../context/attribution.ts";
import type { CapturedStack } from "../context/callSite.ts";
import type { RequestWork } from "../context/requestWork.ts";
import { type BodyReader, createBodyReader, isStreamType } from "../extract/bodyReader.ts";
import { exceptionType } from "../extract/errorType.ts";
import type { ReadableFormat } from "../extract/readingPlan.ts";
import { type RequestFacts, scanRequest } from "../extract/requestScan.ts";
import type { Reading } from "../extract/usageReader.ts";
import type { BodyListener } from "../observe/bodySource.ts";
import type { Protection } from "../protection/protection.ts";
import type { AttemptKey, AttemptPlace, Attempts } from "./attempts.ts";
import type { MeteredCall } from "./meteredCall.ts";
import { type RequestBody, sizedText, sizeOf, textOf } from "./requestBody.ts";

/** What is known of an exchange when its request leaves, by whatever transport. */
export interface ExchangeStart {
  endpoint: Endpoint;
  /** Only where the user's `TAXIMETER_PROVIDERS` named it. */
  provider: string | undefined;
  format: ReadableFormat;
  /** `false`: it is a call only if usage is found in its answer. */
  isCall: boolean;
  /** The request's body, where and as far as it is at hand. */
  body: RequestBody;
  /** Whether the response's bytes are seen as they travel, in their content encoding. */
  encoded: boolean;
  sdkRetryCount: number | null;
  /** The model, where a header names it. */
  namedModel: string | null;
  signal: AbortSignal | undefined;
  stack: CapturedStack | undefined;
}

/** One HTTP exchange under way, told of what happens to it by its transport. */
export interface Exchange extends BodyListener {
  readonly endpoint: Endpoint;
  isRunning(): boolean;
  /**
   * Whether it may leave; if not, with what the host gets in place of an answer. Asked once or more before it does, with as
   * much of the body as is known: its value, and its length in bytes where that says more.
   */
  admit(body: () => { value: unknown; bytes: number | undefined }): Error | undefined;
  /** `header` reads one of the response's headers by its name in lower case. */
  responded(httpStatus: number, header: (name: string) => string | null): void;
  /** The host gave it up, for a reason of its own or `undefined`. */
  aborted(reason: unknown): void;
}

/** Facts that the exchange itself can't know. */
export interface ExchangeSurroundings {
  callId: string;
  scope: Scope;
  startedAtEpochMs: number;
  /** Monotonic, milliseconds. */
  now(): number;
  attempts: Attempts;
  protection: Pick<Protection, "admit" | "answered">;
  requestWork: Pick<RequestWork, "callEnded">;
  fingerprint(path: string, body: string, facts: RequestFacts): string | null;
  /** Called once. */
  onEnd(exchange: MeteredExchange): void;
}

/** The meter's own side of an exchange. */
export interface MeteredExchange extends Exchange, MeteredCall {}

type Outcome =
  | { kind: "running" }
  | { kind: "closed" }
  /** The host wanted no more, or let go of the response. */
  | { kind: "cancelled" }
  | { kind: "failed"; errorType: string; byHost: boolean }
  /** Nothing left the process: the arguments were no good, or it was not let out. */
  | { kind: "void" };

/** Characters of a request's body. */
const MAX_KEPT_LENGTH = 64 * 1024;

/** Statuses that SDKs retry. */
function worthRetrying(httpStatus: number): boolean {
  return httpStatus === 408 || httpStatus === 409 || httpStatus === 429 || httpStatus >= 500;
}

export function createExchange(start: ExchangeStart, around: ExchangeSurroundings): MeteredExchange {
  const startedAtMs = around.now();
  const format: WireFormat | undefined = start.format === "any" ? undefined : wireFormats[start.format];
  let body: RequestBody | undefined = start.body;
  let request: RequestFacts | undefined;
  /** The request's body when it has been looked at, kept till the report is made where a request is served and it is not long. */
  let asked = "";
  let requestFingerprint: string | null = null;
  let attemptKey: AttemptKey | undefined;
  let place: AttemptPlace = { operationId: around.callId, attempt: (start.sdkRetryCount ?? 0) + 1 };

  let httpStatus: number | null = null;
  let isStream = false;
  let firstBytesAtMs: number | undefined;
  let endedAtMs: number | undefined;
  let requestBytes: number | null = null;
  let responseBytes = 0;
  let outcome: Outcome = { kind: "running" };
  let reader: BodyReader | undefined;
  let settled = false;
  let reading: Reading | undefined;
  let headers: Record<string, string> | undefined;

  const isError = () => httpStatus !== null && (httpStatus < 200 || httpStatus > 299);

  const end = (how: Outcome) => {
    if (outcome.kind !== "running") return;
    outcome = how;
    endedAtMs = around.now();
    around.requestWork.callEnded(exchange);
    if (reader === undefined) settle();
    else reader.finish(settle);
  };
  /** All is known that will ever be. */
  const settle = () => {
    if (settled) return;
    settled = true;
    around.onEnd(exchange);
  };

  /** Looks at the request's body and lets go of it, when the host has long had what it waits for. */
  const look = () => {
    if (request !== undefined) return;
    const { value } = body ?? {};
    const text = textOf(value);
    requestBytes = sizeOf(value);
    body = undefined;
    if (around.scope.inbound !== null && text.length <= MAX_KEPT_LENGTH) asked = text;
    request = scanRequest(text, format?.request);
    if (text !== "") requestFingerprint = around.fingerprint(start.endpoint.path, text, request);
    attemptKey = {
      request: requestFingerprint === null ? null : `${start.endpoint.host} ${requestFingerprint}`,
      scope: around.scope,
      caller: start.stack?.outer,
      sdkRetryCount: start.sdkRetryCount,
      atMs: startedAtMs,
    };
    place = around.attempts.place(attemptKey, around.callId);
  };

  /** A retry may come at once, before this call is settled. */
  const expectRetry = () => {
    look();
    if (attemptKey !== undefined) around.attempts.failed(attemptKey, place, around.now());
  };

  /** The refusal stands, whatever comes of this. */
  const expectRetryOfRefused = () => {
    try {
      look();
      if (attemptKey !== undefined) around.attempts.refused(attemptKey, place, around.now());
    } catch {
      // Then the next one is what the SDK says it is.
    }
  };

  const fail = (error: unknown, isAborted: boolean) => {
    let errorType = "AbortError";
    let byHost = isAborted;
    try {
      // The host may have aborted with any reason, even one that throws when looked at.
      byHost ||= start.signal?.aborted === true || isAbort(error);
      if (!byHost || typeof error === "object") errorType = exceptionType(error);
      if (httpStatus === null && !byHost && isRefusalOfArguments(error)) end({ kind: "void" });
      if (httpStatus === null && outcome.kind !== "void") expectRetry();
      if (!byHost && outcome.kind === "running") around.protection.answered(around.callId, null);
    } finally {
      end({ kind: "failed", errorType, byHost });
    }
  };

  const statusNow = (): { status: CallStatus; errorType: string | null } => {
    const said = reading?.errorType;
    if (outcome.kind === "running") return { status: "pending", errorType: null };
    if (outcome.kind === "failed" && httpStatus === null) {
      return { status: outcome.byHost ? "aborted" : "error", errorType: outcome.errorType };
    }
    if (isError()) return { status: "error", errorType: said ?? String(httpStatus) };
    if (said !== undefined) return { status: "error", errorType: said };
    if (outcome.kind === "closed" || reading?.complete) return { status: "ok", errorType: null };
    return { status: "aborted", errorType: outcome.kind === "failed" ? outcome.errorType : null };
  };

  const exchange: MeteredExchange = {
    callId: around.callId,
    scope: around.scope,
    stack: start.stack,
    endpoint: start.endpoint,
    startedAtMs,
    prompts: () => request?.prompts.map(([start, end]) => asked.slice(start, end)) ?? [],
    // No getter: V8 would make a hidden class for each exchange, and keep both till its next full collection.
    isRunning: () => outcome.kind === "running",
    isCall: () => start.isCall || reading?.hasUsage === true,
    admit(given) {
      if (!start.isCall || start.endpoint.method !== "POST" || outcome.kind !== "running") return undefined;
      const refusal = around.protection.admit({
        callId: around.callId,
        endpoint: start.endpoint,
        provider: start.provider,
        scope: around.scope,
        namedModel: start.namedModel,
        body: () => sizedText(given()),
      });
      if (refusal !== undefined) {
        expectRetryOfRefused();
        end({ kind: "void" });
      }
      return refusal;
    },
    responded(status, header) {
      httpStatus = status;
      around.protection.answered(around.callId, status);
      const contentType = header("content-type");
      if (format !== undefined) headers = headersOf(format, header);
      isStream = isStreamType(contentType);
      if (start.isCall || contentType === null || isStream || contentType.includes("json")) {
        reader = createBodyReader({
          format: start.format,
          contentType,
          contentEncoding: start.encoded ? header("content-encoding") : null,
        });
      }
      if (isError() && worthRetrying(status)) expectRetry();
    },
    chunk(bytes) {
      responseBytes += bytes.byteLength;
      firstBytesAtMs ??= around.now();
      reader?.write(bytes);
    },
    closed() {
      end({ kind: "closed" });
    },
    failed(error) {
      fail(error, false);
    },
    aborted(reason) {
      fail(reason, true);
    },
    cancelled() {
      end({ kind: "cancelled" });
    },
    abandon() {
      end({ kind: "cancelled" });
      settle();
    },
    facts() {
      look();
      if (outcome.kind !== "running" && reader !== undefined) {
        reading = reader.read();
        reader = undefined;
      }
      if (!exchange.isCall() || outcome.kind === "void") return null;
      const { status, errorType } = statusNow();
      // What was refused took nothing, whatever it asked for.
      const needed = httpStatus === null || isError() ? undefined : request?.needed;
      const rawUsage =
        headers === undefined && needed === undefined
          ? reading?.rawUsage
          : {
              ...reading?.rawUsage,
              ...(headers === undefined ? {} : { headers }),
              ...(needed === undefined ? {} : { request: needed }),
            };
      const stream = isStream || request?.stream === true;
      const report: CallReport = {
        callId: around.callId,
        operationId: place.operationId,
        attempt: place.attempt,
        startedAt: new Date(around.startedAtEpochMs).toISOString(),
        durationMs: endedAtMs === undefined ? null : Math.round(endedAtMs - startedAtMs),
        timeToFirstTokenMs:
          isStream && firstBytesAtMs !== undefined && !isError()
            ? Math.round(firstBytesAtMs - startedAtMs)
            : null,
        status,
        httpStatus,
        errorType,
        retryCount: place.attempt - 1,
        requestModel: request?.model ?? start.namedModel,
        stream,
        requestBytes,
        responseBytes: httpStatus === null ? null : responseBytes,
        requestFingerprint,
        endpoint: start.endpoint,
      };
      if (start.provider !== undefined) report.provider = start.provider;
      if (rawUsage !== undefined) report.rawUsage = rawUsage;
      return report;
    },
  };
  return exchange;
}

/** `fetch` says so with a TypeError of its own; what the network did to it is in the cause of one. */
function isRefusalOfArguments(error: unknown): boolean {
  return error instanceof TypeError && error.cause === undefined;
}

function isAbort(error: unknown): boolean {
  const named = typeof error === "object" && error !== null && "name" in error ? error.name : undefined;
  return named === "AbortError" || named === "TimeoutError";
}

import type { CallReport, Endpoint } from "../../shared/call.ts";
import type { Scope } from "../context/attribution.ts";
import type { CapturedStack } from "../context/callSite.ts";
import type { RequestWork } from "../context/requestWork.ts";
import type { SocketTurn } from "../extract/socketMessages.ts";
import type { Protection } from "../protection/protection.ts";
import type { MeteredCall } from "./meteredCall.ts";

/** One turn of the model's over a connection: a call that is no HTTP exchange. */
export interface Turn extends MeteredCall {
  /** All is said. */
  ended(turn: SocketTurn): void;
}

export interface TurnSurroundings {
  endpoint: Endpoint;
  /** Only where the user's `TAXIMETER_PROVIDERS` named it. */
  provider: string | undefined;
  scope: Scope;
  stack: CapturedStack | undefined;
  requestWork: Pick<RequestWork, "callEnded">;
  protection: Pick<Protection, "answered">;
  callId: string;
  startedAtEpochMs: number;
  /** Monotonic, milliseconds. */
  now(): number;
  /** Called once. */
  onEnd(turn: MeteredCall): void;
}

export function createTurn(around: TurnSurroundings): Turn {
  const startedAtMs = around.now();
  let outcome: SocketTurn | "running" | "cut short" = "running";
  let endedAtMs: number | undefined;
  const end = (how: SocketTurn | "cut short") => {
    if (outcome !== "running") return;
    outcome = how;
    endedAtMs = around.now();
    around.requestWork.callEnded(turn);
    if (how !== "cut short" && how.status !== "aborted") {
      around.protection.answered(around.callId, httpStatusLike(how));
    }
    around.onEnd(turn);
  };
  const turn: Turn = {
    callId: around.callId,
    scope: around.scope,
    stack: around.stack,
    startedAtMs,
    isCall: () => true,
    ended: end,
    abandon: () => end("cut short"),
    facts(): CallReport {
      const said = typeof outcome === "string" ? undefined : outcome;
      return {
        callId: around.callId,
        operationId: around.callId,
        attempt: 1,
        startedAt: new Date(around.startedAtEpochMs).toISOString(),
        durationMs: endedAtMs === undefined ? null : Math.round(endedAtMs - startedAtMs),
        timeToFirstTokenMs: null,
        status: said?.status ?? (outcome === "running" ? "pending" : "aborted"),
        httpStatus: null,
        errorType: said?.errorType ?? null,
        retryCount: 0,
        requestModel: said?.requestModel ?? null,
        stream: true,
        requestFingerprint: null,
        endpoint: around.endpoint,
        ...(around.provider === undefined ? {} : { provider: around.provider }),
        ...(said?.rawUsage === undefined ? {} : { rawUsage: said.rawUsage }),
      };
    },
  };
  return turn;
}

/** Errors that are the provider's own, in the words of those that are understood here. */
const providersOwn = /server_error|rate_limit|overloaded|internal|unavailable|exhausted|timeout/i;

/** What an HTTP exchange would have been answered with, as far as it says how the provider does. */
function httpStatusLike({ status, errorType }: SocketTurn): number {
  if (status !== "error") return 200;
  return providersOwn.test(errorType ?? "") ? 500 : 400;
}

import { isProviderFailure } from "../../shared/breaker.ts";
import type { CallReport, Endpoint } from "../../shared/call.ts";
import { modelName } from "../../shared/modelNames.ts";
import { breakersAreOn, type ProtectionState } from "../../shared/protection.ts";
import { endpointRule, providerOfHost } from "../../shared/providers.ts";
import { type ProcessSources, type Scope, sourceOf } from "../context/attribution.ts";
import { type CircuitKey, createCircuits } from "./circuits.ts";
import type { CallDimensions } from "./coverage.ts";
import { createLedger } from "./ledger.ts";
import { budgetRefusal, circuitRefusal } from "./refusals.ts";
import type { StateFile } from "./stateFile.ts";
import { costAt, reportedTokens, sizeOf, worstPrice } from "./worstCase.ts";

/** A call that is about to leave. */
export interface GuardedCall {
  callId: string;
  endpoint: Endpoint;
  /** Only where the user named it for this host. */
  provider: string | undefined;
  scope: Scope;
  /** The model, where a header names it. */
  namedModel?: string | null;
  /** Looked at only where something is switched on. */
  body?(): { text: string | undefined; bytes: number | undefined };
  /** Instead of a body, of a message over a WebSocket: the turn that it asks for, if it does. */
  turn?(): { model: string | null } | null;
}

/** What a turn will cost cannot be told: nobody knows how long it listens. It is let out while anything is left. */
const LEAST_NANO_USD = 1;

/** Hard stops and breakers, where the user has switched any on; elsewhere it costs a look at the clock. */
export interface Protection {
  /** What the host gets in place of an answer, where the call must not leave. A call may ask again when more is known of it. */
  admit(call: GuardedCall): Error | undefined;
  /** `null`: no answer came, for no reason of the host's. */
  answered(callId: string, httpStatus: number | null): void;
  /** It ended; `report` gives what is known of it, `null` where it was no call. Asked for only where it matters. */
  ended(callId: string, report: () => CallReport | null): void;
  /** Calls that were not let out. */
  readonly refusals: number;
  /** What became of reports, as lines of JSON. */
  handedOver(lines: readonly string[], to: "daemon" | "spool"): void;
}

export interface ProtectionSurroundings {
  file: StateFile;
  process: ProcessSources & { workspace(): string | null; git(): { gitBranch: string | null } };
  daemonRuns(): boolean;
  /** Milliseconds since the epoch. */
  epochNow(): number;
  onRefused(): void;
}

export function createProtection(around: ProtectionSurroundings): Protection {
  const ledger = createLedger(around.epochNow);
  const circuits = createCircuits(around.epochNow);
  /** Calls under way whose end says how their provider does. */
  const watched = new Map<string, CircuitKey>();
  let known: ProtectionState | null = null;
  let refusals = 0;

  const current = () => {
    const state = around.file.state();
    if (state !== known && state !== null) ledger.goBy(state);
    known = state;
    return state;
  };

  const dimensionsOf = ({ endpoint, provider, scope }: GuardedCall, model: string | null): CallDimensions => {
    const name = provider ?? providerOfHost(endpoint.host)?.name ?? "";
    return {
      provider: name,
      model,
      operation: endpointRule(name, endpoint.method, endpoint.path)?.operation ?? null,
      scope,
      source: sourceOf(scope, around.process),
      workspace: around.process.workspace(),
      gitBranch: around.process.git().gitBranch,
    };
  };

  const refused = (call: GuardedCall, state: ProtectionState): Error | undefined => {
    const turn = call.turn?.();
    if (turn === null) return undefined;
    const { text, bytes } = call.body?.() ?? { text: undefined, bytes: undefined };
    const size = sizeOf({ path: call.endpoint.path, text, bytes });
    const asked = turn === undefined ? (size.model ?? call.namedModel ?? null) : turn.model;
    const dimensions = dimensionsOf(call, modelName(asked));
    const { provider, model, workspace } = dimensions;
    const key = { provider, model };
    const isWatched = watched.has(call.callId);
    if (!isWatched && breakersAreOn(state.breakers, workspace)) {
      const untilMs = circuits.closedUntilMs(key, state.open);
      if (untilMs !== null) return circuitRefusal(key, untilMs, dimensions.source?.source ?? null);
      watched.set(call.callId, key);
    }
    if (state.budgets.length === 0) return undefined;
    const nanoUsd =
      turn === undefined ? costAt(worstPrice(around.file.prices(), provider, model), size) : LEAST_NANO_USD;
    const exceeded = ledger.exceededBy(dimensions, nanoUsd, call.callId);
    if (exceeded !== null) {
      letGo(call.callId);
      return budgetRefusal(exceeded, nanoUsd, { asOf: state.asOf, daemonRuns: around.daemonRuns() });
    }
    ledger.reserve(call.callId, dimensions, nanoUsd);
    return undefined;
  };

  const verdict = (callId: string, failed: boolean | null) => {
    const key = watched.get(callId);
    if (key === undefined) return;
    watched.delete(callId);
    circuits.ended(key, failed);
  };
  const letGo = (callId: string) => {
    verdict(callId, null);
    ledger.settle(callId, 0);
  };

  /** What an ended call may have cost; `null` where it does not say, so that what was reserved for it stands. */
  const settledCost = ({ status, httpStatus, rawUsage }: CallReport, call: CallDimensions): number | null => {
    const tokens = reportedTokens(rawUsage);
    if (tokens !== undefined)
      return costAt(worstPrice(around.file.prices(), call.provider, call.model), tokens);
    // What was refused is not billed.
    const wasRefused = status === "error" && (httpStatus ?? 400) >= 400;
    return wasRefused ? 0 : null;
  };

  return {
    admit(call) {
      const state = current();
      if (state === null) return undefined;
      const refusal = refused(call, state);
      if (refusal !== undefined) {
        refusals += 1;
        around.onRefused();
      }
      return refusal;
    },
    get refusals() {
      return refusals;
    },
    answered(callId, httpStatus) {
      // What was refused is not billed, and its body is often left unread, so that it would not end.
      if (ledger.size > 0 && httpStatus !== null && httpStatus >= 400) ledger.settle(callId, 0);
      if (watched.size > 0) verdict(callId, httpStatus === null || isProviderFailure(httpStatus));
    },
    ended(callId, report) {
      if (watched.size > 0) verdict(callId, null);
      const call = ledger.callOf(callId);
      if (call === undefined) return;
      const facts = report();
      ledger.settle(callId, facts === null ? 0 : settledCost(facts, call));
    },
    handedOver(lines, to) {
      if (ledger.size === 0) return;
      for (const line of lines) {
        const callId = callIdIn(line);
        if (callId !== undefined) ledger.handedOver(callId, to);
      }
    },
  };
}

/** A pending report is of a call that goes on. */
function callIdIn(line: string): string | undefined {
  const report: unknown = JSON.parse(line);
  if (typeof report !== "object" || report === null) return undefined;
  const [callId, status]: unknown[] = [Reflect.get(report, "callId"), Reflect.get(report, "status")];
  return typeof callId === "string" && status !== "pending" ? callId : undefined;
}

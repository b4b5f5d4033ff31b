import { afterOutcome, asOf, type Circuit, closedCircuit, isProviderFailure } from "../../shared/breaker.ts";
import { type Call, modelOf } from "../../shared/call.ts";
import type { CircuitState, OpenCircuit } from "../../shared/protection.ts";

/** What all processes' calls say of how providers do, by provider and model. */
export interface CircuitKeeper {
  /** Calls were stored. Answers whether a circuit opened or closed. */
  callsCommitted(calls: readonly EndedCall[]): boolean;
  /** Those that anything is known of, by name. */
  states(): CircuitState[];
  open(): OpenCircuit[];
  /** Breakers were switched off: what is known holds no more. */
  forget(): void;
}

type EndedCall = Pick<
  Call,
  "provider" | "requestModel" | "responseModel" | "status" | "httpStatus" | "startedAt" | "durationMs"
>;

/** Names of models come from outside: beyond so many the oldest are let go of. */
const MAX_CIRCUITS = 500;
/** What ended longer ago (it lay in the spool) says nothing of now. */
const RECENT_MS = 60_000;

export function createCircuitKeeper(nowMs: () => number): CircuitKeeper {
  const circuits = new Map<string, { provider: string; model: string | null; circuit: Circuit }>();

  function take(call: EndedCall): boolean {
    const failed = failureOf(call);
    const endedMs = Date.parse(call.startedAt) + (call.durationMs ?? 0);
    if (failed === null || nowMs() - endedMs > RECENT_MS) return false;
    const { provider } = call;
    const model = modelOf(call);
    const key = `${provider}\n${model ?? ""}`;
    const before = circuits.get(key)?.circuit ?? closedCircuit;
    const circuit = afterOutcome(before, failed, nowMs());
    circuits.delete(key);
    circuits.set(key, { provider, model, circuit });
    const [oldest] = circuits.keys();
    if (circuits.size > MAX_CIRCUITS && oldest !== undefined) circuits.delete(oldest);
    return circuit.state !== before.state;
  }

  return {
    callsCommitted: (calls) => calls.map(take).includes(true),
    states: () =>
      [...circuits.values()]
        .map(({ provider, model, circuit }) => ({ provider, model, ...stateOf(asOf(circuit, nowMs())) }))
        .filter(({ state, calls }) => state !== "closed" || calls > 0)
        .sort((a, b) => `${a.provider} ${a.model}`.localeCompare(`${b.provider} ${b.model}`)),
    open: () =>
      [...circuits.values()].flatMap(({ provider, model, circuit }) =>
        circuit.state === "open" && circuit.untilMs > nowMs()
          ? [{ provider, model, until: new Date(circuit.untilMs).toISOString() }]
          : [],
      ),
    forget: () => circuits.clear(),
  };
}

/** `null`: it goes on, or the host gave it up, which says nothing of the provider. */
function failureOf({ status, httpStatus }: EndedCall): boolean | null {
  switch (status) {
    case "ok":
      return false;
    case "error":
      return httpStatus === null || isProviderFailure(httpStatus);
    case "aborted":
    case "pending":
      return null;
    default:
      return status satisfies never;
  }
}

function stateOf(circuit: Circuit): Pick<CircuitState, "state" | "calls" | "failures" | "until"> {
  if (circuit.state === "open") {
    return { state: "open", calls: 0, failures: 0, until: new Date(circuit.untilMs).toISOString() };
  }
  const outcomes = circuit.state === "closed" ? circuit.outcomes : [];
  const failures = outcomes.filter(({ failed }) => failed).length;
  return { state: circuit.state, calls: outcomes.length, failures, until: null };
}

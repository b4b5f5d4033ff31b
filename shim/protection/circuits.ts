import {
  admitted,
  afterOutcome,
  asOf,
  type Circuit,
  closedCircuit,
  withoutProbe,
} from "../../shared/breaker.ts";
import type { OpenCircuit } from "../../shared/protection.ts";

/** The circuits of this process, one for each provider and model, and those that all processes have opened. */
export interface Circuits {
  /** Until when (ms since the epoch) no such call may leave, or `null`. One that may is on its way from now on. */
  closedUntilMs(key: CircuitKey, openElsewhere: readonly OpenCircuit[]): number | null;
  /** `null`: it ended in a way that says nothing about the provider. */
  ended(key: CircuitKey, failed: boolean | null): void;
}

export interface CircuitKey {
  provider: string;
  model: string | null;
}

/** Names of models are the host's: beyond so many, the oldest are let go of. */
const MAX_CIRCUITS = 500;
/** While another process's call tries whether all is well. */
const PROBE_WAIT_MS = 1_000;

export function createCircuits(epochNow: () => number): Circuits {
  const circuits = new Map<string, Circuit>();
  const nameOf = ({ provider, model }: CircuitKey) => `${provider}\n${model ?? ""}`;
  const keep = (name: string, circuit: Circuit) => {
    circuits.delete(name);
    if (circuit.state === "closed" && circuit.outcomes.length === 0) return;
    circuits.set(name, circuit);
    const [oldest] = circuits.keys();
    if (circuits.size > MAX_CIRCUITS && oldest !== undefined) circuits.delete(oldest);
  };

  return {
    closedUntilMs(key, openElsewhere) {
      const [name, nowMs] = [nameOf(key), epochNow()];
      const own = asOf(circuits.get(name) ?? closedCircuit, nowMs);
      if (own.state === "open") return own.untilMs;
      const shared = openElsewhere.find(
        ({ provider, model, until }) =>
          provider === key.provider && model === key.model && Date.parse(until) > nowMs,
      );
      if (shared !== undefined) return Date.parse(shared.until);
      const attempt = admitted(own, nowMs);
      keep(name, attempt.circuit);
      return attempt.admitted ? null : nowMs + PROBE_WAIT_MS;
    },
    ended(key, failed) {
      const name = nameOf(key);
      const circuit = circuits.get(name) ?? closedCircuit;
      keep(name, failed === null ? withoutProbe(circuit) : afterOutcome(circuit, failed, epochNow()));
    },
  };
}

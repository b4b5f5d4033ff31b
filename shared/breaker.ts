/**
 * A circuit breaker: closed while calls succeed, open for a while once too many failed, then half open, when a single call
 * tries whether all is well again. Pure: what is known goes in, what is known afterwards comes out. Times in milliseconds.
 */
export type Circuit =
  | { state: "closed"; outcomes: readonly Outcome[] }
  /** After so many openings in a row; each is twice as long as the one before. */
  | { state: "open"; sinceMs: number; untilMs: number; openings: number }
  /** One call is on its way since `probeSinceMs`, or none is (`null`). */
  | { state: "half-open"; probeSinceMs: number | null; openings: number };

export interface Outcome {
  atMs: number;
  failed: boolean;
}

export const closedCircuit: Circuit = { state: "closed", outcomes: [] };

const WINDOW_MS = 60_000;
const FEWEST_CALLS = 5;
const FAILED_SHARE = 0.5;
const FIRST_OPEN_MS = 30_000;
const LONGEST_OPEN_MS = 300_000;
/** Of a busy model, the latest so many calls tell enough. */
const MAX_OUTCOMES = 200;
/** A probe that is not heard of for so long is given up. */
const PROBE_MS = 60_000;

/** Whether a call may leave now, and the circuit after it did. */
export function admitted(circuit: Circuit, nowMs: number): { admitted: boolean; circuit: Circuit } {
  const now = asOf(circuit, nowMs);
  if (now.state === "closed") return { admitted: true, circuit: now };
  if (now.state === "open") return { admitted: false, circuit: now };
  const isFree = now.probeSinceMs === null || nowMs - now.probeSinceMs > PROBE_MS;
  return isFree
    ? { admitted: true, circuit: { ...now, probeSinceMs: nowMs } }
    : { admitted: false, circuit: now };
}

/** The circuit after a call ended. What ends while it is open left before it did, and changes nothing. */
export function afterOutcome(circuit: Circuit, failed: boolean, nowMs: number): Circuit {
  const now = asOf(circuit, nowMs);
  switch (now.state) {
    case "open":
      return now;
    case "half-open":
      return failed ? opened(nowMs, now.openings + 1) : closedCircuit;
    case "closed": {
      const outcomes = [...now.outcomes, { atMs: nowMs, failed }].slice(-MAX_OUTCOMES);
      const failures = outcomes.filter((outcome) => outcome.failed).length;
      const isBad = outcomes.length >= FEWEST_CALLS && failures >= outcomes.length * FAILED_SHARE;
      return isBad && failed ? opened(nowMs, 1) : { state: "closed", outcomes };
    }
    default:
      return now satisfies never;
  }
}

/** A probe came to nothing that would tell: the next call is one. */
export function withoutProbe(circuit: Circuit): Circuit {
  return circuit.state === "half-open" ? { ...circuit, probeSinceMs: null } : circuit;
}

/** What time alone has made of it. */
export function asOf(circuit: Circuit, nowMs: number): Circuit {
  if (circuit.state === "open" && nowMs >= circuit.untilMs) {
    return { state: "half-open", probeSinceMs: null, openings: circuit.openings };
  }
  if (circuit.state !== "closed") return circuit;
  const outcomes = circuit.outcomes.filter(({ atMs }) => nowMs - atMs <= WINDOW_MS);
  return outcomes.length === circuit.outcomes.length ? circuit : { state: "closed", outcomes };
}

function opened(sinceMs: number, openings: number): Circuit {
  const lengthMs = Math.min(LONGEST_OPEN_MS, FIRST_OPEN_MS * 2 ** (openings - 1));
  return { state: "open", sinceMs, untilMs: sinceMs + lengthMs, openings };
}

/** Statuses by which a provider says that it is overloaded or broken; what it says of a request is no failure of its own. */
export function isProviderFailure(httpStatus: number): boolean {
  return httpStatus === 408 || httpStatus === 429 || httpStatus >= 500;
}

import { expect, it } from "vitest";
import {
  admitted,
  afterOutcome,
  asOf,
  type Circuit,
  closedCircuit,
  isProviderFailure,
  withoutProbe,
} from "../../shared/breaker.ts";
import { breakersAreOn } from "../../shared/protection.ts";

/** `f` a failure, `s` a success, a hundred milliseconds apart. */
function after(outcomes: string, fromMs = 0, circuit: Circuit = closedCircuit): Circuit {
  return [...outcomes].reduce(
    (state, outcome, index) => afterOutcome(state, outcome === "f", fromMs + index * 100),
    circuit,
  );
}

it("opens when half of five calls or more have failed within a minute", () => {
  expect(after("ffff").state).toBe("closed");
  expect(after("fffff")).toEqual({ state: "open", sinceMs: 400, untilMs: 30_400, openings: 1 });
  expect(after("ssfff").state).toBe("open");
  expect(after("sssff").state).toBe("closed");
  expect(after("sssffff").state).toBe("open");
  // Not by a success, however many failed before.
  expect(after("ffffs").state).toBe("closed");
  expect(afterOutcome(after("ffff"), true, 70_000).state).toBe("closed");
});

it("lets one call through when it has been open for its time, whose outcome decides", () => {
  const open = after("fffff");
  expect(admitted(open, 30_000).admitted).toBe(false);
  const probing = admitted(open, 30_400);
  expect(probing).toMatchObject({ admitted: true, circuit: { state: "half-open" } });
  expect(admitted(probing.circuit, 30_500).admitted).toBe(false);
  expect(afterOutcome(probing.circuit, false, 31_000)).toEqual(closedCircuit);
  expect(afterOutcome(probing.circuit, true, 31_000)).toEqual({
    state: "open",
    sinceMs: 31_000,
    untilMs: 91_000,
    openings: 2,
  });
  // One that the host gave up, or that was never heard of again, makes room for another.
  expect(admitted(withoutProbe(probing.circuit), 30_500).admitted).toBe(true);
  expect(admitted(probing.circuit, 100_000).admitted).toBe(true);
});

it("stays open for twice as long each time, five minutes at most", () => {
  let circuit = after("fffff");
  const lengths: number[] = [];
  for (let opening = 0; opening < 7; opening += 1) {
    if (circuit.state !== "open") throw new Error(circuit.state);
    lengths.push(circuit.untilMs - circuit.sinceMs);
    circuit = afterOutcome(admitted(circuit, circuit.untilMs).circuit, true, circuit.untilMs);
  }
  expect(lengths).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000, 300_000]);
});

it("what left before it opened changes nothing", () => {
  const open = after("fffff");
  expect(after("sf", 500, open)).toEqual(open);
  expect(asOf(open, 20_000)).toEqual(open);
});

it("failures are the provider's own", () => {
  const failures = [200, 301, 400, 401, 404, 408, 409, 422, 429, 499, 500, 503, 529].filter(
    isProviderFailure,
  );
  expect(failures).toEqual([408, 429, 500, 503, 529]);
});

it("a workspace goes by what was said of it, else by what holds everywhere", () => {
  const settings = { everywhere: true, workspaces: { "/quiet": false } };
  expect(breakersAreOn(settings, "/quiet")).toBe(false);
  expect(breakersAreOn(settings, "/other")).toBe(true);
  expect(breakersAreOn(settings, null)).toBe(true);
  expect(breakersAreOn({ everywhere: false, workspaces: { "/loud": true } }, "/loud")).toBe(true);
  expect(breakersAreOn({ everywhere: false, workspaces: { "/loud": true } }, "/other")).toBe(false);
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDaemonLink } from "../../extension/daemon/daemonLink.ts";
import { createMeter } from "../../extension/daemon/meter.ts";
import type { MeterState } from "../../extension/daemon/meterState.ts";
import { makeCall, makeSnapshot, makeSpend, makeTotals } from "./builders.ts";
import { createFakeDaemon } from "./fakeDaemon.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start() {
  const daemon = createFakeDaemon();
  const link = createDaemonLink(
    () => daemon.connection,
    () => {},
  );
  const states: MeterState[] = [];
  const events: string[] = [];
  let connections = 0;
  const meter = createMeter(link, {
    changed: (state) => states.push(state),
    event: ({ type }) => events.push(type),
    connected: () => {
      connections += 1;
    },
  });
  meter.watch({ from: "today" });
  const listener = daemon.watches[0]?.listener;
  if (listener === undefined) throw new Error("nothing is watched");
  return { meter, link, daemon, listener, states, events, connections: () => connections };
}

const spent = (costUsd: string) => makeSpend({ total: makeTotals({ costUsd }) });

test("a snapshot is the whole truth; what follows replaces its part", () => {
  const { meter, listener } = start();
  const older = makeCall({ startedAt: "2026-11-21T10:00:00.000Z" });
  const newer = makeCall({ startedAt: "2026-11-21T11:00:00.000Z" });
  listener.event({ type: "snapshot", data: makeSnapshot({ recentCalls: [newer, older] }) });
  listener.event({ type: "spend", data: spent("1.5") });
  expect(meter.state.spend?.total.costUsd).toBe("1.5");
  expect(meter.state.lastCall).toBe(newer);
  listener.event({ type: "snapshot", data: makeSnapshot() });
  expect(meter.state.lastCall).toBe(null);
});

test("the first change is shown at once, a flood five times a second, the last one always", () => {
  const { listener, states, events } = start();
  for (let cents = 0; cents < 100; cents += 1) {
    listener.event({ type: "spend", data: spent(`0.${String(cents).padStart(2, "0")}`) });
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(200);
  expect(states[0]?.spend?.total.costUsd).toBe("0.00");
  expect(states.at(-1)?.spend?.total.costUsd).toBe("0.99");
  expect(states.length).toBeLessThanOrEqual(7);
  expect(events).toHaveLength(100);
});

test("a daemon that went leaves its figures on the screen, and says that it is lost", () => {
  const { meter, listener, connections } = start();
  listener.connection("live", null);
  listener.event({ type: "spend", data: spent("1.5") });
  listener.connection("lost", "It was killed.");
  expect(meter.state).toMatchObject({ connection: "lost", detail: "It was killed.", stopped: false });
  expect(meter.state.spend?.total.costUsd).toBe("1.5");
  listener.connection("live", null);
  expect(connections()).toBe(2);
});

test("stopped by the user is told apart from lost", () => {
  const { meter, link } = start();
  link.stop("Stopped by you.");
  expect(meter.state).toMatchObject({ connection: "lost", stopped: true });
});

test("the sum of one period is never shown as another's", () => {
  const { meter, listener, daemon } = start();
  listener.event({ type: "snapshot", data: makeSnapshot() });
  meter.watch({ from: "month" });
  expect(meter.state.spend).toBe(null);
  expect(daemon.watches).toHaveLength(1);
  expect(daemon.watches[0]?.query).toEqual({ from: "month" });
});

test("an event that only a newer daemon knows changes nothing", () => {
  const { meter, listener } = start();
  const before = meter.state;
  listener.event({ type: "weather", data: {} } as never);
  expect(meter.state).toEqual(before);
});

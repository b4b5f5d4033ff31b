import { expect, test, vi } from "vitest";
import { createDaemonLink } from "../../extension/daemon/daemonLink.ts";
import { readSettings } from "../../extension/settings.ts";
import { createTicker } from "../../extension/statusBar/ticker.ts";
import { english, makeSnapshot, makeSpend, makeStatus, makeTotals } from "./builders.ts";
import { createFakeDaemon } from "./fakeDaemon.ts";

const sessionStart = new Date("2026-11-21T12:00:00.000Z");

function start(period: string) {
  const daemon = createFakeDaemon();
  const clock = { now: new Date("2026-11-21T12:30:00.000Z") };
  const shown: string[] = [];
  const ticker = createTicker({
    link: createDaemonLink(
      () => daemon.connection,
      () => {},
    ),
    statusBar: { show: ({ text }) => shown.push(text), hide: () => shown.push("hidden"), dispose: () => {} },
    language: english,
    sessionStart,
    isTrusted: () => true,
    now: () => clock.now,
    listener: { changed: () => {}, event: () => {}, connected: () => {} },
  });
  const settings = readSettings((key) => (key === "statusBar.period" ? period : undefined));
  ticker.apply(settings, []);
  const [watch] = daemon.watches;
  if (watch === undefined) throw new Error("nothing is watched");
  return { ticker, clock, shown, watch };
}

test("a session counts from the window's start", () => {
  const { ticker, watch } = start("session");
  expect(watch.query).toEqual({ from: sessionStart.toISOString() });
  ticker.dispose();
});

test("where the clock is set back to before the window's start, the session counts from then on", () => {
  const { ticker, clock, shown, watch } = start("session");
  clock.now = new Date("2026-11-21T10:00:00.000Z");
  // What the daemon says of a range that begins in the future.
  watch.listener.connection("lost", "The daemon refused the live stream (400).");
  expect(watch.query).toEqual({ from: clock.now.toISOString() });
  watch.listener.event({ type: "snapshot", data: makeSnapshot() });
  watch.listener.connection("live", null);
  ticker.apply(
    readSettings((key) => (key === "statusBar.period" ? "session" : undefined)),
    [],
  );
  expect(shown.at(-1)).toBe("$(pulse) $0.42 this session");
  ticker.dispose();
});

test("a clock that is set back changes nothing of a day's sum", () => {
  const { ticker, clock, watch } = start("today");
  clock.now = new Date("2026-11-20T10:00:00.000Z");
  watch.listener.connection("lost", "Gone.");
  expect(watch.query).toEqual({ from: "today" });
  ticker.dispose();
});

test("a figure keeps its width while it changes, and lets it go once it stands, whatever else is told", () => {
  vi.useFakeTimers();
  const { ticker, shown, watch } = start("today");
  const spend = (costUsd: string) => {
    watch.listener.event({ type: "spend", data: makeSpend({ total: makeTotals({ costUsd }) }) });
    vi.advanceTimersByTime(250);
  };
  watch.listener.event({ type: "snapshot", data: makeSnapshot() });
  spend("0.00042");
  spend("0.42");
  expect(shown.at(-1)).toBe("$(pulse) \u2007\u2007\u2007$0.42 today");
  for (let second = 0; second < 5; second += 1) {
    watch.listener.event({ type: "health", data: makeStatus({ storedCalls: second }) });
    vi.advanceTimersByTime(1_000);
  }
  expect(shown.at(-1)).toBe("$(pulse) $0.42 today");
  ticker.dispose();
  vi.useRealTimers();
});

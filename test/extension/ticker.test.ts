import { expect, test } from "vitest";
import { createDaemonLink } from "../../extension/daemon/daemonLink.ts";
import { readSettings } from "../../extension/settings.ts";
import { createTicker } from "../../extension/statusBar/ticker.ts";
import { english, makeSnapshot } from "./builders.ts";
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

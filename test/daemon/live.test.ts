import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { createEventStreamReader } from "../../daemon/client/eventStream.ts";
import { eventStream } from "../../daemon/live/eventStream.ts";
import { createLiveHub, SPEND_EVERY_MS } from "../../daemon/live/hub.ts";
import type { LiveEvent } from "../../shared/live.ts";
import { makeReport, makeStoredCall } from "../builders.ts";
import { eventually } from "./realDaemon.ts";
import { makeApp } from "./testApp.ts";

type App = Awaited<ReturnType<typeof makeApp>>;

/** Reads a live stream as it comes. */
async function watch({ send }: App, query = "") {
  const response = await send("GET", `/v1/live${query}`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
  const events: LiveEvent[] = [];
  const feed = createEventStreamReader(({ event, data }) => {
    events.push({ type: event, data: JSON.parse(data) } as LiveEvent);
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const reading = (async () => {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) feed(part.value);
  })();
  onTestFinished(() => void reader?.cancel());
  const ofType = <Type extends LiveEvent["type"]>(type: Type) =>
    events.filter((event): event is Extract<LiveEvent, { type: Type }> => event.type === type);
  await eventually(() => events[0] ?? null);
  return { events, ofType, reading };
}

test("a snapshot comes first, of what this client watches", async () => {
  const app = await makeApp();
  const body = [makeReport({ source: "/a" }), makeReport({ source: "/b" }), makeReport({ source: "/b" })];
  await app.json("POST", "/v1/calls", { body });
  const { events } = await watch(app, "?source=/b");
  expect(events[0]).toMatchObject({
    type: "snapshot",
    data: {
      spend: { total: { calls: 2, costUsd: "2" }, topSources: [{ key: "/b", costUsd: "2" }] },
      recentCalls: [{ source: "/b" }, { source: "/b" }],
      budgets: [],
      status: { liveClients: 1 },
    },
  });
});

test("a burst becomes few events, the last of which has it all", async () => {
  const app = await makeApp();
  const { ofType } = await watch(app);
  const started = performance.now();
  for (let batch = 0; batch < 40; batch += 1) await app.json("POST", "/v1/calls", { body: [makeReport()] });
  await eventually(() => ofType("spend").at(-1)?.data.total.calls === 40);
  const took = performance.now() - started;
  expect(ofType("spend").length).toBeLessThanOrEqual(Math.ceil(took / SPEND_EVERY_MS) + 1);
  const heard = ofType("call").flatMap(({ data }) => data.calls.map(({ callId }) => callId));
  expect(new Set(heard).size).toBe(40);
  for (const { data } of ofType("call")) expect(data.calls.length).toBeLessThanOrEqual(50);
});

test("calls outside its scope are not told to a client", async () => {
  const app = await makeApp();
  const { ofType } = await watch(app, "?source=/mine&label:lead=42");
  const mine = makeReport({ source: "/mine", attributes: { lead: "42" } });
  const others = [
    makeReport({ source: "/mine" }),
    makeReport({ source: "/other", attributes: { lead: "42" } }),
  ];
  await app.json("POST", "/v1/calls", { body: [...others, mine] });
  await eventually(() => ofType("spend").at(-1)?.data.total.calls === 1);
  expect(ofType("call").flatMap(({ data }) => data.calls.map(({ callId }) => callId))).toEqual([mine.callId]);
});

test("no call has a label that every object has", async () => {
  const app = await makeApp();
  const { ofType } = await watch(app, "?label:constructor=");
  const without = makeReport();
  await app.json("POST", "/v1/calls", { body: [makeReport({ attributes: { constructor: "x" } }), without] });
  await eventually(() => ofType("spend").at(-1)?.data.total.calls === 1);
  expect(ofType("call").flatMap(({ data }) => data.calls.map(({ callId }) => callId))).toEqual([
    without.callId,
  ]);
});

test("a threshold that is crossed is told once, with the budgets as they stand", async () => {
  const app = await makeApp();
  await app.json("PUT", "/v1/budgets", { body: { period: "day", limitUsd: "10" } });
  const { ofType } = await watch(app);
  for (const count of [4, 1, 1]) {
    await app.json("POST", "/v1/calls", { body: Array.from({ length: count }, () => makeReport()) });
    await eventually(() => ofType("budget").at(-1)?.data.budgets[0]?.percent !== undefined);
    await sleep(SPEND_EVERY_MS * 3);
  }
  const crossed = ofType("budget").flatMap(({ data }) => data.crossed ?? []);
  expect(crossed).toMatchObject([{ id: "day", threshold: 50 }]);
  expect(ofType("budget").at(-1)?.data.budgets).toMatchObject([{ spentUsd: "6", percent: 60, reached: 50 }]);
});

test("a paused recording is told as health", async () => {
  const app = await makeApp();
  const { ofType } = await watch(app);
  await app.json("PUT", "/v1/recording", { body: { recording: false } });
  await eventually(() => ofType("health").at(-1)?.data.recording === false);
});

test("at midnight, though nothing is spent, the new day is told", async () => {
  let nowMs = Date.parse("2026-11-21T23:59:58.000Z");
  const app = await makeApp({ nowMs: () => nowMs });
  await app.json("POST", "/v1/calls", { body: [makeReport({ startedAt: "2026-11-21T20:00:00.000Z" })] });
  const { events, ofType } = await watch(app);
  expect(events[0]).toMatchObject({ data: { spend: { total: { calls: 1 } } } });
  nowMs = Date.parse("2026-11-22T00:00:01.000Z");
  const turned = await eventually(() => ofType("spend").at(-1) ?? null);
  expect(turned.data).toMatchObject({ from: "2026-11-22T00:00:00.000Z", total: { calls: 0 } });
});

test("the stream ends with the daemon", async () => {
  const app = await makeApp();
  const { reading } = await watch(app);
  app.live.close();
  await reading;
});

test("a client that does not read holds no more than a bounded backlog, and then gets the newest", async () => {
  const { store } = await makeApp();
  const resolve = () => ({
    range: { fromMs: 0, toMs: Date.now() },
    resolved: { from: "1970-01-01T00:00:00.000Z", to: new Date().toISOString(), timeZone: "UTC" },
  });
  const status = vi.fn(async () => ({ filler: "x".repeat(50_000) }) as never);
  const hub = createLiveHub({ store, resolve, budgets: async () => [], status, log: () => {} });
  onTestFinished(() => hub.close());
  const stream = eventStream((sink) => hub.subscribe({}, sink));
  for (let round = 0; round < 60; round += 1) {
    hub.callsCommitted([makeStoredCall()]);
    hub.statusChanged();
    await sleep(SPEND_EVERY_MS / 5);
  }
  // Nobody read so far: what waits is bounded by bytes, not by what happened.
  const asked = status.mock.calls.length;
  expect(asked).toBeLessThan(10);
  const reader = stream.getReader();
  for (let part = 0; part < asked; part += 1) await reader.read();
  await eventually(() => status.mock.calls.length > asked);
  await reader.cancel();
  expect(hub.clients()).toBe(0);
});

import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Watch } from "../../daemon/client/daemonConnection.ts";
import { watchLive } from "../../daemon/client/liveWatch.ts";
import type { Transport } from "../../daemon/client/transport.ts";
import { makeCall, makeRow, makeSnapshot, makeSpend, makeStatus } from "../extension/builders.ts";

const discovery = { pid: 4242, port: 4000, token: "t", version: "1.0.0", protocol: 1, nonce: "n" };
const event = (type: string, data: unknown) => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
const snapshot = event("snapshot", makeSnapshot());
const health = event("health", makeStatus());

let watch: Watch | null = null;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  watch?.dispose();
  vi.useRealTimers();
});

/** A daemon whose stream says what the test writes, and which proves itself while `answers`. */
async function watching() {
  const streams: PassThrough[] = [];
  const said: [string, string | null][] = [];
  const daemon = { answers: true, asked: 0 };
  const transport: Transport = {
    send: () => Promise.reject(new Error("nothing is sent")),
    async stream() {
      const stream = new PassThrough();
      streams.push(stream);
      // The parts of an answer that the watch reads.
      return Object.assign(stream, { statusCode: 200 }) as unknown as IncomingMessage;
    },
    async prove() {
      daemon.asked += 1;
      if (daemon.answers) return "proved";
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      return "stranger";
    },
    dispose: () => {},
  };
  const listener = {
    event: () => {},
    connection: (connection: string, detail: string | null) => void said.push([connection, detail]),
  };
  watch = watchLive({ from: "today" }, listener, { transport, find: async () => discovery });
  await vi.advanceTimersByTimeAsync(0);
  streams[0]?.write(snapshot);
  await vi.advanceTimersByTimeAsync(0);
  expect(said).toEqual([
    ["connecting", null],
    ["live", null],
  ]);
  said.length = 0;
  return { streams, said, daemon };
}

test("a daemon that hangs is told of within ten seconds, and once", async () => {
  const { said, daemon, streams } = await watching();
  daemon.answers = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said).toEqual([["lost", "The daemon (process 4242) is there and does not answer."]]);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(said).toHaveLength(1);
  expect(streams).toHaveLength(1);
});

test("a daemon that comes to is live with the first thing that it says", async () => {
  const { said, daemon, streams } = await watching();
  daemon.answers = false;
  await vi.advanceTimersByTimeAsync(10_000);
  daemon.answers = true;
  streams[0]?.write(health);
  await vi.advanceTimersByTimeAsync(0);
  expect(said.at(-1)).toEqual(["live", null]);
});

test("a daemon that comes to and has nothing to say is live with its answer", async () => {
  const { said, daemon } = await watching();
  daemon.answers = false;
  await vi.advanceTimersByTimeAsync(10_000);
  daemon.answers = true;
  await vi.advanceTimersByTimeAsync(4_000);
  expect(said.at(-1)).toEqual(["live", null]);
});

test("a stream that goes silent while its daemon answers is opened anew", async () => {
  const { said, daemon, streams } = await watching();
  await vi.advanceTimersByTimeAsync(44_000);
  expect(said).toEqual([]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(streams).toHaveLength(2);
  expect(daemon.asked).toBeGreaterThan(0);
});

test.each([
  ["no JSON", "event: spend\ndata: {\n\n"],
  ["a spend without a sum", event("spend", { from: "", to: "", topSources: [] })],
  [
    "a sum that is a number",
    event("spend", makeSpend({ topSources: [{ ...makeRow("a"), costUsd: 1 as never }] })),
  ],
  ["calls that are none", event("call", { calls: [null] })],
  ["a status without prices", event("health", { ...makeStatus(), priceCatalogue: null })],
])("%s is said to be not understood, and asked for again with a pause", async (_, nonsense) => {
  const { said, streams } = await watching();
  streams[0]?.write(nonsense);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(said).toEqual([["lost", expect.stringContaining("is not understood here")]]);
  expect(streams).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(10_000);
  streams[1]?.write(snapshot);
  await vi.advanceTimersByTimeAsync(0);
  expect(said.at(-1)).toEqual(["live", null]);
});

test("an event that only a newer daemon knows is passed over", async () => {
  const { said, streams } = await watching();
  streams[0]?.write(event("weather", "rain") + event("call", { calls: [makeCall()] }));
  await vi.advanceTimersByTimeAsync(0);
  expect(said).toEqual([]);
});

test("a daemon that speaks is not asked whether it is there", async () => {
  const { daemon, streams } = await watching();
  for (let second = 0; second < 60; second += 1) {
    await vi.advanceTimersByTimeAsync(1_000);
    streams[0]?.write(health);
  }
  expect(daemon.asked).toBe(0);
});

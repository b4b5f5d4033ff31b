/**
 * The app whose calls are measured. A round is one inbound request, in whose handler the calls are made one after the
 * other; its CPU time is that of the whole process until all that was recorded has left it.
 */
import { createServer, get } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { OpenAI } from "openai-6";
import { inProcessUrl } from "../bench/chatAnswers.ts";
import { listen } from "./listen.ts";
import type { Kind, Memory, Round, RoundRequest } from "./rounds.ts";

/** What the instruments of `instruments/` leave for the app. */
interface Instrument {
  /** Where a product wants the client wrapped. */
  wrap?<Client>(client: Client): Client;
  /** Exports what is gathered. */
  flush(): Promise<unknown>;
}

declare global {
  var benchInstrument: Instrument | undefined;
}

/** Longer than the shim waits to gather a batch: what it sends by itself is part of a round. */
const SETTLE_MS = 160;

const require = createRequire(join(process.env["BENCH_PACKAGES"] ?? "", "any.cjs"));
const { OpenAI: Client }: { OpenAI: typeof OpenAI } = require("openai");

const clientAt = (base: string) => {
  const client = new Client({ baseURL: `${base}/v1`, apiKey: "none" });
  return globalThis.benchInstrument?.wrap?.(client) ?? client;
};
const overHttp = `http://127.0.0.1:${process.env["BENCH_PROVIDER_PORT"]}`;
const clients: Record<Kind, OpenAI> = {
  "in process, plain": clientAt(inProcessUrl),
  "in process, stream": clientAt(`${inProcessUrl}/stream`),
  "HTTP, plain": clientAt(overHttp),
  "HTTP, stream": clientAt(`${overHttp}/stream`),
  seldom: clientAt(inProcessUrl),
};

const body = {
  model: "gpt-4o-mini",
  messages: [{ role: "user" as const, content: "some words to the model ".repeat(150) }],
};

async function call(kind: Kind): Promise<void> {
  const completions = clients[kind].chat.completions;
  if (!kind.endsWith("stream")) {
    await completions.create(body);
    return;
  }
  const stream = await completions.create({ ...body, stream: true, stream_options: { include_usage: true } });
  for await (const _chunk of stream);
}

let asked: RoundRequest = { kind: "in process, plain", calls: 0, everyMs: 0 };
let wallMs: number[] = [];

const inbound = createServer(async (_request, response) => {
  for (let made = 0; made < asked.calls; made += 1) {
    const from = performance.now();
    await call(asked.kind);
    wallMs.push(performance.now() - from);
    if (asked.everyMs > 0) await new Promise((resolve) => setTimeout(resolve, asked.everyMs));
  }
  response.end();
});
const port = await listen(inbound);

function requestOnce(): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path: "/api/chat/42" }, (response) => {
      response.resume();
      response.on("end", resolve);
    }).on("error", reject);
  });
}

async function round(): Promise<Round> {
  wallMs = [];
  const from = process.cpuUsage();
  await requestOnce();
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  await globalThis.benchInstrument?.flush();
  const { user, system } = process.cpuUsage(from);
  return { cpuUs: user + system, wallMs };
}

process.on("message", async (message: RoundRequest | { memory: true }) => {
  if ("memory" in message) {
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    process.send?.({ rss, heapUsed } satisfies Memory);
    return;
  }
  asked = message;
  process.send?.(await round());
});
process.send?.("ready");
// Whoever asks is gone.
process.on("disconnect", () => process.exit());

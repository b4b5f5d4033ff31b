/**
 * The client of the benchmark of `host.ts`: asked for a kind of calls it makes a round of them, asked for its `memory` it
 * answers with that. Its Node is started with what is to be measured.
 */
import { inProcessUrl } from "./chatAnswers.ts";
import { callsPerRound, type Kind, type Memory, type Question, type Round } from "./hostRounds.ts";

/** Longer than the shim waits to gather a batch. */
const SETTLE_MS = 160;

const port = process.env["BENCH_PORT"];
const base = `http://127.0.0.1:${port}`;
const { default: OpenAI } = await import("openai");
const plain = new OpenAI({ baseURL: `${base}/v1`, apiKey: "none" });
const streaming = new OpenAI({ baseURL: `${base}/stream/v1`, apiKey: "none" });
const messages = [{ role: "user" as const, content: "some words to the model ".repeat(150) }];
const body = { model: "gpt-4o-mini", messages };
const request = (streamed: boolean) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ ...body, stream: streamed }),
});
const plainFetch = async (from: string) =>
  (await fetch(`${from}/v1/chat/completions`, request(false))).json();
const streamFetch = async (from: string) => {
  const response = await fetch(`${from}/stream/v1/chat/completions`, request(true));
  for await (const _chunk of response.body ?? []);
};
const calls: Record<Kind, () => Promise<unknown>> = {
  "in process": () => plainFetch(inProcessUrl),
  "in process, stream": () => streamFetch(inProcessUrl),
  fetch: () => plainFetch(base),
  "fetch stream": () => streamFetch(base),
  openai: () => plain.chat.completions.create(body),
  "openai stream": async () => {
    for await (const _chunk of await streaming.chat.completions.create({ ...body, stream: true }));
  },
};
const round = async (kind: Kind): Promise<Round> => {
  const wallMs: number[] = [];
  const before = process.cpuUsage();
  for (let call = 0; call < callsPerRound[kind]; call += 1) {
    const start = performance.now();
    await calls[kind]();
    wallMs.push(performance.now() - start);
  }
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: user + system, wallMs };
};
process.on("message", async ({ ask }: Question) => {
  if (ask !== "memory") return process.send?.(await round(ask));
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return process.send?.({ rss, heapUsed } satisfies Memory);
});
process.send?.("ready");
// Whoever asks is gone.
process.on("disconnect", () => process.exit());

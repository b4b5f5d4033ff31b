/**
 * Preloaded before the shim by `host.ts`: a `fetch` that answers requests to `inProcessUrl` from memory, with a real
 * `Response` over a byte stream and one turn of the event loop before the head and before each chunk. It takes a
 * fifteenth of the time of a loopback exchange, and none of its noise, so what is added to it shows.
 */
import { chatAnswer, chatEvents, inProcessUrl } from "./chatAnswers.ts";

const encoder = new TextEncoder();
const answer = encoder.encode(chatAnswer);
const events = chatEvents.map((text) => encoder.encode(text));
const original = globalThis.fetch;

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function answerInProcess(streamed: boolean): Promise<Response> {
  const chunks = streamed ? events : [answer];
  let next = 0;
  await nextTurn();
  const body = new ReadableStream({
    type: "bytes",
    async pull(controller) {
      await nextTurn();
      const chunk = chunks[next];
      next += 1;
      // A copy: the reader of a byte stream takes the buffer away.
      if (chunk !== undefined) controller.enqueue(Uint8Array.from(chunk));
      if (next === chunks.length) controller.close();
    },
  });
  const contentType = streamed ? "text/event-stream" : "application/json";
  return new Response(body, { headers: { "content-type": contentType } });
}

globalThis.fetch = function fetch(input, init) {
  if (typeof input !== "string" || !input.startsWith(inProcessUrl)) return original(input, init);
  return answerInProcess(input.startsWith(`${inProcessUrl}/stream`));
};

/**
 * An app that talks to a model over WebSockets, and, beside it, the server that plays the provider:
 * `node sockets.mjs CLIENT PROTOCOL`.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import WebSocketOfWs, { WebSocketServer } from "ws";

const realtimeUsage = {
  total_tokens: 30,
  input_tokens: 20,
  output_tokens: 10,
  input_token_details: { text_tokens: 8, audio_tokens: 12, cached_tokens: 0 },
  output_token_details: { text_tokens: 3, audio_tokens: 7 },
};
const liveUsage = { promptTokenCount: 15, responseTokenCount: 5, totalTokenCount: 20 };

/** What the provider says to a message of the client's. */
const protocols = {
  realtime: {
    path: "/v1/realtime?model=gpt-realtime",
    greeting: [{ type: "session.created", session: { model: "gpt-realtime-2025-08-28" } }],
    opening: { type: "session.update", session: { instructions: "the prompt" } },
    question: { type: "response.create" },
    answer: (turn) => [
      {
        type: "response.created",
        response: { id: `resp_turn_${turn}_of_the_session`, status: "in_progress" },
      },
      { type: "response.output_audio.delta", delta: Buffer.alloc(30_000).toString("base64") },
      {
        type: "response.done",
        response: { id: `resp_turn_${turn}_of_the_session`, status: "completed", usage: realtimeUsage },
      },
    ],
    isLast: ({ type }) => type === "response.done",
    broken: [
      { type: "response.created", response: { id: "resp_that_never_ends_at_all", status: "in_progress" } },
    ],
  },
  live: {
    path: "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=secret",
    greeting: [],
    opening: { setup: { model: "models/gemini-2.5-flash-live" } },
    question: { clientContent: { turns: [{ parts: [{ text: "the prompt" }] }], turnComplete: true } },
    answer: () => [
      { serverContent: { modelTurn: { parts: [{ text: "the completion" }] } } },
      { serverContent: { turnComplete: true }, usageMetadata: liveUsage },
    ],
    isLast: ({ usageMetadata }) => usageMetadata !== undefined,
    broken: [{ serverContent: { modelTurn: { parts: [{ text: "the comp" }] } } }],
  },
};

const [client, name] = process.argv.slice(2);
const protocol = protocols[name];

const server = createServer();
const provider = new WebSocketServer({ server, perMessageDeflate: true });
provider.on("connection", (socket) => {
  // Gemini sends its JSON as binary messages.
  const say = (message) => socket.send(Buffer.from(JSON.stringify(message)), { binary: name === "live" });
  for (const message of protocol.greeting) say(message);
  let turn = 0;
  socket.on("message", (data) => {
    const text = String(data);
    if (text === JSON.stringify(protocol.question)) {
      turn += 1;
      for (const message of turn < 3 ? protocol.answer(turn) : protocol.broken) say(message);
      if (turn === 3) setTimeout(() => socket.terminate(), 20);
    }
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const classes = {
  ws: () => WebSocketOfWs,
  global: () => WebSocket,
  undici: async () => (await import("undici-7")).WebSocket,
};
const Socket = await classes[client]();
const socket = new Socket(`ws://127.0.0.1:${server.address().port}${protocol.path}`);
const ask = () => socket.send(JSON.stringify(protocol.question));
let answers = 0;
socket.addEventListener("open", () => {
  socket.send(JSON.stringify(protocol.opening));
  ask();
});
socket.addEventListener("message", async ({ data }) => {
  const message = JSON.parse(data instanceof Blob ? await data.text() : String(data));
  if (!protocol.isLast(message)) return;
  answers += 1;
  ask();
});
socket.addEventListener("error", ({ error }) => {
  // What the network does has the words of each client.
  if (String(error?.code).startsWith("TAXIMETER_")) console.log(error.name, error.code);
});
await new Promise((resolve) =>
  socket.addEventListener("close", ({ code }) => resolve(console.log(answers, code))),
);
process.exit();

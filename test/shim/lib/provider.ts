import { createServer, type IncomingMessage } from "node:http";
import { constants, createServer as createHttp2Server, type Http2ServerRequest } from "node:http2";
import type { Socket } from "node:net";
import type { Writable } from "node:stream";
import { brotliCompressSync, createGzip } from "node:zlib";

/** A provider's answers, as much of them as the tests of the shim need; SDKs have the stand-in of the examples. */
export interface TestProvider {
  url: string;
  host: string;
  /** Requests so far, with their bodies. */
  requests: { method: string; path: string; body: string }[];
  close(): Promise<void>;
}

export const chatAnswer = {
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt-4o-mini-2024-07-18",
  choices: [{ index: 0, message: { role: "assistant", content: "the completion" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
};

const chunk = (rest: object) =>
  `data: ${JSON.stringify({ id: "chatcmpl-2", model: "gpt-4o-mini-2024-07-18", ...rest })}\n\n`;

/** Events of a streamed answer, the usage in the last but one. */
export const chatEvents = [
  chunk({ choices: [{ delta: { content: "the " } }], usage: null }),
  chunk({ choices: [{ delta: { content: "completion" } }], usage: null }),
  chunk({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 7 } }),
  "data: [DONE]\n\n",
];

/** What the responses of HTTP/1.1 and HTTP/2 have in common. */
interface Answer extends Writable {
  setHeader(name: string, value: string): unknown;
  writeHead(status: number, headers?: Record<string, string>): Writable;
}

/**
 * `POST …/chat/completions` below: `/` plain, `/stream`, `/slow` (answers after 1.5 s), `/hang` (headers never come),
 * `/stall` (a stream that stops after two events), `/broken` (one whose connection breaks there), `/stream-gzip`, `/br` (in
 * these encodings), `/limited` (429), `/moved` (307 to `/`). `…/usage` is an answer of no
 * known format that tells its usage; anything else is `{}`.
 */
export async function startProvider({ http2 = false } = {}): Promise<TestProvider> {
  const requests: TestProvider["requests"] = [];
  const handle = async (
    request: IncomingMessage | Http2ServerRequest,
    response: Answer,
    breakOff: () => void,
  ) => {
    const body = await textOf(request);
    const path = request.url ?? "/";
    requests.push({ method: request.method ?? "", path, body });
    response.setHeader("content-type", "application/json");
    if (path.startsWith("/hang")) return;
    if (path.startsWith("/moved")) {
      response.writeHead(307, { location: path.replace("/moved", "") }).end();
    } else if (path.startsWith("/limited")) {
      const error = { message: "slow down: the prompt", type: "requests", code: "rate_limit_exceeded" };
      response.writeHead(429).end(JSON.stringify({ error }));
    } else if (path.startsWith("/stream-gzip")) {
      response.setHeader("content-type", "text/event-stream");
      response.setHeader("content-encoding", "gzip");
      const gzip = createGzip();
      gzip.pipe(response);
      for (const event of chatEvents) {
        gzip.write(event);
        await new Promise<void>((resolve) => gzip.flush(resolve));
      }
      gzip.end();
    } else if (/^\/(stream|stall|broken)/.test(path)) {
      response.setHeader("content-type", "text/event-stream");
      const isWhole = path.startsWith("/stream");
      for (const event of isWhole ? chatEvents : chatEvents.slice(0, 2)) {
        response.write(event);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      if (isWhole) response.end();
      else if (path.startsWith("/broken")) breakOff();
    } else if (path.startsWith("/br/")) {
      response.setHeader("content-encoding", "br");
      response.end(brotliCompressSync(JSON.stringify(chatAnswer)));
    } else if (path.includes("/chat/completions")) {
      if (path.startsWith("/slow")) await new Promise((resolve) => setTimeout(resolve, 1_500));
      response.end(JSON.stringify(chatAnswer));
    } else if (path.endsWith("/usage")) response.end('{"answer":"x","usage":{"total_tokens":5}}');
    else response.end("{}");
  };
  const server = http2
    ? createHttp2Server((request, response) =>
        handle(request, response, () => response.stream.close(constants.NGHTTP2_INTERNAL_ERROR)),
      )
    : createServer((request, response) => handle(request, response, () => response.socket?.destroy()));
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const host = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return {
    url: `http://${host}`,
    host,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function textOf(request: IncomingMessage | Http2ServerRequest): Promise<string> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  return text;
}

import { createServer, type IncomingMessage, type Server } from "node:http";

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

/**
 * `POST …/chat/completions` below: `/` plain, `/stream`, `/slow` (answers after 1.5 s), `/hang` (headers never come),
 * `/stall` (a stream that stops after two events), `/limited` (429), `/moved` (307 to `/`). `…/usage` is an answer of no
 * known format that tells its usage; anything else is `{}`.
 */
export async function startProvider(): Promise<TestProvider> {
  const requests: TestProvider["requests"] = [];
  const server: Server = createServer(async (request, response) => {
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
    } else if (path.startsWith("/stream") || path.startsWith("/stall")) {
      response.setHeader("content-type", "text/event-stream");
      const stalls = path.startsWith("/stall");
      for (const event of stalls ? chatEvents.slice(0, 2) : chatEvents) {
        response.write(event);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      if (!stalls) response.end();
    } else if (path.includes("/chat/completions")) {
      if (path.startsWith("/slow")) await new Promise((resolve) => setTimeout(resolve, 1_500));
      response.end(JSON.stringify(chatAnswer));
    } else if (path.endsWith("/usage")) response.end('{"answer":"x","usage":{"total_tokens":5}}');
    else response.end("{}");
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
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  return text;
}

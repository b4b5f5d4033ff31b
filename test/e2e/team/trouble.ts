import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** What happens to each request on its way to a server; `null`: it passes. */
export type Trouble =
  /** An answer in the server's place. */
  | { answer: number; body?: string }
  /** The server does what it is asked, and its answer is lost. */
  | { loseAnswer: true }
  /** Nobody is there. */
  | { gone: true }
  /** The connection is reset, as by a server that had closed it before the request came. */
  | { reset: true }
  /** It takes its time; with `letGo` the asker has given up by then. */
  | { delayMs: number };

export interface TroubledServer {
  url: string;
  /** Decides about each request, from the first on; by default all pass. */
  trouble: (number: number, method: string) => Trouble | null;
  /** How many requests came. */
  requests(): number;
  /** Resolves when nothing is on its way any more. */
  quiet(): Promise<void>;
}

/** A small proxy in front of a server, which does to its requests what networks and providers do. */
export async function inFrontOf(target: string): Promise<TroubledServer> {
  const { hostname, port } = new URL(target);
  let requests = 0;
  let underWay = 0;
  const troubled: TroubledServer = {
    url: "",
    trouble: () => null,
    requests: () => requests,
    async quiet() {
      while (underWay > 0) await sleep(5);
    },
  };

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse) {
    requests += 1;
    const trouble = troubled.trouble(requests, incoming.method ?? "");
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    if (trouble !== null && "gone" in trouble) {
      outgoing.destroy();
      return;
    }
    if (trouble !== null && "reset" in trouble) {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (trouble !== null && "answer" in trouble) {
      outgoing
        .writeHead(trouble.answer, { "content-type": "text/html" })
        .end(trouble.body ?? "<h1>Trouble</h1>");
      return;
    }
    if (trouble !== null && "delayMs" in trouble) await sleep(trouble.delayMs);
    await new Promise<void>((resolve) => {
      const forwarded = request(
        {
          hostname,
          port,
          method: incoming.method,
          path: incoming.url,
          headers: { ...incoming.headers, host: `${hostname}:${port}` },
          agent: false,
        },
        (answer) => {
          const answered: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => answered.push(chunk));
          answer.on("close", () => {
            if (trouble !== null && "loseAnswer" in trouble) outgoing.destroy();
            else {
              const { "transfer-encoding": _chunked, connection: _connection, ...headers } = answer.headers;
              outgoing.writeHead(answer.statusCode ?? 502, headers).end(Buffer.concat(answered));
            }
            resolve();
          });
        },
      );
      forwarded.on("error", () => {
        outgoing.destroy();
        resolve();
      });
      forwarded.end(Buffer.concat(chunks));
    });
  }

  const server = createServer((incoming, outgoing) => {
    underWay += 1;
    void handle(incoming, outgoing)
      .catch(() => outgoing.destroy())
      .finally(() => {
        underWay -= 1;
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The proxy has no port");
  troubled.url = `http://127.0.0.1:${address.port}`;
  return troubled;
}

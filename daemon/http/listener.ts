import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";

export interface ListenerOptions {
  /** Longest time in which a whole request must have come, milliseconds. */
  requestTimeoutMs?: number;
}

export interface Listener {
  port: number;
  /** Takes no more connections, and resolves once the requests under way are answered or `graceMs` have passed. */
  close(graceMs: number): Promise<void>;
}

type Fetch = (request: Request) => Response | Promise<Response>;

/** Listens on a free port of 127.0.0.1, and nowhere else. */
export function listen(fetch: Fetch, { requestTimeoutMs = 30_000 }: ListenerOptions = {}): Promise<Listener> {
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(10_000, requestTimeoutMs),
      connectionsCheckingInterval: Math.min(2_000, requestTimeoutMs),
      // Longer than the pauses between the reports of an app at work.
      keepAliveTimeout: 60_000,
    },
    getRequestListener(fetch),
  );
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = server.address();
      if (typeof address !== "object" || address === null) return reject(new Error("no address"));
      resolve({ port: address.port, close: (graceMs) => close(server, graceMs) });
    });
  });
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    // A connection that is kept alive becomes idle only when its last answer is out.
    const sweep = setInterval(() => server.closeIdleConnections(), 20);
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

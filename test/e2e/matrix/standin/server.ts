import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as http2 from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Billed, Speaker } from "./exchange.ts";

/** An exchange as the provider saw it. */
export interface Exchange {
  provider: string;
  method: string;
  path: string;
  status: number;
  /** `null`: no call. Of an attempt that was refused nothing is billed, but it is a call as well. */
  billed: Billed | null;
  /** 2 after one that was refused. */
  attempt: number;
}

export type Protocol = "http/1.1" | "h2c" | "h2";

export interface ProviderServer {
  /** `127.0.0.1:PORT`. */
  host: string;
  url: string;
  close(): Promise<void>;
}

export interface ProviderOptions {
  provider: string;
  speak: Speaker;
  protocol: Protocol;
  /** Certificate and key, for `h2`. */
  tls: { cert: string; key: string } | null;
  /** Makes names that no other run makes, and the same ones when the run is repeated. */
  run: string;
  /** Every exchange is put here before its answer begins. */
  exchanges: Exchange[];
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** In a request's body: the first attempt is refused. */
const REFUSED_ONCE = "busy";

/** As much of every provider's own refusal as its SDK looks at. */
const refusal = {
  headers: {
    "content-type": "application/json",
    "retry-after-ms": "1",
    "x-amzn-errortype": "ThrottlingException",
  },
  body: JSON.stringify({
    message: "Too many requests",
    error: { message: "Too many requests", type: "requests", code: 429 },
  }),
};

/** Serves a provider on a port of its own. */
export async function startProvider(options: ProviderOptions): Promise<ProviderServer> {
  const { provider, speak, protocol, run, exchanges } = options;
  let nth = 0;
  let named = 0;
  const refused = new Set<string>();
  const name = (kind: string) => {
    named += 1;
    return `${kind}${run}-${provider.replaceAll(".", "-")}-${String(named).padStart(4, "0")}`;
  };

  const handle: Handler = async (request, response) => {
    const { method = "", url = "/", headers } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    const path = decodeURIComponent(url.split("?", 1)[0] ?? "");
    nth += 1;
    const isJson = headers["content-type"]?.includes("json") ?? false;
    const answer = speak({ method, path, body: isJson && text !== "" ? JSON.parse(text) : {}, nth, name });
    const attempt = refused.delete(text) ? 2 : 1;
    const isRefused = attempt === 1 && text.includes(REFUSED_ONCE);
    const billed = answer?.billed ?? null;
    if (isRefused && billed !== null) {
      refused.add(text);
      const { operation, model, stream } = billed;
      const call = { operation, model, stream, usage: {} };
      exchanges.push({ provider, method, path, status: 429, billed: call, attempt });
      response.writeHead(429, refusal.headers).end(refusal.body);
      return;
    }
    exchanges.push({ provider, method, path, status: answer?.status ?? 404, billed, attempt });
    if (answer === undefined) {
      response.writeHead(404, { "content-type": "application/json" }).end('{"error":"no such endpoint"}');
      return;
    }
    response.writeHead(answer.status, answer.headers);
    for (const piece of answer.pieces) {
      response.write(piece);
      await nextTurn();
    }
    response.end();
  };

  const { server, end } = listener(options, handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return { host, url: `${protocol === "h2" ? "https" : "http"}://${host}`, close: end };
}

function listener(
  { protocol, tls }: ProviderOptions,
  handle: Handler,
): { server: Server; end(): Promise<void> } {
  if (protocol === "http/1.1") {
    const server = createServer(handle);
    return {
      server,
      end: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
  }
  // The compatibility API has the members of HTTP/1's that are used here, without sharing its types.
  const compatible = handle as unknown as Parameters<typeof http2.createServer>[1];
  const server =
    protocol === "h2" ? http2.createSecureServer({ ...tls }, compatible) : http2.createServer(compatible);
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  return {
    server,
    end: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

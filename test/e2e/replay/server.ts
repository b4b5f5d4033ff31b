import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import type { RecordedExchange } from "../../recordedExchanges.ts";

export const encodings = ["identity", "gzip", "br"] as const;
export type Encoding = (typeof encodings)[number];

/** Request header that says which exchange to replay. */
export const EXCHANGE_HEADER = "x-replay-exchange";

export interface ReplayServer {
  /** `127.0.0.1:PORT`. */
  host: string;
  close(): Promise<void>;
}

/** Answers as the provider did, in an encoding, the body flushed in pieces that `random` cuts. */
export async function startReplayServer(
  exchanges: ReadonlyMap<string, RecordedExchange>,
  encoding: Encoding,
  random: () => number,
): Promise<ReplayServer> {
  const server = createServer((request, response) => {
    request.resume();
    const exchange = exchanges.get(String(request.headers[EXCHANGE_HEADER]));
    if (exchange === undefined || exchange.path !== request.url || exchange.method !== request.method) {
      response.writeHead(599).end();
      return;
    }
    request.on("end", () => void answer(response, exchange, encoding, random));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const encoders: Record<Encoding, (body: Buffer) => Promise<Buffer>> = {
  identity: async (body) => body,
  gzip: promisify<Buffer, Buffer>(gzip),
  br: promisify<Buffer, Buffer>(brotliCompress),
};

async function answer(
  response: ServerResponse,
  { response: recorded }: RecordedExchange,
  encoding: Encoding,
  random: () => number,
): Promise<void> {
  const body = await encoders[encoding](Buffer.from(recorded.body));
  const counts = Object.entries(recorded.headers).filter(([name]) => name.endsWith("-token-count"));
  response.writeHead(recorded.status, {
    ...Object.fromEntries(counts),
    ...(recorded.headers["content-type"] === undefined
      ? {}
      : { "content-type": recorded.headers["content-type"] }),
    ...(encoding === "identity" ? {} : { "content-encoding": encoding }),
  });
  for (let at = 0; at < body.length; ) {
    const length = 1 + Math.floor(random() ** 2 * 3_000);
    response.write(body.subarray(at, at + length));
    at += length;
    await nextTurn();
  }
  response.end();
}

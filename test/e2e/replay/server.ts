import { createSecureServer, type Http2ServerResponse } from "node:http2";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { brotliCompress, deflate, deflateRaw, gzip, zstdCompress } from "node:zlib";
import type { RecordedExchange } from "../../recordedExchanges.ts";
import { seededRandom } from "../../seededRandom.ts";
import type { Certificate } from "./certificate.ts";

/** The raw one is what some servers send under the name of `deflate`. */
export type Encoding = "identity" | "gzip" | "br" | "deflate" | "raw deflate" | "zstd";

const encoders: Record<Encoding, (body: Buffer) => Promise<Buffer>> = {
  identity: async (body) => body,
  gzip: promisify<Buffer, Buffer>(gzip),
  br: promisify<Buffer, Buffer>(brotliCompress),
  deflate: promisify<Buffer, Buffer>(deflate),
  "raw deflate": promisify<Buffer, Buffer>(deflateRaw),
  zstd: promisify<Buffer, Buffer>(zstdCompress),
};

/** Request header that says which exchange to replay, and how: see `replayHeader`. */
export const REPLAY_HEADER = "x-replay";

export function replayHeader(label: string, encoding: Encoding, seed: number): string {
  return JSON.stringify([label, encoding, seed]);
}

export interface ReplayServer {
  /** On 127.0.0.1. */
  port: number;
  /** What was answered, in order: `label` in `HTTP version`. */
  answered: { label: string; httpVersion: string }[];
  close(): void;
}

/** Answers over TLS as the providers did, to each exchange at its own host, path and method only. */
export async function startReplayServer(
  exchanges: ReadonlyMap<string, RecordedExchange>,
  { key, certificate }: Certificate,
): Promise<ReplayServer> {
  const answered: ReplayServer["answered"] = [];
  const options = { key, cert: certificate, allowHTTP1: true };
  const server = createSecureServer(options, (request, response) => {
    const header = request.headers[REPLAY_HEADER];
    const [label, encoding, seed]: [string, Encoding, number] = JSON.parse(String(header ?? '[""]'));
    const exchange = exchanges.get(label);
    // `node:http2` tells of the default port too.
    const host = (request.headers[":authority"] ?? request.headers.host)?.replace(/:443$/, "");
    const isAsRecorded =
      exchange?.host === host && exchange?.path === request.url && exchange?.method === request.method;
    request.resume();
    request.on("end", () => {
      if (exchange === undefined || !isAsRecorded) return response.writeHead(599).end();
      answered.push({ label, httpVersion: request.httpVersion });
      return void answer(response, exchange, encoding, seededRandom(seed));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, answered, close: () => server.close() };
}

/** Sizes of pieces, at most; of a body that would come in too many of them they are longer. */
const pieceSizes = [40, 300, 3_000, 30_000];
const MAX_PIECES = 200;

/** The body in an encoding, sent in pieces that `random` cuts; it also says whether their sum is told beforehand. */
async function answer(
  response: Http2ServerResponse,
  { response: recorded }: RecordedExchange,
  encoding: Encoding,
  random: () => number,
): Promise<void> {
  const body = await encoders[encoding](Buffer.from(recorded.body));
  response.writeHead(recorded.status, {
    ...recorded.headers,
    ...(encoding === "identity" ? {} : { "content-encoding": encoding.replace("raw ", "") }),
    ...(random() < 0.5 ? { "content-length": body.length } : {}),
  });
  const chosen = pieceSizes[Math.floor(random() * pieceSizes.length)] ?? 1;
  let isWanted = true;
  response.on("close", () => {
    isWanted = false;
  });
  const size = Math.max(chosen, body.length / MAX_PIECES);
  for (let at = 0; at < body.length && isWanted; ) {
    const length = 1 + Math.floor(random() ** 2 * size);
    response.write(body.subarray(at, at + length));
    at += length;
    await nextTurn();
  }
  response.end();
}

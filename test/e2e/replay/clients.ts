import type { Encoding } from "./server.ts";

/** An app's way to ask: a name from `clients.mjs`, on a Node, over a version of HTTP. */
export interface Client {
  name: string;
  node: 20 | 24;
  httpVersion: "1.1" | "2.0";
  /** Those that it can read. */
  encodings: readonly Encoding[];
}

const common: readonly Encoding[] = ["identity", "gzip", "br", "deflate"];

export const clients: readonly Client[] = [
  client("fetch", [...common, "raw deflate", "zstd"]),
  client("undici fetch", [...common, "raw deflate", "zstd"]),
  client("undici fetch over HTTP/2", [...common, "raw deflate", "zstd"], { httpVersion: "2.0" }),
  client("undici request", [...common, "zstd"]),
  client("undici request that decodes", [...common, "zstd"]),
  client("undici request over HTTP/2", [...common, "zstd"], { httpVersion: "2.0" }),
  client("node:https", [...common, "zstd"]),
  client("node:http2", [...common, "zstd"], { httpVersion: "2.0" }),
  client("axios", [...common, "zstd"]),
  client("node-fetch 2", [...common, "raw deflate"]),
  client("node-fetch 3", [...common, "raw deflate"]),
  client("got", [...common, "zstd"]),
  client("fetch", [...common, "raw deflate"], { node: 20 }),
  client("node:https", common, { node: 20 }),
  client("node:http2", common, { node: 20, httpVersion: "2.0" }),
  client("axios", common, { node: 20 }),
];

function client(
  name: string,
  encodings: readonly Encoding[],
  differences: Partial<Pick<Client, "node" | "httpVersion">> = {},
): Client {
  return { name, encodings, node: 24, httpVersion: "1.1", ...differences };
}

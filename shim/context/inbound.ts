import { channel } from "node:diagnostics_channel";
import { loadBuiltin } from "../builtin.ts";
import { member } from "./packages.ts";

/** Node's own announcement of each request that its HTTP server begins to serve. */
const REQUEST_START = "http.server.request.start";
/** The same for HTTP/2, from Node 24 on. */
const STREAM_START = "http2.server.stream.start";

/** An inbound request as it is announced; over HTTP/2 request and response are one stream. */
export interface InboundRequest {
  url: string;
  method: string;
  request: object;
  response: unknown;
}

/** Calls back with each inbound request, in the asynchronous context that its handler will run in. */
export function watchInboundRequests(onRequest: (request: InboundRequest) => void): void {
  const onStart = (url: unknown, method: unknown, request: unknown, response: unknown) => {
    if (typeof url !== "string" || typeof method !== "string") return;
    if (typeof request === "object" && request !== null) onRequest({ url, method, request, response });
  };
  const onRequestOf = (request: unknown, response: unknown) =>
    onStart(member(request, "url"), member(request, "method"), request, response);
  if (process.versions["bun"] !== undefined) {
    watchEvents(onRequestOf);
    return;
  }
  channel(REQUEST_START).subscribe((message) => {
    onRequestOf(member(message, "request"), member(message, "response"));
  });
  channel(STREAM_START).subscribe((message) => {
    const stream = member(message, "stream");
    const headers = member(message, "headers");
    onStart(member(headers, ":path"), member(headers, ":method"), stream, stream);
  });
}

/** Bun has the channel and tells nothing on it. */
function watchEvents(onStart: (request: unknown, response: unknown) => void): void {
  const { prototype } = loadBuiltin("http").Server;
  const emit: unknown = Reflect.get(prototype, "emit");
  if (typeof emit !== "function") return;
  const value = function (this: unknown, ...args: unknown[]) {
    if (args[0] === "request") onStart(args[1], args[2]);
    return Reflect.apply(emit, this, args);
  };
  Object.defineProperty(prototype, "emit", { value, configurable: true, enumerable: false, writable: true });
}

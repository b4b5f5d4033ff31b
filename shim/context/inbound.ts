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
  request: object;
  response: unknown;
}

/** Calls back with each inbound request, in the asynchronous context that its handler will run in. */
export function watchInboundRequests(onRequest: (request: InboundRequest) => void): void {
  const onStart = (url: unknown, request: unknown, response: unknown) => {
    if (typeof url !== "string" || typeof request !== "object" || request === null) return;
    onRequest({ url, request, response });
  };
  if (process.versions["bun"] !== undefined) {
    watchEvents((request, response) => onStart(member(request, "url"), request, response));
    return;
  }
  channel(REQUEST_START).subscribe((message) => {
    const request = member(message, "request");
    onStart(member(request, "url"), request, member(message, "response"));
  });
  channel(STREAM_START).subscribe((message) => {
    const stream = member(message, "stream");
    onStart(member(member(message, "headers"), ":path"), stream, stream);
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

import { channel } from "node:diagnostics_channel";
import { loadBuiltin } from "../builtin.ts";

/** Node's own announcement of each request that its HTTP server begins to serve. */
const REQUEST_START = "http.server.request.start";

/** Calls back with the URL of each inbound request, in the asynchronous context that its handler will run in. */
export function watchInboundRequests(onRequest: (url: string) => void): void {
  const onStart = (request: unknown) => {
    if (typeof request !== "object" || request === null || !("url" in request)) return;
    if (typeof request.url === "string") onRequest(request.url);
  };
  if (process.versions["bun"] !== undefined) {
    watchEvents(onStart);
    return;
  }
  channel(REQUEST_START).subscribe((message) => {
    if (typeof message === "object" && message !== null && "request" in message) onStart(message.request);
  });
}

/** Bun has the channel and tells nothing on it. */
function watchEvents(onStart: (request: unknown) => void): void {
  const { prototype } = loadBuiltin("http").Server;
  const emit: unknown = Reflect.get(prototype, "emit");
  if (typeof emit !== "function") return;
  const value = function (this: unknown, ...args: unknown[]) {
    if (args[0] === "request") onStart(args[1]);
    return Reflect.apply(emit, this, args);
  };
  Object.defineProperty(prototype, "emit", { value, configurable: true, enumerable: false, writable: true });
}

import { channel } from "node:diagnostics_channel";

/** Node's own announcement of each request that its HTTP server begins to serve. */
const REQUEST_START = "http.server.request.start";

/** Calls back with the URL of each inbound request, in the asynchronous context that its handler will run in. */
export function watchInboundRequests(onRequest: (url: string) => void): void {
  channel(REQUEST_START).subscribe((message) => {
    if (typeof message !== "object" || message === null || !("request" in message)) return;
    const { request } = message;
    if (typeof request !== "object" || request === null || !("url" in request)) return;
    if (typeof request.url === "string") onRequest(request.url);
  });
}

import { channel } from "node:diagnostics_channel";
import { member } from "../packages.ts";

/** Fastify's own announcement that it calls the handler of a route. */
const HANDLER_START = "tracing:fastify.request.handler:start";

/** Calls back with the route's pattern, in the asynchronous context that the handler runs in. */
export function watchFastify(onPattern: (pattern: unknown) => void): void {
  channel(HANDLER_START).subscribe((message) => onPattern(member(member(message, "route"), "url")));
}

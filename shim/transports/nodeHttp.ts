import { channel } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import { loadBuiltin } from "../builtin.ts";
import type { Exchange } from "../meter/exchange.ts";
import type { LowerRequest } from "../meter/layers.ts";
import { createRecordedBody } from "../meter/requestBody.ts";
import { overlay, saidInHeaders, type TransportObserver } from "./observer.ts";
import { lengthIn, watchWrites } from "./requestWrites.ts";
import { watchUpgrade } from "./webSocket.ts";

/** Node's announcement of each request, before anything of it is sent. */
const REQUEST_CREATED = "http.client.request.created";

/**
 * Sees what is sent by `node:http` and `node:https`, and so by axios, node-fetch, got and superagent. Where this Node does
 * not announce its requests (20), what every request must do is watched instead: to write or to end.
 */
export function watchNodeHttp(observer: TransportObserver): void {
  if (announcesRequests(process.versions.node)) {
    channel(REQUEST_CREATED).subscribe(function announced(message) {
      observer.guard.attempt(() => {
        if (typeof message !== "object" || message === null || !("request" in message)) return;
        const { request } = message;
        if (isClientRequest(request)) watchRequest(request, observer, announced);
      });
    });
    return;
  }
  const seen = new WeakSet<object>();
  for (const name of ["write", "end", "flushHeaders"]) {
    const prototype: object = loadBuiltin("http").ClientRequest.prototype;
    const method: unknown = Reflect.get(prototype, name);
    if (typeof method !== "function") continue;
    const begun = function (this: unknown, ...args: unknown[]): unknown {
      if (typeof this !== "object" || this === null || seen.has(this))
        return Reflect.apply(method, this, args);
      seen.add(this);
      observer.guard.attempt(() => {
        if (isClientRequest(this)) watchRequest(this, observer, begun);
      });
      const own: unknown = Reflect.get(this, name);
      return Reflect.apply(typeof own === "function" ? own : method, this, args);
    };
    Object.defineProperty(begun, "name", { value: name, configurable: true });
    Object.defineProperty(prototype, name, {
      value: begun,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
}

/** From 22.12 and 23.2 on. */
function announcesRequests(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12);
}

function watchRequest(
  request: ClientRequest,
  observer: TransportObserver,
  below: (...args: never[]) => unknown,
): void {
  const { targets, guard, layers } = observer;
  const url = urlOf(request);
  if (targets.ownerOf(url) === null) return;
  if (request.getHeader("upgrade") !== undefined) {
    watchUpgrade(request, url, observer, below);
    return;
  }
  const target = targets.find(url, request.method.toUpperCase());
  const lower: LowerRequest = { layer: "node", inItsContext: true };
  if (target === undefined || layers.upperOf(target.endpoint, lower) !== undefined) return;
  const body = createRecordedBody();
  const exchange = observer.begin({
    ...target,
    body,
    encoded: true,
    ...saidInHeaders(target.format, (name) => request.getHeader(name)),
    signal: undefined,
    stack: observer.captureStack(below),
  });
  watchWrites(request, exchange, body, {
    guard,
    announcedBytes: lengthIn(request.getHeader("content-length")),
  });
  overlay(request, "destroy", (original) => (error, ...rest) => {
    // Node tells whom it concerns of this as if the connection had broken.
    guard.attempt(() => exchange.aborted(error));
    return original(error, ...rest);
  });
  overlay(request, "emit", (original) => (event, ...args) => {
    guard.attempt(() => {
      if (event === "response" && isIncoming(args[0])) watchResponse(args[0], exchange, observer);
      else if (event === "error") exchange.failed(args[0]);
      // Without a word before it the host itself has let go; of a response its own end is told.
      else if (event === "close" && request.res === undefined) exchange.cancelled();
    });
    return original(event, ...args);
  });
}

function watchResponse(
  response: IncomingMessage,
  exchange: Exchange,
  { guard }: Pick<TransportObserver, "guard">,
): void {
  exchange.responded(response.statusCode ?? 0, (name) => {
    const value = response.headers[name];
    return value === undefined ? null : String(value);
  });
  overlay(response, "push", (original) => (chunk, ...rest) => {
    guard.attempt(() => {
      if (chunk === null) exchange.closed();
      else if (chunk instanceof Uint8Array) exchange.chunk(chunk);
    });
    return original(chunk, ...rest);
  });
  overlay(response, "_destroy", (original) => (error, ...rest) => {
    guard.attempt(() => (error ? exchange.failed(error) : exchange.cancelled()));
    return original(error, ...rest);
  });
}

declare module "node:http" {
  interface ClientRequest {
    /** The response, once it has begun. */
    res?: IncomingMessage;
  }
}

/** As the server will understand it; through a proxy, the path is an address already. */
function urlOf(request: ClientRequest): string {
  if (request.path.startsWith("http")) return request.path;
  const named = request.getHeader("host");
  return `${request.protocol}//${typeof named === "string" ? named : request.host}${request.path}`;
}

function isClientRequest(value: unknown): value is ClientRequest {
  return (
    typeof value === "object" &&
    value !== null &&
    "path" in value &&
    typeof value.path === "string" &&
    "method" in value &&
    typeof value.method === "string" &&
    "getHeader" in value
  );
}

function isIncoming(value: unknown): value is IncomingMessage {
  return typeof value === "object" && value !== null && "headers" in value && "push" in value;
}

import { channel } from "node:diagnostics_channel";
import type { Guard } from "../guard.ts";
import type { Exchange } from "../meter/exchange.ts";
import type { Upper } from "../meter/layers.ts";
import { createRecordedBody, type RecordedBody } from "../meter/requestBody.ts";
import { overlay, saidInHeaders, type TransportObserver } from "./observer.ts";

/** Announced by every copy of undici (4.7 and later), Node's own and those in packages, for each request. */
const REQUEST_CREATE = "undici:request:create";

/** undici's request, which its client tells of all that happens; its methods differ by version. */
interface UndiciRequest {
  origin: unknown;
  path: string;
  method: string;
  headers: unknown;
}

/**
 * Sees what npm's undici sends (`fetch`, `request`, `stream`, `pipeline`, over any dispatcher), and below the global
 * `fetch` the bodies that can't be seen there.
 */
export function watchUndici(observer: TransportObserver): void {
  channel(REQUEST_CREATE).subscribe(function announced(message) {
    observer.guard.attempt(() => {
      const request = requestIn(message);
      if (request !== undefined) watchRequest(request, observer, announced);
    });
  });
}

function watchRequest(
  request: UndiciRequest,
  observer: TransportObserver,
  below: (...args: never[]) => unknown,
): void {
  const { targets, guard, layers } = observer;
  const url = `${String(request.origin)}${request.path}`;
  if (targets.ownerOf(url) === null) return;
  const target = targets.find(url, request.method.toUpperCase());
  if (target === undefined) return;
  const handler = asyncResourceOf(request);
  const meet = () => {
    const inItsContext = handler !== undefined;
    const upper = layers.upperOf(target.endpoint, { layer: "undici", inItsContext });
    if (upper !== undefined) {
      if (upper.recordedBody !== undefined) record(request, upper.recordedBody);
      return;
    }
    const body = createRecordedBody();
    record(request, body);
    const exchange = observer.begin({
      ...target,
      body,
      encoded: true,
      ...saidInHeaders(target.format, (name) => headerIn(request.headers, name)),
      signal: undefined,
      stack: observer.captureStack(below),
    });
    // What undici does over HTTP/2 is a stream of Node's below this.
    const carrier: Upper = { layer: "undici", endpoint: target.endpoint, isRunning: exchange.isRunning };
    layers.expect(carrier);
    follow(request, exchange, guard, () => layers.settled(carrier));
    const refusal = exchange.admit(() => bodyOf(request));
    if (refusal !== undefined) refuse(request, refusal);
  };
  if (handler === undefined) meet();
  else handler.runInAsyncScope(meet);
}

function record(request: object, body: RecordedBody): void {
  overlay(request, "onBodySent", (original) => (chunk, ...rest) => {
    body.add(chunk);
    return original(chunk, ...rest);
  });
}

/** `forget` is called at its end: what is kept of the exchange would keep the host's client and its body. */
function follow(request: object, exchange: Exchange, guard: Guard, forget: () => void): void {
  const responded =
    (original: Method): Method =>
    (status, headers, ...rest) => {
      if (typeof status === "number" && status >= 200) {
        guard.attempt(() => exchange.responded(status, (name) => headerIn(headers, name)));
      }
      return original(status, headers, ...rest);
    };
  const received =
    (original: Method): Method =>
    (chunk) => {
      if (chunk instanceof Uint8Array) guard.attempt(() => exchange.chunk(chunk));
      return original(chunk);
    };
  const ended =
    (original: Method): Method =>
    (...trailers) => {
      guard.attempt(() => exchange.closed());
      forget();
      return original(...trailers);
    };
  const failed =
    (original: Method): Method =>
    (error) => {
      guard.attempt(() => exchange.failed(error));
      forget();
      return original(error);
    };
  const upgraded =
    (original: Method): Method =>
    (...args) => {
      guard.attempt(() => exchange.cancelled());
      forget();
      return original(...args);
    };
  // Up to version 7, and from version 8 on.
  overlay(request, "onHeaders", responded);
  overlay(request, "onResponseStart", responded);
  overlay(request, "onData", received);
  overlay(request, "onResponseData", received);
  overlay(request, "onComplete", ended);
  overlay(request, "onResponseEnd", ended);
  overlay(request, "onError", failed);
  overlay(request, "onResponseError", failed);
  overlay(request, "onUpgrade", upgraded);
  overlay(request, "onRequestUpgrade", upgraded);
}

/** A body of text is bytes by now; of anything else undici knows the length at most. */
function bodyOf(request: object): { value: unknown; bytes: number | undefined } {
  const [value, length]: unknown[] = [Reflect.get(request, "body"), Reflect.get(request, "contentLength")];
  return { value, bytes: typeof length === "number" ? length : undefined };
}

/** What undici does where a request fails before it is written: told to whoever made it, and never sent. */
function refuse(request: object, error: Error): void {
  for (const name of ["onError", "onResponseError"]) {
    const method: unknown = Reflect.get(request, name);
    if (typeof method === "function") Reflect.apply(method, request, [error]);
  }
}

type Method = (...args: unknown[]) => unknown;

/** A request may be made when a connection is free; who handles `request`, `stream` and `pipeline` knows where it began. */
function asyncResourceOf(request: object): AsyncResource | undefined {
  const symbol = Object.getOwnPropertySymbols(request).find(({ description }) => description === "handler");
  const handler: unknown = symbol === undefined ? undefined : Reflect.get(request, symbol);
  return isAsyncResource(handler) ? handler : undefined;
}

type AsyncResource = { runInAsyncScope(fn: () => void): void };

function isAsyncResource(value: unknown): value is AsyncResource {
  return (
    typeof value === "object" &&
    value !== null &&
    "runInAsyncScope" in value &&
    typeof value.runInAsyncScope === "function"
  );
}

function requestIn(message: unknown): UndiciRequest | undefined {
  if (typeof message !== "object" || message === null || !("request" in message)) return undefined;
  const { request } = message;
  return isRequest(request) ? request : undefined;
}

function isRequest(value: unknown): value is UndiciRequest {
  return (
    typeof value === "object" &&
    value !== null &&
    "origin" in value &&
    "headers" in value &&
    "path" in value &&
    typeof value.path === "string" &&
    "method" in value &&
    typeof value.method === "string"
  );
}

/** A header by its name in lower case, from names and values in turn, as text or bytes, or from lines of text, or an object. */
function headerIn(headers: unknown, name: string): string | null {
  if (typeof headers === "string") {
    return new RegExp(`^${name}: *(.*?)\\r?$`, "im").exec(headers)?.[1] ?? null;
  }
  if (!Array.isArray(headers)) {
    const value: unknown =
      typeof headers === "object" && headers !== null ? Reflect.get(headers, name) : null;
    return value === null || value === undefined ? null : String(value);
  }
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (String(headers[index]).toLowerCase() === name) return String(headers[index + 1]);
  }
  return null;
}

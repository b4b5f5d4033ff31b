import { channel } from "node:diagnostics_channel";
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { syncBuiltinESMExports } from "node:module";
import { loadBuiltin } from "../builtin.ts";
import type { Exchange } from "../meter/exchange.ts";
import type { LowerRequest } from "../meter/layers.ts";
import { createRecordedBody } from "../meter/requestBody.ts";
import { overlay, saidInHeaders, type TransportObserver } from "./observer.ts";
import { lengthIn, watchWrites } from "./requestWrites.ts";

/** Node's announcement of each stream that a client opens. */
const STREAM_CREATED = "http2.client.stream.created";

/**
 * Sees what is sent by `node:http2`, as Amazon's SDK does. Where this Node does not announce its streams (20), sessions are
 * watched from their `connect` on.
 */
export function watchNodeHttp2(observer: TransportObserver): void {
  if (announcesStreams(process.versions.node)) {
    channel(STREAM_CREATED).subscribe(function announced(message) {
      observer.guard.attempt(() => {
        if (typeof message !== "object" || message === null) return;
        const [stream, headers]: unknown[] = [
          Reflect.get(message, "stream"),
          Reflect.get(message, "headers"),
        ];
        if (isStream(stream) && isHeaders(headers)) watchStream(stream, headers, observer, announced);
      });
    });
    return;
  }
  const http2 = loadBuiltin("http2");
  const { connect } = http2;
  const watched = function (this: unknown, ...args: unknown[]): unknown {
    const session: unknown = Reflect.apply(connect, this, args);
    observer.guard.attempt(() => watchSession(session, args[0], observer));
    return session;
  };
  Object.defineProperties(watched, {
    name: { value: connect.name, configurable: true },
    length: { value: connect.length, configurable: true },
  });
  Reflect.set(http2, "connect", watched);
  syncBuiltinESMExports();
}

/** From 22.17 and 24.2 on. */
function announcesStreams(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 24 || (major === 24 && minor >= 2) || (major === 22 && minor >= 17);
}

function watchSession(session: unknown, authority: unknown, observer: TransportObserver): void {
  if (!isSession(session)) return;
  const { protocol, host } = new URL(String(authority));
  overlay(session, "request", (original) => {
    const request = (...args: unknown[]) => {
      const stream = original(...args);
      observer.guard.attempt(() => {
        const given = isHeaders(args[0]) ? args[0] : {};
        const headers = { ":authority": host, ":scheme": protocol.slice(0, -1), ...given };
        if (isStream(stream)) watchStream(stream, headers, observer, request);
      });
      return stream;
    };
    return request;
  });
}

function watchStream(
  stream: ClientHttp2Stream,
  headers: IncomingHttpHeaders,
  observer: TransportObserver,
  below: (...args: never[]) => unknown,
): void {
  const { targets, guard, layers } = observer;
  const authority = headers[":authority"] ?? headers.host;
  const url = `${headers[":scheme"] ?? "https"}://${authority}${headers[":path"] ?? "/"}`;
  if (targets.ownerOf(url) === null) return;
  const lower: LowerRequest = { layer: "node", inItsContext: false };
  const target = targets.find(url, (headers[":method"] ?? "GET").toUpperCase());
  if (target === undefined || layers.upperOf(target.endpoint, lower) !== undefined) return;
  const body = createRecordedBody();
  const exchange = observer.begin({
    ...target,
    body,
    encoded: true,
    ...saidInHeaders(target.format, (name) => headers[name]),
    signal: undefined,
    stack: observer.captureStack(below),
  });
  const announcedBytes = lengthIn(headers["content-length"]);
  watchWrites(stream, exchange, body, { guard, announcedBytes });
  follow(stream, exchange, observer);
  // Over a connection that is open the headers leave at once, and the body with its first write.
  const refusal = exchange.admit(() => ({ value: undefined, bytes: announcedBytes }));
  if (refusal !== undefined) stream.destroy(refusal);
}

function follow(
  stream: ClientHttp2Stream,
  exchange: Exchange,
  { guard }: Pick<TransportObserver, "guard">,
): void {
  /** What came of the body before the response was told of, a tick after it came: a packet may hold both. */
  let early: (() => void)[] | undefined = [];
  const afterResponse = (step: () => void) => {
    if (early === undefined) step();
    else early.push(step);
  };
  overlay(stream, "emit", (original) => (event, ...args) => {
    guard.attempt(() => {
      const [first] = args;
      if (event === "response" && isHeaders(first)) {
        exchange.responded(Number(first[":status"] ?? 0), (name) => {
          const value = first[name];
          return value === undefined ? null : String(value);
        });
        const steps = early ?? [];
        early = undefined;
        for (const step of steps) step();
      } else if (event === "error") exchange.failed(first);
      else if (event === "close") exchange.cancelled();
    });
    return original(event, ...args);
  });
  overlay(stream, "push", (original) => (chunk, ...rest) => {
    guard.attempt(() => {
      // A stream that is reset ends as well, but with a code; one that the host destroys, when it is destroyed.
      if (chunk === null && !stream.rstCode && !stream.destroyed) afterResponse(() => exchange.closed());
      else if (chunk instanceof Uint8Array) afterResponse(() => exchange.chunk(chunk));
    });
    return original(chunk, ...rest);
  });
}

function isSession(value: unknown): value is ClientHttp2Session {
  return typeof value === "object" && value !== null && "request" in value;
}

function isStream(value: unknown): value is ClientHttp2Stream {
  return typeof value === "object" && value !== null && "push" in value && "emit" in value;
}

function isHeaders(value: unknown): value is IncomingHttpHeaders {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

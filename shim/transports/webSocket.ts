import { channel } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { createSocketReader } from "../extract/socketMessages.ts";
import type { Connection } from "../meter/connection.ts";
import { overlay, type TransportObserver } from "./observer.ts";

/** Announced by undici, Node's own and npm's, for each connection of its `WebSocket`. */
const SOCKET_OPEN = "undici:websocket:open";
const REQUEST_CREATE = "undici:request:create";

/** The connection as the meter follows it, or `undefined` where it is nobody's business. */
function connectionTo(
  address: string,
  observer: TransportObserver,
  below: (...args: never[]) => unknown,
): Connection | undefined {
  const url = address.replace(/^ws/, "http");
  if (observer.targets.ownerOf(url) === null) return undefined;
  const target = observer.targets.find(url, "WEBSOCKET");
  const reader = target === undefined ? undefined : createSocketReader(target.format, url);
  if (target === undefined || reader === undefined) return undefined;
  const stack = observer.captureStack(below);
  return observer.connect({ endpoint: target.endpoint, provider: target.provider, reader, stack });
}

/**
 * Sees the messages of the global `WebSocket` and of undici's. A connection is announced after the host has learned that it
 * is open and may have sent its settings: so the global one's `send` is watched from the first handshake on.
 */
export function watchWebSockets(observer: TransportObserver): void {
  const { guard } = observer;
  const connections = new WeakMap<object, Connection | null>();

  const connectionOf = (socket: BrowserSocket, below: (...args: never[]) => unknown) => {
    let connection = connections.get(socket);
    if (connection === undefined) {
      connection = connectionTo(socket.url, observer, below) ?? null;
      connections.set(socket, connection);
      if (connection !== null) listen(socket, connection, observer);
    }
    return connection;
  };

  const patched = new WeakSet<object>();
  const patchSend = (prototype: unknown) => {
    if (typeof prototype !== "object" || prototype === null || patched.has(prototype)) return;
    const send: unknown = Reflect.get(prototype, "send");
    const descriptor = Object.getOwnPropertyDescriptor(prototype, "send");
    if (typeof send !== "function" || descriptor === undefined) return;
    patched.add(prototype);
    const watched = function (this: unknown, ...args: unknown[]): unknown {
      const refusal = guard.attempt(() => {
        const connection = isBrowserSocket(this) ? connectionOf(this, watched) : null;
        return connection === null ? undefined : passed(connection, args[0]);
      });
      if (refusal === undefined || !isBrowserSocket(this)) return Reflect.apply(send, this, args);
      failBrowserSocket(this, refusal);
      return undefined;
    };
    Object.defineProperties(watched, {
      name: { value: send.name, configurable: true },
      length: { value: send.length, configurable: true },
    });
    Object.defineProperty(prototype, "send", { ...descriptor, value: watched });
  };

  channel(REQUEST_CREATE).subscribe((message) => {
    guard.attempt(() => {
      const request: unknown = Reflect.get(Object(message), "request");
      if (Reflect.get(Object(request), "upgrade") !== "websocket") return;
      // It is a getter that loads undici, which whoever makes a request has done.
      patchSend(globalThis.WebSocket?.prototype);
    });
  });
  channel(SOCKET_OPEN).subscribe(function opened(message) {
    guard.attempt(() => {
      const socket: unknown = Reflect.get(Object(message), "websocket");
      if (!isBrowserSocket(socket)) return;
      connectionOf(socket, opened);
      patchSend(Object.getPrototypeOf(socket));
    });
  });
}

/** Tells of a message that the client sends, unless it must not leave. */
function passed(connection: Connection, data: unknown): Error | undefined {
  let refusal: Error | undefined;
  tell(data, (message) => {
    refusal = connection.admit(message);
    if (refusal === undefined) connection.sent(message);
  });
  return refusal;
}

/** Of those that applications may choose, as 1008 (policy violation) is no code that a browser's socket takes. */
const REFUSED_CODE = 4008;
/** A reason has at most 123 bytes. */
const closeReason = ({ message }: Error) => message.replace(/[^\x20-\x7e]/g, "?").slice(0, 120);

/** As a connection fails: an `error` event that has it as its `error`, then `close`. */
function failBrowserSocket(socket: BrowserSocket, refusal: Error): void {
  queueMicrotask(() => {
    const event = Object.assign(new Event("error"), { error: refusal, message: refusal.message });
    socket.dispatchEvent(event);
    socket.close(REFUSED_CODE, closeReason(refusal));
  });
}

function listen(socket: BrowserSocket, connection: Connection, { guard }: TransportObserver): void {
  socket.addEventListener("message", ({ data }) => {
    guard.attempt(() => tell(data, (message) => connection.received(message)));
  });
  socket.addEventListener("close", () => {
    guard.attempt(() => connection.closed());
  });
}

/**
 * Sees the messages of npm's `ws`, which asks Node for an upgrade and ties the socket that it gets to its `WebSocket` before
 * it tells the host that it is open.
 */
export function watchUpgrade(
  request: ClientRequest,
  url: string,
  observer: TransportObserver,
  below: (...args: never[]) => unknown,
): void {
  const { guard } = observer;
  const connection = connectionTo(url, observer, below);
  if (connection === undefined) return;
  overlay(request, "emit", (original) => (event, ...args) => {
    const [, socket] = args;
    if (event !== "upgrade" || typeof socket !== "object" || socket === null) return original(event, ...args);
    guard.attempt(() => {
      let found = false;
      overlay(socket, "on", (on) => (...listener) => {
        guard.attempt(() => {
          const tied = found ? undefined : socketOfWs(socket);
          if (tied === undefined) return;
          found = true;
          Reflect.deleteProperty(socket, "on");
          follow(tied, connection, observer);
        });
        return on(...listener);
      });
    });
    return original(event, ...args);
  });
}

function socketOfWs(socket: object): object | undefined {
  for (const symbol of Object.getOwnPropertySymbols(socket)) {
    if (symbol.description !== "websocket") continue;
    const tied: unknown = Reflect.get(socket, symbol);
    if (typeof tied === "object" && tied !== null && "send" in tied && "emit" in tied) return tied;
  }
  return undefined;
}

function follow(socket: object, connection: Connection, { guard }: TransportObserver): void {
  overlay(socket, "send", (send) => (data, ...rest) => {
    const refusal = guard.attempt(() => passed(connection, data));
    if (refusal === undefined) return send(data, ...rest);
    const callback = rest.findLast((argument) => typeof argument === "function");
    failSocketOfWs(socket, refusal, callback);
    return undefined;
  });
  overlay(socket, "emit", (emit) => (event, ...args) => {
    guard.attempt(() => {
      if (event === "message") tell(args[0], (message) => connection.received(message));
      else if (event === "close") connection.closed();
    });
    return emit(event, ...args);
  });
}

/** The same for npm's `ws`. Its `error` ends a process that does not listen for it, so then there is `close` alone. */
function failSocketOfWs(socket: object, refusal: Error, callback: unknown): void {
  queueMicrotask(() => {
    if (typeof callback === "function") callback(refusal);
    if (called(socket, "listenerCount", "error") !== 0) called(socket, "emit", "error", refusal);
    called(socket, "close", REFUSED_CODE, closeReason(refusal));
  });
}

function called(object: object, name: string, ...args: unknown[]): unknown {
  const method: unknown = Reflect.get(object, name);
  return typeof method === "function" ? Reflect.apply(method, object, args) : undefined;
}

/** A message as text or bytes, whatever form it came in; of a Blob, a moment later. */
function tell(data: unknown, listener: (message: string | Uint8Array) => void): void {
  if (typeof data === "string") listener(data);
  else if (data instanceof ArrayBuffer) listener(new Uint8Array(data));
  else if (ArrayBuffer.isView(data)) {
    listener(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  } else if (Array.isArray(data)) {
    listener(Buffer.concat(data.filter((part) => part instanceof Uint8Array)));
  } else if (data instanceof Blob) {
    data
      .arrayBuffer()
      .then((buffer) => listener(new Uint8Array(buffer)))
      .catch(() => {});
  }
}

/** As much of a browser's WebSocket as is used here. */
interface BrowserSocket {
  readonly url: string;
  addEventListener(event: string, listener: (event: { data?: unknown }) => void): void;
  dispatchEvent(event: Event): boolean;
  close(code: number, reason: string): void;
}

function isBrowserSocket(value: unknown): value is BrowserSocket {
  return (
    typeof value === "object" &&
    value !== null &&
    "addEventListener" in value &&
    "dispatchEvent" in value &&
    "close" in value &&
    "url" in value &&
    typeof value.url === "string"
  );
}

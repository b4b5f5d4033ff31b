import { lookAgain } from "../context/callSite.ts";
import type { Exchange, ExchangeStart } from "../meter/exchange.ts";
import type { Upper } from "../meter/layers.ts";
import { createRecordedBody, type RecordedBody, type RequestBody } from "../meter/requestBody.ts";
import { watchResponseBody } from "../observe/responseBody.ts";
import { saidInHeaders, type TransportObserver } from "./observer.ts";

type Fetch = typeof globalThis.fetch;

/**
 * Puts a watching `fetch` in the place of the global one. The host gets the promise's own response or error, one
 * microtask later; exchanges with anybody but an AI provider go straight through.
 */
export function patchFetch(scope: typeof globalThis, observer: TransportObserver): void {
  const descriptor = Object.getOwnPropertyDescriptor(scope, "fetch");
  const original = scope.fetch;
  if (descriptor === undefined || descriptor.configurable === false || typeof original !== "function") return;

  const { guard, layers, targets } = observer;

  const fetch = function fetch(this: unknown, ...args: Parameters<Fetch>): ReturnType<Fetch> {
    const start = guard.attempt(() => startOf(args, targets));
    if (start === undefined) return Reflect.apply(original, this, args);
    // Right here: each function between would be one more for V8 to step over.
    const stack = observer.captureStack(fetch);
    start.stack = stack;
    const exchange = guard.attempt(() => observer.begin(start));
    if (exchange === undefined) return Reflect.apply(original, this, args);
    const refusal = guard.attempt(() => exchange.admit(() => knownOf(start.body)));
    if (refusal !== undefined) return Promise.reject(refusal);
    const upper = upperOf(exchange, start.body);
    const promise: ReturnType<Fetch> = layers.carry(upper, () => Reflect.apply(original, this, args));
    const watched = promise.then(
      (response) => {
        layers.settled(upper);
        guard.attempt(() => {
          exchange.responded(response.status, (name) => response.headers.get(name));
          watchResponseBody(response, exchange);
        });
        return response;
      },
      (error) => {
        layers.settled(upper);
        guard.attempt(() => exchange.failed(error));
        throw error;
      },
    );
    return stack === undefined ? watched : lookAgain(watched, stack, start.endpoint.host);
  };
  // To the eye the same: in a stack trace alone one more frame shows.
  Object.defineProperties(fetch, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  });

  const { get: _get, set: _set, ...data } = descriptor;
  Object.defineProperty(scope, "fetch", { writable: true, ...data, value: fetch });
}

/** What leaves, or `undefined` where it is nobody's business. Nothing is read from a `Request` but its getters. */
function startOf(
  [input, init]: Parameters<Fetch>,
  targets: TransportObserver["targets"],
): ExchangeStart | undefined {
  const request = asRequest(input);
  const url = typeof input === "string" ? input : input instanceof URL ? input.href : request?.url;
  if (url === undefined || targets.ownerOf(url) === null) return undefined;
  const method = (init?.method ?? request?.method ?? "GET").toUpperCase();
  const target = targets.find(url, method);
  const signal = init?.signal ?? request?.signal;
  // What is aborted before it begins never leaves.
  if (target === undefined || signal?.aborted) return undefined;
  return {
    ...target,
    body: bodyOf(init?.body ?? request),
    encoded: false,
    ...saidInHeaders(target.format, (name) => headerIn(init?.headers ?? request?.headers, name)),
    signal,
    stack: undefined,
  };
}

function asRequest(input: unknown): Request | undefined {
  if (typeof input !== "object" || input === null || input instanceof URL) return undefined;
  // Naming the global `Request` would load undici in processes that never fetch; here it is loaded already.
  return input instanceof Request ? input : undefined;
}

/** What is no text and no bytes yet (a form, a stream, what a `Request` holds) is noted when undici sends it. */
function bodyOf(given: unknown): RequestBody | RecordedBody {
  const atHand =
    given === undefined || given === null || typeof given === "string" || ArrayBuffer.isView(given);
  return atHand ? { value: given } : createRecordedBody();
}

/** What undici will only find when it sends it is not known yet. */
function knownOf(body: RequestBody | RecordedBody): { value: unknown; bytes: undefined } {
  return { value: "add" in body ? undefined : body.value, bytes: undefined };
}

function upperOf(exchange: Exchange, body: RequestBody | RecordedBody): Upper {
  return {
    layer: "fetch",
    endpoint: exchange.endpoint,
    isRunning: exchange.isRunning,
    recordedBody: "add" in body ? body : undefined,
  };
}

function headerIn(headers: RequestInit["headers"], name: string): unknown {
  if (headers === undefined) return null;
  if (Array.isArray(headers)) return headers.find((header) => header[0]?.toLowerCase() === name)?.[1];
  return "get" in headers && typeof headers.get === "function"
    ? headers.get(name)
    : Reflect.get(headers, name);
}

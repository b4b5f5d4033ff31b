import type { CapturedStack } from "../context/callSite.ts";
import type { Guard } from "../guard.ts";
import type { Exchange, ExchangeStart } from "../meter/exchange.ts";
import { watchResponseBody } from "../observe/responseBody.ts";
import type { Targets } from "./target.ts";

type Fetch = typeof globalThis.fetch;

export interface FetchObserver {
  targets: Targets;
  guard: Guard;
  begin(start: ExchangeStart): Exchange;
  captureStack(below: Fetch): CapturedStack;
}

/**
 * Puts a watching `fetch` in the place of the global one. The host gets the promise's own response or error, one
 * microtask later; exchanges with anybody but an AI provider go straight through.
 */
export function patchFetch(scope: typeof globalThis, observer: FetchObserver): void {
  const descriptor = Object.getOwnPropertyDescriptor(scope, "fetch");
  const original = scope.fetch;
  if (descriptor === undefined || descriptor.configurable === false || typeof original !== "function") return;

  const { guard } = observer;

  const fetch = function fetch(this: unknown, ...args: Parameters<Fetch>): ReturnType<Fetch> {
    const start = guard.attempt(() => startOf(args, observer.targets));
    if (start === undefined) return Reflect.apply(original, this, args);
    const exchange = guard.attempt(() =>
      observer.begin({ ...start, stack: guard.attempt(() => observer.captureStack(fetch)) }),
    );
    const promise: ReturnType<Fetch> = Reflect.apply(original, this, args);
    if (exchange === undefined) return promise;
    return promise.then(
      (response) => {
        guard.attempt(() => {
          exchange.responded(response.status, (name) => response.headers.get(name));
          watchResponseBody(response, exchange);
        });
        return response;
      },
      (error) => {
        guard.attempt(() => exchange.failed(error));
        throw error;
      },
    );
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
  targets: Targets,
): Omit<ExchangeStart, "stack"> | undefined {
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
    body: init?.body,
    sdkRetryCount: sdkRetryCount(init?.headers ?? request?.headers),
    signal,
  };
}

function asRequest(input: unknown): Request | undefined {
  if (typeof input !== "object" || input === null || input instanceof URL) return undefined;
  // Naming the global `Request` would load undici in processes that never fetch; here it is loaded already.
  return input instanceof Request ? input : undefined;
}

/** Header in which SDKs made by Stainless (openai, anthropic) count their retries. */
const RETRY_COUNT = "x-stainless-retry-count";

function sdkRetryCount(headers: RequestInit["headers"]): number | null {
  if (headers === undefined) return null;
  let value: unknown;
  if (Array.isArray(headers)) {
    value = headers.find((header) => header[0]?.toLowerCase() === RETRY_COUNT)?.[1];
  } else if ("get" in headers && typeof headers.get === "function") value = headers.get(RETRY_COUNT);
  else value = Reflect.get(headers, RETRY_COUNT);
  const count = typeof value === "string" && /^\d{1,3}$/.test(value) ? Number(value) : null;
  return count;
}

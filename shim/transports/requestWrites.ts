import type { Guard } from "../guard.ts";
import type { Exchange } from "../meter/exchange.ts";
import type { RecordedBody } from "../meter/requestBody.ts";
import { overlay } from "./observer.ts";

/** A request of `node:http` or a stream of `node:http2`. */
export interface WrittenRequest {
  destroy(error: Error): unknown;
}

/**
 * Notes a request's body as it is written, and asks before the first of it leaves, and again when all of it is known, whether
 * it may. Where it must not, the request is destroyed with what the host should be told, and nothing more of it is written.
 */
export function watchWrites(
  request: WrittenRequest,
  exchange: Exchange,
  body: RecordedBody,
  { guard, announcedBytes }: { guard: Guard; announcedBytes: number | undefined },
): void {
  let hasAsked = false;
  let refusal: Error | undefined;
  const ask = (isAll: boolean) => {
    if (hasAsked && !isAll) return;
    hasAsked = true;
    refusal = exchange.admit(() => ({ value: body.value, bytes: isAll ? undefined : announcedBytes }));
    if (refusal !== undefined) request.destroy(refusal);
  };
  for (const name of ["write", "end"]) {
    overlay(request, name, (original) => (chunk, encoding, ...rest) => {
      guard.attempt(() => {
        if (refusal !== undefined) return;
        if (typeof chunk !== "function") body.add(chunk, encoding);
        ask(name === "end");
      });
      if (refusal === undefined) return original(chunk, encoding, ...rest);
      // Node would tell of a write after the end on top of it.
      const callback = [chunk, encoding, ...rest].find((argument) => typeof argument === "function");
      if (callback !== undefined) process.nextTick(callback, refusal);
      return name === "end" ? request : true;
    });
  }
  overlay(request, "flushHeaders", (original) => () => {
    guard.attempt(() => {
      if (refusal === undefined) ask(false);
    });
    return refusal === undefined ? original() : undefined;
  });
}

/** What `content-length` says. */
export function lengthIn(header: unknown): number | undefined {
  const length = typeof header === "string" || typeof header === "number" ? Number(header) : Number.NaN;
  return Number.isInteger(length) && length >= 0 ? length : undefined;
}

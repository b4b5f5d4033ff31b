import type { ReadableStream } from "node:stream/web";

/** Told of a body as it passes from the network to whoever reads it. Nothing it does may throw. */
export interface BodyListener {
  /** The bytes are valid during the call only. */
  chunk(bytes: Uint8Array): void;
  closed(): void;
  failed(error: unknown): void;
  /** The host wants no more. */
  cancelled(): void;
}

interface Controller {
  enqueue(chunk: unknown): void;
  close(): void;
  error(reason?: unknown): void;
}

/**
 * Watches the bytes that a stream's source puts into it, from the source's side: the controller, an object that only the
 * source (undici) knows, is given `enqueue`, `close` and `error` of its own, and its cancel step is wrapped. Nothing that
 * the host can reach is touched, so whatever it does with the stream (readers of any kind, tee, clone, pipes, transfer)
 * stays what it was, and is seen. A source of HTTP enqueues only what is asked for, so back-pressure is the host's.
 *
 * Answers `false`, having done nothing, where this runtime keeps its controllers out of reach.
 */
export function watchBodySource(stream: ReadableStream, listener: BodyListener): boolean {
  const controllerSlots = slotsOf(slotsOf(stream)?.["controller"]);
  const controller = slotsOf(stream)?.["controller"];
  if (controllerSlots === undefined || !isController(controller)) return false;

  const { enqueue, close, error } = controller;
  /** Let go of at the end: streams live on until a full garbage collection, and would keep the whole call with them. */
  let watching: BodyListener | undefined = listener;
  const leave = () => {
    const left = watching;
    watching = undefined;
    return left;
  };
  own(controller, "enqueue", (chunk: unknown) => {
    if (watching !== undefined && ArrayBuffer.isView(chunk)) {
      watching.chunk(
        chunk instanceof Uint8Array
          ? chunk
          : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength),
      );
    }
    enqueue.call(controller, chunk);
  });
  own(controller, "close", () => {
    close.call(controller);
    leave()?.closed();
  });
  own(controller, "error", (reason?: unknown) => {
    try {
      leave()?.failed(reason);
    } catch {
      // A reason that can't even be looked at is the host's own affair.
    }
    error.call(controller, reason);
  });
  const cancel = controllerSlots["cancelAlgorithm"];
  if (typeof cancel === "function") {
    controllerSlots["cancelAlgorithm"] = function (this: unknown, ...reason: unknown[]) {
      leave()?.cancelled();
      return Reflect.apply(cancel, this, reason);
    };
  }
  return true;
}

/** Node keeps the internal slots of its web streams under one symbol. */
let stateSymbol: symbol | undefined;

function slotsOf(target: unknown): Record<string, unknown> | undefined {
  if (typeof target !== "object" || target === null) return undefined;
  stateSymbol ??= Object.getOwnPropertySymbols(target).find((symbol) => symbol.description === "kState");
  if (stateSymbol === undefined) return undefined;
  const slots: unknown = Reflect.get(target, stateSymbol);
  return isRecord(slots) ? slots : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isController(value: unknown): value is Controller {
  return (
    isRecord(value) &&
    typeof value["enqueue"] === "function" &&
    typeof value["close"] === "function" &&
    typeof value["error"] === "function"
  );
}

function own(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, enumerable: false, writable: true });
}

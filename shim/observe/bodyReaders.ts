import type { StreamPipeOptions } from "node:stream/web";
import type { BodyListener } from "./bodySource.ts";

/**
 * The plain way to watch a body, for where its source is out of reach (another runtime, a later Node): hooks on this one
 * response, its stream and their readers see what the host itself reads, when it reads it. What the host gets are the
 * original objects, its promises a microtask later.
 *
 * Not seen: a stream that is read by a reader made by its constructor, or transferred to a worker. Such a call ends with
 * the process, without its usage.
 */
export function watchBodyReaders(response: Response, listener: BodyListener): void {
  watchResponse(response, createProgress(listener));
}

/** What was seen of a body so far, by whichever of its branches (`tee`, `clone`) is read furthest. */
interface Progress {
  /** Bytes from this place of the body on. */
  seen(bytes: Uint8Array, from: number): void;
  closed(): void;
  failed(error: unknown): void;
  /** A branch more; each is cancelled by itself. */
  branched(): void;
  cancelled(): void;
  /** Runs a step of the host's runtime, whose own use of what is hooked here is not looked at. */
  within<Result>(step: () => Result): Result;
  readonly isWithin: boolean;
}

function createProgress(listener: BodyListener): Progress {
  let seenBytes = 0;
  let branches = 1;
  let ended = false;
  let depth = 0;
  const end = (tell: () => void) => {
    if (ended) return;
    ended = true;
    try {
      tell();
    } catch {
      // A reason that can't even be looked at is the host's own affair.
    }
  };
  return {
    seen(bytes, from) {
      const unseen = seenBytes - from;
      if (ended || unseen >= bytes.byteLength) return;
      seenBytes = from + bytes.byteLength;
      listener.chunk(bytes.subarray(unseen));
    },
    closed: () => end(() => listener.closed()),
    failed: (error) => end(() => listener.failed(error)),
    branched() {
      branches += 1;
    },
    cancelled() {
      branches -= 1;
      if (branches === 0) end(() => listener.cancelled());
    },
    within(step) {
      depth += 1;
      try {
        return step();
      } finally {
        depth -= 1;
      }
    },
    get isWithin() {
      return depth > 0;
    },
  };
}

const encoder = new TextEncoder();

/** How the bytes are had from what a whole body became. Of JSON it is a JSON of the same meaning. */
const wholeBodies: Record<string, (result: unknown) => Uint8Array | undefined | Promise<Uint8Array>> = {
  text: (result) => encoder.encode(String(result)),
  json: (result) => encoder.encode(JSON.stringify(result)),
  arrayBuffer: (result) => (result instanceof ArrayBuffer ? new Uint8Array(result) : undefined),
  bytes: (result) => (result instanceof Uint8Array ? result : undefined),
  blob: (result) =>
    result instanceof Blob ? result.arrayBuffer().then((buffer) => new Uint8Array(buffer)) : undefined,
  formData: () => undefined,
};

function watchResponse(response: Response, progress: Progress): void {
  if (response.body !== null) watchStream(response.body, progress, 0);

  for (const [name, bytesOf] of Object.entries(wholeBodies)) {
    hook(response, name, (original) => (...args) => {
      const isRead = response.bodyUsed || response.body?.locked;
      const promise = progress.within(() => original(...args));
      if (isRead || !(promise instanceof Promise)) return promise;
      return promise.then(
        (result) => {
          void tellWhole(progress, () => bytesOf(result));
          return result;
        },
        (error) => {
          progress.failed(error);
          throw error;
        },
      );
    });
  }

  hook(response, "clone", (original) => (...args) => {
    const copy = progress.within(() => original(...args));
    progress.branched();
    attempt(() => {
      // The runtime may have put a new stream in the place of the one that it cloned.
      if (response.body !== null) watchStream(response.body, progress, 0);
      if (copy instanceof Response) watchResponse(copy, progress);
    });
    return copy;
  });
}

async function tellWhole(
  progress: Progress,
  bytesOf: () => Uint8Array | undefined | Promise<Uint8Array>,
): Promise<void> {
  try {
    const bytes = bytesOf();
    const known = bytes instanceof Promise ? await bytes : bytes;
    if (known !== undefined) progress.seen(known, 0);
  } catch {
    // What can't be looked at is told of without usage.
  }
  progress.closed();
}

const watched = new WeakSet<object>();

/** `from`: how much of the body had been read when this stream began. */
function watchStream(stream: ReadableStream<unknown>, progress: Progress, from: number): void {
  if (watched.has(stream)) return;
  watched.add(stream);
  let at = from;

  const sawResult = (result: unknown) => {
    if (!isResult(result)) return;
    if (ArrayBuffer.isView(result.value)) at = sawChunk(progress, result.value, at);
    if (result.done) progress.closed();
  };

  hook(stream, "getReader", (original) => (...args) => {
    const reader = original(...args);
    if (progress.isWithin || typeof reader !== "object" || reader === null) return reader;
    let released = false;
    hook(reader, "read", (read) => (...into) => {
      return following(read(...into), sawResult, (error) => {
        if (!released) progress.failed(error);
      });
    });
    hook(reader, "releaseLock", (releaseLock) => () => {
      released = true;
      return releaseLock();
    });
    hook(reader, "cancel", (cancel) => (...reason) => {
      if (!released) progress.cancelled();
      return cancel(...reason);
    });
    return reader;
  });

  const iterate =
    (original: Method): Method =>
    (...args) => {
      const iterator = original(...args);
      if (progress.isWithin || typeof iterator !== "object" || iterator === null) return iterator;
      hook(iterator, "next", (next) => () => following(next(), sawResult, progress.failed));
      hook(iterator, "return", (return_) => (...value) => {
        if (!hasOption(args[0], "preventCancel")) progress.cancelled();
        return return_(...value);
      });
      return iterator;
    };
  hook(stream, "values", iterate);
  hook(stream, Symbol.asyncIterator, iterate);

  hook(stream, "cancel", (original) => (...reason) => {
    if (!stream.locked && !progress.isWithin) progress.cancelled();
    return original(...reason);
  });

  hook(stream, "tee", (original) => () => {
    const branches = original();
    if (progress.isWithin || !Array.isArray(branches)) return branches;
    progress.branched();
    attempt(() => {
      for (const branch of branches) if (branch instanceof ReadableStream) watchStream(branch, progress, at);
    });
    return branches;
  });

  /** Passes each chunk on when it is asked for, and holds none back. */
  const observer = () =>
    new TransformStream<unknown, unknown>(
      {
        transform(chunk, controller) {
          if (ArrayBuffer.isView(chunk)) at = sawChunk(progress, chunk, at);
          controller.enqueue(chunk);
        },
      },
      { highWaterMark: 1 },
      { highWaterMark: 0 },
    );
  const pipeInto = (pipeTo: Method, writable: WritableStream) =>
    void following(pipeTo(writable), progress.closed, progress.failed)?.catch(() => {});

  let pipeTo: Method | undefined;
  hook(stream, "pipeTo", (original) => {
    pipeTo = original;
    return (destination, options) => {
      if (progress.isWithin || stream.locked) return original(destination, options);
      // With nothing between, what the destination did not take can still be read.
      const isSimple = destination instanceof WritableStream && !destination.locked;
      if (!isSimple || hasOption(options, "preventCancel")) {
        return following(original(destination, options), progress.closed, progress.failed);
      }
      const { readable, writable } = observer();
      const piped = readable.pipeTo(destination, isOptions(options) ? options : undefined);
      pipeInto(original, writable);
      return piped;
    };
  });
  hook(stream, "pipeThrough", (original) => (...args) => {
    const through = pipeTo;
    if (progress.isWithin || stream.locked || through === undefined || hasOption(args[1], "preventCancel")) {
      return original(...args);
    }
    const { readable, writable } = observer();
    // First what may refuse its arguments.
    const result: unknown = Reflect.apply(readable.pipeThrough, readable, args);
    pipeInto(through, writable);
    return result;
  });
}

function sawChunk(progress: Progress, chunk: ArrayBufferView, at: number): number {
  const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  attempt(() => progress.seen(bytes, at));
  return at + bytes.byteLength;
}

type Method = (...args: unknown[]) => unknown;

/** Puts a method of its own onto one object, over the one it has. */
function hook(target: object, name: string | symbol, make: (original: Method) => Method): void {
  const method: unknown = Reflect.get(target, name);
  if (typeof method !== "function") return;
  const value = make((...args) => Reflect.apply(method, target, args));
  Object.defineProperty(target, name, { value, configurable: true, enumerable: false, writable: true });
}

/** The same promise to the host, looked at on its way; its rejection stays unhandled where nobody handles it. */
function following(
  promise: unknown,
  onResult: (result: unknown) => void,
  onError: (error: unknown) => void,
): Promise<unknown> | undefined {
  if (!(promise instanceof Promise)) return undefined;
  return promise.then(
    (result) => {
      attempt(() => onResult(result));
      return result;
    },
    (error) => {
      attempt(() => onError(error));
      throw error;
    },
  );
}

function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // The host comes first.
  }
}

function isResult(value: unknown): value is { done?: boolean; value?: unknown } {
  return typeof value === "object" && value !== null;
}

function isOptions(value: unknown): value is StreamPipeOptions {
  return typeof value === "object" && value !== null;
}

function hasOption(options: unknown, name: string): boolean {
  return typeof options === "object" && options !== null && Boolean(Reflect.get(options, name));
}

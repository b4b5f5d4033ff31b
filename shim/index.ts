/**
 * The shim's API: `import { withJob } from "taximeter"`. All of it is safe to call where no preload is active, as in
 * production: functions run, nothing is recorded.
 */
import type { Attributes } from "../shared/call.ts";
import type { Source } from "../shared/sources.ts";
import type { Usage } from "../shared/usage.ts";
import { type AttributeInput, givenSource, type SourceOptions } from "./context/attribution.ts";
import { type CallParams, type CallResult, type StartedCall, startManualCall } from "./manualCall.ts";
import { liveRuntime, type ShimStats } from "./runtime.ts";

export { BudgetExceededError, CircuitOpenError } from "./errors.ts";
export type { CallParams, CallResult, StartedCall } from "./manualCall.ts";
export type { AttributeInput, Attributes, ShimStats, SourceOptions, Usage };

/** Runs `fn` with `source` as the source of the calls made in it, in place of whatever was active. */
export function withSource<Result>(source: string, fn: () => Result, options?: SourceOptions): Result {
  return within(() => givenSource(source), fn, options);
}

/** Runs a background job: its calls belong to `background_job:<type>`, whatever route or source triggered it. */
export function withJob<Result>(type: string, fn: () => Result): Result {
  return within(() => givenSource(type, "job"), fn);
}

/**
 * Runs an action: its calls belong to `action:<id>`, unless a `withSource`, `withJob` or `withAction` around it says
 * otherwise. It is more telling than the route it came by, and takes its place.
 */
export function withAction<Result>(id: string, fn: () => Result): Result {
  return within(() => givenSource(id, "action"), fn, { onlyIfUnset: true });
}

/** What names no source leaves the one around it. */
function within<Result>(source: () => Source | null, fn: () => Result, options?: SourceOptions): Result {
  const runtime = liveRuntime();
  const given = runtime === undefined ? null : source();
  return runtime === undefined || given === null ? fn() : runtime.withSource(given, fn, options);
}

/** Adds attribution to every call made in `fn`: a feature, a conversation, a message, and labels of your own. */
export function withAttributes<Result>(attributes: AttributeInput, fn: () => Result): Result {
  const runtime = liveRuntime();
  return runtime === undefined ? fn() : runtime.withAttributes(attributes, fn);
}

/** Reports a call that the shim can't see: say here that it begins, and on what you get how it ended. */
export function startCall(params: CallParams): StartedCall {
  return startManualCall(liveRuntime(), params, startCall);
}

export interface MeteredParams<Result> extends CallParams {
  /** Reads the usage from what the function returned. */
  usage?(result: Result): Usage | undefined;
  /** Reads all there is to say of it: usage, retries, sizes, a cost that the provider declared. */
  result?(result: Result): CallResult | undefined;
}

/** `fn` with each of its calls reported: time, status, and usage by `params.usage`. It returns and throws what `fn` does. */
export function metered<Args extends unknown[], Returned>(
  params: MeteredParams<Awaited<Returned>>,
  fn: (...args: Args) => Returned,
): (...args: Args) => Returned {
  return function meteredCall(this: unknown, ...args: Args): Returned {
    const runtime = liveRuntime();
    if (runtime === undefined) return Reflect.apply(fn, this, args);
    const call = startManualCall(runtime, params, meteredCall);
    const complete = (result: Awaited<Returned>) => {
      call.complete(resultOf(params, result));
    };
    let returned: Returned;
    try {
      returned = Reflect.apply(fn, this, args);
    } catch (error) {
      call.fail(error);
      throw error;
    }
    if (!isThenable(returned)) {
      complete(returned as Awaited<Returned>);
      return returned;
    }
    // An SDK's own kind of promise has methods that the host may want. A plain one is passed on, so that its rejection
    // stays unhandled where nobody handles it.
    if (Object.getPrototypeOf(returned) !== Promise.prototype) {
      returned.then(
        (result) => complete(result as Awaited<Returned>),
        (error: unknown) => call.fail(error),
      );
      return returned;
    }
    return returned.then(
      (result) => {
        complete(result as Awaited<Returned>);
        return result;
      },
      (error: unknown) => {
        call.fail(error);
        throw error;
      },
    ) as Returned;
  };
}

function resultOf<Result>(params: MeteredParams<Result>, result: Result): CallResult {
  try {
    const usage = params.usage?.(result);
    return { ...(usage === undefined ? {} : { usage }), ...params.result?.(result) };
  } catch {
    // What can't be read is not reported; the host gets its result all the same.
    return {};
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Sends what is queued; resolves when it is with the daemon or on disk. Not needed before the process ends. */
export async function flush(): Promise<void> {
  await liveRuntime()?.flush();
}

/** What became of the calls of this process so far; all zero where no preload is active. */
export function stats(): ShimStats {
  return (
    liveRuntime()?.stats() ?? {
      seen: 0,
      inFlight: 0,
      queued: 0,
      sent: 0,
      spooled: 0,
      dropped: 0,
      rejected: 0,
      refused: 0,
    }
  );
}

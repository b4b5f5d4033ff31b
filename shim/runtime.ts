import type { CallReport } from "../shared/call.ts";
import type { Source } from "../shared/sources.ts";
import type { AttributeInput, Scope, SourceOptions } from "./context/attribution.ts";
import type { CapturedStack } from "./context/callSite.ts";

/** Counts of this process (of this thread, in a worker). */
export interface ShimStats {
  /** Exchanges with AI providers that were looked at. */
  seen: number;
  inFlight: number;
  queued: number;
  sent: number;
  spooled: number;
  /** Lost: the queue or the spool was full, or the spool could not be written. */
  dropped: number;
  /** Not accepted by the daemon. */
  rejected: number;
  /** Not let out, by a budget's hard stop or a circuit breaker; absent of a preload that does not count them. */
  refused?: number;
}

/** What the preload offers to the API, which is another bundle, perhaps of another version. */
export interface Runtime {
  /** Rises when what is here changes its meaning. Members may be added without it. */
  version: 1;
  scope(): Scope;
  withSource<Result>(source: Source, fn: () => Result, options?: SourceOptions): Result;
  withAttributes<Result>(attributes: AttributeInput, fn: () => Result): Result;
  makeId(): string;
  captureStack(below: (...args: never[]) => unknown): CapturedStack | undefined;
  /** Takes a finished call that was reported by hand; what the scope and the process know is added. */
  report(report: CallReport, scope: Scope, stack: CapturedStack | undefined): void;
  flush(): Promise<void>;
  stats(): ShimStats;
}

const RUNTIME = Symbol.for("taximeter.runtime");

/** The preload of this thread, if there is one. */
export function liveRuntime(): Runtime | undefined {
  const runtime: unknown = Reflect.get(globalThis, RUNTIME);
  return isRuntime(runtime) ? runtime : undefined;
}

function isRuntime(value: unknown): value is Runtime {
  return typeof value === "object" && value !== null && "version" in value && value.version === 1;
}

/** Takes the one place there is; `false` where another preload, of whatever version or form, has it. */
export function claimRuntime(runtime: Runtime): boolean {
  if (RUNTIME in globalThis) return false;
  Object.defineProperty(globalThis, RUNTIME, { value: runtime });
  return true;
}

import { AsyncLocalStorage } from "node:async_hooks";
import { type CapturedStack, captureStack, hasLastSeenHelped } from "./callSite.ts";

/**
 * Where a package was called that goes on apart from whoever called it, so that no stack leads back from what it asks.
 * Carried along asynchronously, and looked at only where a call's own stack has nothing of the developer's code.
 */
const callers = new AsyncLocalStorage<CapturedStack | undefined>();

/** Work that begins itself anew in its own context, again and again, must not hold on to all of its past. */
const MAX_DEPTH = 8;

/** The stack of a call that is made here: of the SDK's call that it is a part of, else its own. */
export function stackBelow(below: (...args: never[]) => unknown): CapturedStack | undefined {
  const outer = callers.getStore();
  if (outer?.isOfSdk) return outer;
  const stack = captureStack(below);
  return outer === undefined || stack === undefined ? stack : within(outer, stack);
}

/** Notes where a package is called, for what it does in `step`. `isOfSdk`: its request has no better stack. */
export function calledFrom<Result>(
  below: (...args: never[]) => unknown,
  step: () => Result,
  isOfSdk = false,
): Result {
  const stack = captureStack(below);
  if (stack === undefined) return step();
  const outer = callers.getStore();
  if (outer !== undefined) within(outer, stack);
  stack.isOfSdk = isOfSdk;
  return callers.run(stack, step);
}

/** Calls that are noted to see whether that is of use. */
const ON_TRIAL = 200;
let onTrial = ON_TRIAL;

/** A call was not found: perhaps it is of use from now on. */
export function tryNotes(): void {
  onTrial = ON_TRIAL;
}

/** Notes it for all that follows, where nothing can be put around what the package does; not for long if nobody needs it. */
export function noteCall(below: (...args: never[]) => unknown): void {
  if (!hasLastSeenHelped()) {
    if (onTrial === 0) return;
    onTrial -= 1;
  }
  const stack = captureStack(below);
  if (stack === undefined) return;
  const last = callers.getStore();
  // The package's call before it is not around this one.
  const outer = last?.isLastSeen ? last.outer : last;
  if (outer !== undefined) within(outer, stack);
  stack.isLastSeen = true;
  callers.enterWith(stack);
}

/** What is noted here, and how to do something where the same is noted. */
export function takeCaller(): <Result>(step: () => Result) => Result {
  const taken = callers.getStore();
  return (step) => (callers.getStore() === taken ? step() : callers.run(taken, step));
}

function within(outer: CapturedStack, stack: CapturedStack): CapturedStack {
  const depth = (outer.depth ?? 0) + 1;
  return depth > MAX_DEPTH ? stack : Object.assign(stack, { outer, depth });
}

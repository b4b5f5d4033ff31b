/** One attempt's place in its logical call. */
export interface AttemptPlace {
  operationId: string;
  /** 1, 2, … */
  attempt: number;
}

/** What tells whether two attempts are of one logical call. */
export interface AttemptKey {
  /** Same endpoint, model and prompt; `null` where the request's body is not known. */
  request: string | null;
  /** The scope that the attempt was made in, by identity. */
  scope: object;
  /** The call of a framework that it is made for, by identity, where that is known. */
  caller?: object | undefined;
  /** What the SDK says: 0 for its first attempt, `null` where it says nothing. */
  sdkRetryCount: number | null;
  atMs: number;
}

/** Ties the attempts of an SDK's (or the developer's own) retry loop together. */
export interface Attempts {
  /** The place of a new attempt: after a failed one like it, or the first of an operation of this id. */
  place(key: AttemptKey, ownId: string): AttemptPlace;
  /** An attempt failed in a way that is worth a retry. */
  failed(key: AttemptKey, place: AttemptPlace, atMs: number): void;
  /** It was not let out. An SDK that tries again counts it; what left the process for the first time is no retry. */
  refused(key: AttemptKey, place: AttemptPlace, atMs: number): void;
}

/** An SDK waits up to a minute where the provider asks it to (`retry-after`). */
const SDK_RETRY_WINDOW_MS = 120_000;
/** Without the SDK's word, the same request in the same place soon after a failure is taken for its retry. */
const LIKELY_RETRY_WINDOW_MS = 30_000;
const MAX_REMEMBERED = 256;

interface FailedAttempt extends AttemptPlace {
  request: string;
  scope: object;
  caller: object | undefined;
  endedAtMs: number;
  /** By the SDK's own count. */
  saidAttempt: number;
  /** Place of the attempt that follows. */
  nextAttempt: number;
}

export function createAttempts(): Attempts {
  /** Oldest first. A failed attempt has one successor at most, which takes it out. */
  const remembered: FailedAttempt[] = [];

  const takePredecessor = ({ request, scope, caller, atMs, sdkRetryCount }: AttemptKey) => {
    const windowMs = sdkRetryCount ? SDK_RETRY_WINDOW_MS : LIKELY_RETRY_WINDOW_MS;
    const index = remembered.findLastIndex(
      (failed) =>
        failed.request === request &&
        failed.scope === scope &&
        atMs >= failed.endedAtMs &&
        atMs - failed.endedAtMs <= windowMs &&
        (sdkRetryCount !== 0 || failed.caller === caller) &&
        (!sdkRetryCount || failed.saidAttempt === sdkRetryCount),
    );
    return index === -1 ? undefined : remembered.splice(index, 1)[0];
  };

  const remember = (key: AttemptKey, place: AttemptPlace, endedAtMs: number, nextAttempt: number) => {
    const { request, scope, caller, sdkRetryCount } = key;
    if (request === null) return;
    const saidAttempt = sdkRetryCount === null ? place.attempt : sdkRetryCount + 1;
    remembered.push({ ...place, request, scope, caller, endedAtMs, saidAttempt, nextAttempt });
    if (remembered.length > MAX_REMEMBERED) remembered.shift();
  };

  return {
    place(key, ownId) {
      const { request, caller, sdkRetryCount } = key;
      // A framework that retries by itself (LangChain) has the SDK say that each is its first.
      const isFirst = sdkRetryCount === 0 && caller === undefined;
      const predecessor = request === null || isFirst ? undefined : takePredecessor(key);
      return {
        operationId: predecessor?.operationId ?? ownId,
        attempt: predecessor?.nextAttempt ?? (sdkRetryCount ?? 0) + 1,
      };
    },
    failed: (key, place, atMs) => remember(key, place, atMs, place.attempt + 1),
    refused: (key, place, atMs) => remember(key, place, atMs, place.attempt),
  };
}

import { Worker } from "node:worker_threads";
import type { StoreFailure, StoreMessage, StoreOperation, StoreRequest, WorkerData } from "./rpc.ts";
import { type Store, StoreInputError, StoreTooNewError, StoreUnavailableError } from "./store.ts";

/** A thread that has, or had, the store open. */
export interface StoreThread {
  /** Rejects as soon as it is known that no answer will come. */
  ask<Operation extends StoreOperation>(
    operation: Operation,
    args: Parameters<Store[Operation]>,
  ): ReturnType<Store[Operation]>;
}

export interface StartedThread {
  /** Rejects with the reason where the database cannot be opened. */
  opened: Promise<StoreThread>;
  /** When the thread has ended and the file is closed. */
  ended: Promise<void>;
}

/** The file is no database, or a broken one. */
export class DamagedStoreError extends StoreUnavailableError {
  override name = "DamagedStoreError";
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** `onLeaving` is called once when an opened thread takes no further request, with the error where there is one. */
export function startStoreThread(
  workerUrl: URL,
  workerData: WorkerData,
  onLeaving: (cause: Error | null) => void,
): StartedThread {
  // No flags of the process: a preload (a shim, a test runner's loader) has no business in this thread.
  const worker = new Worker(workerUrl, { workerData, execArgv: [] });
  const pending = new Map<number, Pending>();
  let lastRequestId = 0;
  let deathCause = "its thread ended";
  let isOpen = false;

  const leave = (cause: Error | null) => {
    if (!isOpen) return;
    isOpen = false;
    onLeaving(cause);
  };

  const thread: StoreThread = {
    ask: <Operation extends StoreOperation>(operation: Operation, args: Parameters<Store[Operation]>) => {
      lastRequestId += 1;
      const requestId = lastRequestId;
      const answer = new Promise<unknown>((resolve, reject) => pending.set(requestId, { resolve, reject }));
      // Operation, arguments and answer belong together by this function's own signature, which a union cannot say.
      worker.postMessage({ requestId, operation, args } as StoreRequest);
      return answer as ReturnType<Store[Operation]>;
    },
  };

  const settle = (requestId: number): Pending | undefined => {
    const settled = pending.get(requestId);
    pending.delete(requestId);
    return settled;
  };

  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const opened = new Promise<StoreThread>((resolve, reject) => {
    worker.on("message", (message: StoreMessage) => {
      switch (message.type) {
        case "opened":
          isOpen = true;
          resolve(thread);
          return;
        case "notOpened":
          reject(errorOf(message.failure));
          return;
        case "result":
          settle(message.requestId)?.resolve(message.value);
          return;
        case "failure": {
          const error = errorOf(message.failure);
          if (message.leaving) leave(error);
          settle(message.requestId)?.reject(error);
          return;
        }
        default:
          message satisfies never;
      }
    });
    worker.on("error", (error) => {
      deathCause = error.message;
    });
    worker.on("exit", () => {
      leave(null);
      const error = new StoreUnavailableError(`The store is not available: ${deathCause}.`);
      reject(error);
      for (const { reject: rejectRequest } of pending.values()) rejectRequest(error);
      pending.clear();
    });
  });
  return { opened, ended };
}

function errorOf(failure: StoreFailure): Error {
  switch (failure.kind) {
    case "unavailable":
      return new StoreUnavailableError(failure.message);
    case "damaged":
      return new DamagedStoreError(failure.message);
    case "tooNew":
      return new StoreTooNewError(failure.message);
    case "input":
      return new StoreInputError(failure.field, failure.message);
    case "bug":
      return new Error(failure.message);
    default:
      return failure satisfies never;
  }
}

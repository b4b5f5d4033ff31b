import type { Store } from "./store.ts";

/** What the worker thread is started with. */
export interface WorkerData {
  file: string;
  suspect: boolean;
}

export type StoreOperation = keyof Store;

/** To the worker. Answered in order, each by one `result` or `failure`. */
export type StoreRequest = {
  [Operation in StoreOperation]: {
    requestId: number;
    operation: Operation;
    args: Parameters<Store[Operation]>;
  };
}[StoreOperation];

/** An error on its way between threads. */
export type StoreFailure =
  | { kind: "unavailable"; message: string }
  /** The file is no database, or a broken one. */
  | { kind: "damaged"; message: string }
  | { kind: "tooNew"; message: string }
  | { kind: "input"; field: string; message: string }
  /** A mistake in the store itself. */
  | { kind: "bug"; message: string };

/** From the worker. `opened` or `notOpened` comes first. */
export type StoreMessage =
  | { type: "opened" }
  | { type: "notOpened"; failure: StoreFailure }
  | { type: "result"; requestId: number; value: unknown }
  /** `leaving`: the thread ends over it and takes no further request. */
  | { type: "failure"; requestId: number; failure: StoreFailure; leaving: boolean };

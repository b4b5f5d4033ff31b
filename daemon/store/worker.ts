/**
 * The store's thread: the one place that holds a connection to the file. Takes one request at a time. After an error of
 * the connection it ends rather than go on: a connection that met a lock or a full disk can stay unusable until closed
 * ("SQL statements in progress"). `workerStore.ts` starts the next. It is the end of the thread that really closes the
 * file: libsql holds it for as long as a prepared statement lives.
 */
import { parentPort, workerData } from "node:worker_threads";
import { isSqliteError } from "./database.ts";
import { failureOf } from "./failure.ts";
import { createLocalStore, type LocalStore } from "./localStore.ts";
import { openFile } from "./openFile.ts";
import type { StoreMessage, StoreRequest, WorkerData } from "./rpc.ts";

const { file, suspect } = workerData as WorkerData;

function send(message: StoreMessage): void {
  parentPort?.postMessage(message);
}

function open(): LocalStore | null {
  try {
    const database = openFile({ file, suspect });
    send({ type: "opened" });
    return createLocalStore(database, file);
  } catch (error) {
    send({ type: "notOpened", failure: failureOf(error, file) });
    return null;
  }
}

function answer(store: LocalStore, request: StoreRequest): void {
  const { requestId } = request;
  try {
    // The union pairs each operation with its own arguments, which TypeScript cannot follow through an index.
    const operation = store[request.operation] as (...args: unknown[]) => unknown;
    send({ type: "result", requestId, value: operation(...request.args) });
    if (request.operation === "close") parentPort?.close();
  } catch (error) {
    const failure = failureOf(error, file);
    const leaving = failure.kind === "unavailable" || failure.kind === "damaged" || isSqliteError(error);
    send({ type: "failure", requestId, failure, leaving });
    if (leaving) leave(store);
  }
}

function leave(store: LocalStore): void {
  try {
    store.close();
  } catch {
    // The end of the thread closes it.
  }
  process.exit(1);
}

const store = open();
if (store !== null) parentPort?.on("message", (request: StoreRequest) => answer(store, request));

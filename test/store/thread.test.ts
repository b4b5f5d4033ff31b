import { readFileSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { StoreUnavailableError } from "../../daemon/store/store.ts";
import { openStore } from "../../daemon/store/workerStore.ts";
import { makeStoredCall } from "../builders.ts";
import { makeFolder, makeStore, over } from "./testStore.ts";

/** A thread that opens, notes its start in the "database", and does with requests what `onRequest` says. */
function fakeWorker(onRequest: string): { file: string; workerUrl: URL; starts(): number } {
  const folder = makeFolder();
  const file = join(folder, "starts");
  writeFileSync(file, "");
  const script = join(folder, "worker.mjs");
  writeFileSync(
    script,
    `import { appendFileSync, readFileSync } from "node:fs";
     import { parentPort, workerData } from "node:worker_threads";
     appendFileSync(workerData.file, "x");
     const starts = readFileSync(workerData.file, "utf8").length;
     const answer = ({ requestId }, value) => parentPort.postMessage({ type: "result", requestId, value });
     parentPort.postMessage({ type: "opened" });
     parentPort.on("message", (request) => {
       ${onRequest}
       if (request.operation === "close") parentPort.close();
     });`,
  );
  return { file, workerUrl: pathToFileURL(script), starts: () => readFileSync(file, "utf8").length };
}

describe("a thread that dies", () => {
  it("rejects all it was asked, and the next requests share one new thread", async () => {
    const worker = fakeWorker(`
      if (starts === 1 && request.operation === "spend") process.exit(1);
      if (starts > 1) answer(request, request.operation);`);
    const store = await openStore(worker);
    onTestFinished(() => store.close());
    const asked = [store.budgets(), store.statistics(), store.spend(over({}))];
    for (const result of await Promise.allSettled(asked)) {
      expect(result).toMatchObject({ status: "rejected", reason: expect.any(StoreUnavailableError) });
    }
    expect(await Promise.all([store.budgets(), store.statistics()])).toEqual(["budgets", "statistics"]);
    expect(worker.starts()).toBe(2);
  });

  it("by an exception says which", async () => {
    const worker = fakeWorker(
      `if (request.operation === "budgets") throw new Error("out of luck"); answer(request);`,
    );
    const store = await openStore(worker);
    onTestFinished(() => store.close());
    await expect(store.budgets()).rejects.toThrow("The store is not available: out of luck.");
  });

  it("does not keep closing from ending", async () => {
    const worker = fakeWorker(`process.exit(1);`);
    const store = await openStore(worker);
    await store.close();
    await expect(store.budgets()).rejects.toThrow(StoreUnavailableError);
    expect(worker.starts()).toBe(1);
  });
});

it("a file that gets damaged while it is open is put aside, and the store goes on", async () => {
  const warnings: string[] = [];
  const store = await makeStore({ onWarning: (warning) => warnings.push(warning) });
  // More than the connection keeps in memory (2 MB).
  for (let batch = 0; batch < 8; batch += 1) {
    await store.putCalls(Array.from({ length: 1_000 }, () => makeStoredCall()));
  }
  await store.close();
  const again = await makeStore({ file: store.file, onWarning: (warning) => warnings.push(warning) });
  const handle = await open(store.file, "r+");
  const { size } = await handle.stat();
  await handle.write(Buffer.alloc(size - 4096, 0xab), 0, undefined, 4096);
  await handle.close();

  await expect(again.calls(over({ limit: 1_000, order: "asc" as const }))).rejects.toThrow(/ is damaged: /);
  expect(await again.putCalls([makeStoredCall()])).toMatchObject([{ outcome: "accepted" }]);
  expect((await again.spend(over({}))).total.calls).toBe(1);
  expect(warnings).toEqual([expect.stringMatching(/put aside as .*\.corrupt-/)]);
});

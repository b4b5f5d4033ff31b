/** Run by killed.test.ts: puts batches into the store named by its argument, prints each id once acknowledged, never ends. */
import { openStore } from "../../daemon/store/workerStore.ts";
import { makeStoredCall } from "../builders.ts";
import { workerUrl } from "./storeWorker.ts";

const file = process.argv[2];
if (file === undefined) throw new Error("a file is needed");
const store = await openStore({ file, workerUrl });

const sources = ["/api/chat", "/api/search", "background_job:digest"];

async function ingest(runner: number): Promise<never> {
  for (let batch = 0; ; batch += 1) {
    const calls = Array.from({ length: 1 + (batch % 40) }, (_, index) =>
      makeStoredCall({
        callId: `${process.pid}-${runner}-${batch}-${index}`,
        source: sources[(batch + index) % sources.length] ?? null,
        status: index % 5 === 0 ? "pending" : "ok",
        durationMs: index * 100,
      }),
    );
    const finals = calls
      .filter(({ status }) => status === "pending")
      .map((call) => ({ ...call, status: "ok" as const }));
    await store.putCalls(calls);
    await store.putCalls(finals);
    process.stdout.write(`${calls.map(({ callId }) => callId).join("\n")}\n`);
  }
}

await Promise.all([ingest(1), ingest(2)]);

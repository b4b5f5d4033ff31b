import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Resolved, Store } from "../../daemon/store/store.ts";
import { openStore } from "../../daemon/store/workerStore.ts";
import type { Range } from "../../shared/range.ts";
import { workerUrl } from "./storeWorker.ts";

/** A folder that goes with the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "taximeter-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store in a real file, through its real thread, closed with the test. */
export async function makeStore(
  over: { file?: string; onWarning?: (warning: string) => void } = {},
): Promise<Store & { file: string }> {
  const file = over.file ?? join(makeFolder(), "taximeter.db");
  const store = await openStore({ file, workerUrl, ...over });
  onTestFinished(() => store.close());
  return { ...store, file };
}

/** A query over a range of instants, ISO 8601, by default over everything. */
export function over<Query extends object>(
  query: Query,
  from = "1970-01-01T00:00:00.000Z",
  to = "2100-01-01T00:00:00.000Z",
): Resolved<Query & Range> {
  return {
    ...query,
    range: { fromMs: Date.parse(from), toMs: Date.parse(to) },
    resolved: { from, to, timeZone: "UTC" },
  };
}

/**
 * How fast calls are taken in, and how fast spend is read. What `putCalls` does (looking for what is known already,
 * interning, rollups, a thread away) is set against bare inserts of the same rows into the same table with the same
 * indexes, once by `json_each` and once by a prepared statement. Prints JSON lines.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect, type Database, type SqlValue } from "../../daemon/store/database.ts";
import { migrations } from "../../daemon/store/migrations.ts";
import { openFile } from "../../daemon/store/openFile.ts";
import type { Resolved, Store, StoredCall } from "../../daemon/store/store.ts";
import { openStore } from "../../daemon/store/workerStore.ts";
import type { Discovery } from "../../shared/protocol.ts";
import type { SpendQuery } from "../../shared/spend.ts";
import { makeReport, makeStoredCall } from "../../test/builders.ts";
import { printFigure, quantile } from "./measure.ts";

const BATCH = 1_000;
const ROUNDS = 15;
const WARM_UP_ROUNDS = 3;
/** A daemon of a few seconds is still being compiled. */
const HTTP_WARM_UP_ROUNDS = 15;
const HISTORY_CALLS = 1_000_000;
const HISTORY_DAYS = 30;
const RARE_EVERY = 20_000;
const DAY_MS = 24 * 3_600_000;

const workerUrl = new URL("../../daemon/store/worker.ts", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "taximeter-bench-"));

/** As a small app makes them: eight sources, two models, a response id of its own each. */
function makeCall(number: number, startedAtMs: number): StoredCall {
  return makeStoredCall({
    startedAt: new Date(startedAtMs).toISOString(),
    source: `/api/route-${number % 8}`,
    feature: number % RARE_EVERY === 0 ? "rare" : null,
    requestModel: number % 3 === 0 ? "gpt-4o" : "gpt-4o-mini",
    responseId: `chatcmpl-${number.toString(36).padStart(29, "0")}`,
    endpoint: { host: "api.openai.com", path: "/v1/chat/completions", method: "POST" },
    rawUsage: { usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } },
    usage: { inputTokens: 1000, outputTokens: 100, cacheReadInputTokens: 0, reasoningOutputTokens: 0 },
    costNanoUsd: 150_000 + (number % 100),
    durationMs: 300 + (number % 2_000),
    runId: `run-${number >> 12}`,
  });
}

function makeBatch(round: number): StoredCall[] {
  const start = Date.now() + round * BATCH;
  return Array.from({ length: BATCH }, (_, index) => makeCall(round * BATCH + index, start + index));
}

async function timed(work: () => Promise<unknown> | unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

interface Columns {
  names: string[];
  rows: SqlValue[][];
}

/** The rows that `putCalls` makes of these calls, read back from a store in memory. */
function rowsOf(store: { database: Database; put(calls: StoredCall[]): void }, calls: StoredCall[]): Columns {
  store.database.exec("DELETE FROM calls; DELETE FROM call_labels; DELETE FROM rollups");
  store.put(calls);
  const rows = store.database.all<Record<string, SqlValue>>("SELECT * FROM calls ORDER BY id");
  const names = Object.keys(rows[0] ?? {}).filter((name) => name !== "id");
  return { names, rows: rows.map((row) => names.map((name) => row[name] ?? null)) };
}

/** Resolves with the median milliseconds of a batch of bare `json_each` inserts, for others to be measured against. */
async function benchStore(): Promise<number> {
  const { createLocalStore } = await import("../../daemon/store/localStore.ts");
  const memory = connect(":memory:", 0);
  for (const migration of migrations) migration.apply(memory);
  const local = createLocalStore(memory, ":memory:");
  const converter = { database: memory, put: (calls: StoredCall[]) => local.putCalls(calls) };

  const byJson = openFile({ file: join(folder, "json.db"), suspect: false });
  const byPrepared = openFile({ file: join(folder, "prepared.db"), suspect: false });
  const store = await openStore({ file: join(folder, "store.db"), workerUrl });

  // Rows of calls refer to dimensions: these are there before the clock starts, as they are in a store in use.
  rowsOf(converter, makeBatch(0));
  const dimensions = memory.all<Record<string, SqlValue>>("SELECT * FROM dimensions");
  for (const database of [byJson, byPrepared]) {
    for (const row of dimensions) {
      const names = Object.keys(row);
      database.run(
        `INSERT INTO dimensions (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
        Object.values(row),
      );
    }
  }

  const times: Record<"json" | "prepared" | "store", number[]> = { json: [], prepared: [], store: [] };
  for (let round = 0; round < ROUNDS + WARM_UP_ROUNDS; round += 1) {
    const calls = makeBatch(round);
    const { names, rows } = rowsOf(converter, calls);
    const columns = names.join(", ");
    const json = JSON.stringify(rows);
    const jsonInsert = `INSERT INTO calls (${columns}) SELECT ${names.map((_, index) => `value ->> ${index}`).join(", ")} FROM json_each(?)`;
    const preparedInsert = `INSERT INTO calls (${columns}) VALUES (${names.map(() => "?").join(", ")})`;
    const inJson = await timed(() => byJson.transaction(() => byJson.run(jsonInsert, [json])));
    const inPrepared = await timed(() =>
      byPrepared.transaction(() => {
        for (const row of rows) byPrepared.run(preparedInsert, row);
      }),
    );
    const inStore = await timed(() => store.putCalls(calls));
    if (round < WARM_UP_ROUNDS) continue;
    times.json.push(inJson);
    times.prepared.push(inPrepared);
    times.store.push(inStore);
  }
  byJson.close();
  byPrepared.close();
  await store.close();

  const median = {
    json: quantile(times.json, 0.5),
    prepared: quantile(times.prepared, 0.5),
    store: quantile(times.store, 0.5),
  };
  const perSecond = (ms: number) => Math.round((BATCH / ms) * 1000);
  printFigure("bare json_each inserts into calls", perSecond(median.json), "rows/s");
  printFigure("bare prepared inserts into calls", perSecond(median.prepared), "rows/s");
  printFigure("putCalls through the thread, batches of 1,000", perSecond(median.store), "calls/s");
  printFigure("putCalls against bare json_each inserts", median.json / median.store, "×");
  printFigure("putCalls against bare prepared inserts", median.prepared / median.store, "×");
  return median.json;
}

async function benchReading(): Promise<void> {
  const file = join(folder, "history.db");
  const store = await openStore({ file, workerUrl });
  const end = Date.now();
  const stepMs = (HISTORY_DAYS * DAY_MS) / HISTORY_CALLS;
  const inMs = await timed(async () => {
    for (let first = 0; first < HISTORY_CALLS; first += BATCH) {
      const start = end - HISTORY_DAYS * DAY_MS + first * stepMs;
      const calls = Array.from({ length: BATCH }, (_, index) =>
        makeCall(first + index, start + index * stepMs),
      );
      await store.putCalls(calls);
    }
  });
  printFigure(
    "putCalls, a million calls into a growing store",
    Math.round((HISTORY_CALLS / inMs) * 1000),
    "calls/s",
  );
  const { bytes } = await store.statistics();
  printFigure("database file, per call", Math.round(bytes / HISTORY_CALLS), "bytes");

  const read = async (name: string, days: number, query: SpendQuery, expected: number) => {
    const times: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      times.push(await timed(() => spendOver(store, end - days * DAY_MS, end, query, expected)));
    }
    printFigure(name, quantile(times, 0.5), "ms");
  };
  await read("spend by source over 30 days of a million calls", HISTORY_DAYS, { groupBy: ["source"] }, 8);
  await read("spend by source over one day of a million calls", 1, { groupBy: ["source"] }, 8);
  const times: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    times.push(await timed(() => rareCallsOver(store, end - HISTORY_DAYS * DAY_MS, end)));
  }
  printFigure("the 50 calls of a feature among a million calls", quantile(times, 0.5), "ms");
  await store.close();
}

async function rareCallsOver(store: Store, fromMs: number, toMs: number): Promise<void> {
  const { calls } = await store.calls({ ...over(fromMs, toMs), filters: { feature: ["rare"] } });
  const expected = HISTORY_CALLS / RARE_EVERY;
  if (calls.length !== expected) throw new Error(`${calls.length} calls in place of ${expected}`);
}

function over(fromMs: number, toMs: number): Pick<Resolved<SpendQuery>, "range" | "resolved"> {
  return {
    range: { fromMs, toMs },
    resolved: { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), timeZone: "UTC" },
  };
}

async function spendOver(
  store: Store,
  fromMs: number,
  toMs: number,
  query: SpendQuery,
  expectedRows: number,
): Promise<void> {
  const { rows } = await store.spend({ ...query, ...over(fromMs, toMs) });
  if (rows.length !== expectedRows) throw new Error(`${rows.length} rows in place of ${expectedRows}`);
}

/** Events per second over HTTP, into the built daemon in a folder of its own. */
async function benchHttp(bareInsertMs: number): Promise<void> {
  const daemonFile = fileURLToPath(new URL("../../dist/daemon.mjs", import.meta.url));
  if (!existsSync(daemonFile)) {
    process.stderr.write("dist/daemon.mjs is not built: nothing measured over HTTP\n");
    return;
  }
  const home = join(folder, "home");
  const child = spawn(process.execPath, [daemonFile], {
    stdio: "ignore",
    env: { ...process.env, TAXIMETER_HOME: home, TAXIMETER: "off", NODE_OPTIONS: "" },
  });
  try {
    const { port, token } = await discovery(join(home, "daemon.json"));
    const post = async (path: string, body: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body,
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.json();
    };
    const times: number[] = [];
    for (let round = 0; round < ROUNDS + HTTP_WARM_UP_ROUNDS; round += 1) {
      const reports = Array.from({ length: BATCH }, (_, index) =>
        makeReport({ source: `/api/route-${index % 8}` }),
      );
      // Writing them down is the reporter's work.
      const body = JSON.stringify(reports);
      const ms = await timed(() => post("/v1/calls", body));
      if (round >= HTTP_WARM_UP_ROUNDS) times.push(ms);
    }
    const median = quantile(times, 0.5);
    const events = "events over HTTP, batches of 1,000, one after another";
    printFigure(events, Math.round((BATCH / median) * 1000), "events/s");
    printFigure("events over HTTP against bare json_each inserts", bareInsertMs / median, "×");
    await post("/v1/shutdown", JSON.stringify({ reason: "bench" }));
  } finally {
    child.kill();
  }
}

async function discovery(file: string): Promise<Discovery> {
  for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 50) {
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Discovery;
    await sleep(50);
  }
  throw new Error("the daemon did not start");
}

try {
  await benchHttp(await benchStore());
  await benchReading();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type BudgetKeeper, createBudgetKeeper } from "../../daemon/budgets/budgetKeeper.ts";
import { createCallSites } from "../../daemon/callSites/callSites.ts";
import { createSourceMaps } from "../../daemon/callSites/sourceMaps.ts";
import { createApp } from "../../daemon/http/app.ts";
import { createBrowserSessions } from "../../daemon/http/browserSessions.ts";
import { readSeries } from "../../daemon/http/readSeries.ts";
import { resolveQueryRange } from "../../daemon/http/resolveQueryRange.ts";
import { createIngest } from "../../daemon/ingest/ingest.ts";
import { createRuns } from "../../daemon/lifecycle/runs.ts";
import { daemonStatus } from "../../daemon/lifecycle/status.ts";
import { createLiveHub } from "../../daemon/live/hub.ts";
import { createSpanIntake } from "../../daemon/otlp/spanIntake.ts";
import { createSpanRows } from "../../daemon/otlp/spanRows.ts";
import { openPriceBook, type PriceBook } from "../../daemon/pricing/priceBook.ts";
import type { Pricer } from "../../daemon/pricing/pricer.ts";
import { createBreakerKeeper } from "../../daemon/protection/breakerKeeper.ts";
import { createCircuitKeeper } from "../../daemon/protection/circuitKeeper.ts";
import { createReprice } from "../../daemon/repricing/reprice.ts";
import { budgetPeriodBounds } from "../../daemon/time/range.ts";
import { interpret } from "../../daemon/usage/interpret.ts";
import { noBreakers } from "../../shared/protection.ts";
import type { Range } from "../../shared/range.ts";
import { makeFolder, makeStore } from "../store/testStore.ts";

export const TOKEN = "0123456789abcdef".repeat(4);
export const NONCE = "ab".repeat(16);
export const PORT = 45_678;
export const HOST = `127.0.0.1:${PORT}`;

/** A dollar for each call of a model that has a price: `priceless` has none. */
const dollarPricer: Pricer = {
  price: ({ requestModel }) =>
    requestModel === "priceless"
      ? { costNanoUsd: null, costStatus: "unpriced", priceKey: null, priceVersion: null }
      : { costNanoUsd: 1_000_000_000, costStatus: "computed", priceKey: "test:dollar", priceVersion: "test" },
  catalogue: () => ({
    version: "test",
    date: "2026-11-01",
    ageDays: 0,
    stale: false,
    staleAfterDays: 90,
    origin: "built in",
  }),
  warnings: () => [],
  reload: () => {},
};

export interface TestAppOptions {
  /** Milliseconds since the epoch; the real clock by default. */
  nowMs?: () => number;
  timeZone?: string;
  /** The real prices instead of a dollar a call. */
  realPrices?: boolean;
  /** See `createSpanIntake`. */
  settleAfterMs?: number;
}

/** The daemon without its process: the real API over a real store, a dollar a call. */
export async function makeApp(options: TestAppOptions = {}) {
  const { nowMs = Date.now, timeZone = "UTC", realPrices = false, settleAfterMs } = options;
  const store = await makeStore();
  const home = makeFolder();
  const logged: string[] = [];
  const log = (line: string) => void logged.push(line);
  let recording = true;
  let stopped: string | null = null;
  let touched = 0;
  const runs = createRuns({ nowMs, isAlive: () => true });
  let book: Promise<PriceBook> | null = null;
  const prices = () => {
    book ??= openPriceBook({
      pricesFile: join(home, "prices.json"),
      catalogueFile: join(home, "price-catalogue.json"),
      now: nowMs,
    });
    return book;
  };
  const pricer = async () => (realPrices ? (await prices()).pricer : dollarPricer);
  const resolve = (range: Range) => resolveQueryRange(range, nowMs(), timeZone);
  const live = createLiveHub({
    store,
    resolve,
    budgets: () => budgets.states(),
    status: () => status(),
    log,
  });
  const budgets: BudgetKeeper = createBudgetKeeper({
    store,
    resolve,
    periodNow(period) {
      const { fromMs, toMs } = budgetPeriodBounds(period, nowMs(), timeZone);
      return { start: new Date(fromMs).toISOString(), end: new Date(toMs).toISOString() };
    },
    onChanged: live.budgetsChanged,
    log,
  });
  const spanRows = createSpanRows();
  const ingest = createIngest({
    callSites: createCallSites(createSourceMaps(() => Date.now())),
    store,
    interpret,
    recognise: spanRows.recognise,
    pricer,
    developer: "dev",
    isRecording: () => recording,
    onCommitted(calls) {
      live.callsCommitted(calls);
      budgets.callsCommitted(calls);
      if (calls !== null && breakers.anyOn()) circuits.callsCommitted(calls);
    },
    nowMs,
  });
  const spans = createSpanIntake({
    ingest,
    store,
    rows: spanRows,
    nowMs,
    log,
    ...(settleAfterMs === undefined ? {} : { settleAfterMs }),
  });
  const reprice = createReprice({
    store,
    pricer,
    onCommitted() {
      live.callsCommitted(null);
      budgets.callsCommitted(null);
    },
    monotonicMs: () => performance.now(),
  });
  const circuits = createCircuitKeeper(nowMs);
  const breakers = createBreakerKeeper({
    initial: noBreakers,
    keep: async () => {},
    circuits,
    onChanged: () => live.statusChanged(),
  });
  const fixed = {
    version: "1.0.0",
    home: "/home/dev/.taximeter",
    startedAt: "2026-11-21T00:00:00.000Z",
    developer: "dev",
    timeZone,
  };
  const status = () =>
    daemonStatus({
      fixed,
      port: () => PORT,
      store,
      ingest,
      spool: { rejectedFiles: () => 0 },
      runs,
      pricer,
      liveClients: live.clients,
      isRecording: () => recording,
      openCircuits: circuits.open,
      storeWarnings: [],
    });
  const app = createApp({
    identity: { token: TOKEN, nonce: NONCE, version: "1.0.0" },
    port: () => PORT,
    store,
    ingest,
    spans,
    breakers,
    budgets,
    prices,
    reprice,
    live,
    sessions: createBrowserSessions(nowMs, () => PORT),
    dashboard: { read: async (name) => ({ type: "text/plain", content: new TextEncoder().encode(name) }) },
    resolve,
    series: (query) => readSeries(query, { store, resolve }),
    status,
    async setRecording(next) {
      recording = next;
      live.statusChanged();
    },
    heardOf: (word) => void runs.heardOf(word),
    shutdown(reason) {
      stopped = reason;
    },
    touch() {
      touched += 1;
    },
    log,
  });
  onTestFinished(() => {
    live.close();
    budgets.close();
  });

  /** A request with the token from our own host, unless its headers say otherwise; `null` leaves one out. */
  async function send(method: string, path: string, options: SendOptions = {}): Promise<Response> {
    const { body, type = body === undefined ? null : "application/json", headers = {} } = options;
    const all = new Headers();
    const given = { host: HOST, authorization: `Bearer ${TOKEN}`, "content-type": type, ...headers };
    for (const [name, value] of Object.entries(given)) if (value !== null) all.append(name, value);
    const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
    return await app.request(`http://${HOST}${path}`, {
      method,
      headers: all,
      ...(text === undefined ? {} : { body: text }),
    });
  }

  /** The answer's JSON, which must be of this status. */
  async function json(method: string, path: string, options: SendOptions & { status?: number } = {}) {
    const response = await send(method, path, options);
    const answer = await response.text();
    if (response.status !== (options.status ?? 200)) throw new Error(`${response.status}: ${answer}`);
    return JSON.parse(answer);
  }

  return {
    app,
    home,
    send,
    json,
    store,
    prices,
    budgets,
    live,
    logged,
    stopped: () => stopped,
    touched: () => touched,
  };
}

export interface SendOptions {
  body?: unknown;
  type?: string | null;
  headers?: Record<string, string | null>;
}

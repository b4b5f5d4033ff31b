import { onTestFinished } from "vitest";
import { homeAt } from "../../daemon/lifecycle/home.ts";
import type { Pricer } from "../../daemon/pricing/pricer.ts";
import { createService } from "../../daemon/service.ts";
import type { Timers } from "../../daemon/team/pushTimer.ts";
import type { TokenKeeper } from "../../daemon/team/tokenKeeper.ts";
import { noBreakers } from "../../shared/protection.ts";
import { makeFolder, makeStore } from "../store/testStore.ts";

export const TOKEN = "0123456789abcdef".repeat(4);
export const NONCE = "ab".repeat(16);
export const PORT = 45_678;
export const HOST = `127.0.0.1:${PORT}`;

/** Timers of the system's. */
export const realTimers: Timers = {
  set(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Tokens that nobody keeps. */
export function memoryTokens(): TokenKeeper {
  return { keep: async () => "memory", find: async () => null, forget: async () => {} };
}

/** A dollar for each call of a model that has a price: `priceless` has none, and `broken` is a mistake of the pricer's. */
const dollarPricer: Pricer = {
  price({ requestModel }) {
    if (requestModel === "broken") throw new TypeError("no such price");
    return requestModel === "priceless"
      ? { costNanoUsd: null, costStatus: "unpriced", priceKey: null, priceVersion: null }
      : { costNanoUsd: 1_000_000_000, costStatus: "computed", priceKey: "test:dollar", priceVersion: "test" };
  },
  explain: () => [],
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
  developer?: string;
  /** The real prices instead of a dollar a call. */
  realPrices?: boolean;
  /** See `createSpanIntake`. */
  settleAfterMs?: number;
}

/** The daemon without its process: the real API over a real store, a dollar a call. */
export async function makeApp(options: TestAppOptions = {}) {
  const {
    nowMs = Date.now,
    timeZone = "UTC",
    developer = "dev",
    realPrices = false,
    settleAfterMs,
  } = options;
  const store = await makeStore();
  const home = homeAt(makeFolder());
  const logged: string[] = [];
  let stopped: string | null = null;
  let touched = 0;
  const { app, budgets, live, prices, hangUp, close } = createService({
    home,
    store,
    identity: { token: TOKEN, nonce: NONCE, version: "1.0.0" },
    config: { developer: null, recording: true, breakers: noBreakers },
    configFile: { setRecording: async () => {}, setBreakers: async () => {} },
    developer,
    timeZone,
    dashboard: {
      read: async (name) => ({
        type: "text/plain",
        content: new TextEncoder().encode(name),
        version: `version-of-${name}`,
      }),
    },
    storeWarnings: [],
    port: () => PORT,
    nowMs,
    isProcessAlive: () => true,
    teamUrl: null,
    teamTokens: memoryTokens(),
    timers: realTimers,
    touch() {
      touched += 1;
    },
    shutdown(reason) {
      stopped = reason;
    },
    log: (line) => void logged.push(line),
    ...(realPrices ? {} : { pricer: async () => dollarPricer }),
    ...(settleAfterMs === undefined ? {} : { settleAfterMs }),
  });
  onTestFinished(async () => {
    hangUp();
    await close();
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
    home: home.directory,
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

import { initialMeterState, type MeterState } from "../../extension/daemon/meterState.ts";
import type { Language } from "../../extension/language.ts";
import type { BudgetState } from "../../shared/budgets.ts";
import type { Call } from "../../shared/call.ts";
import type { DaemonStatus } from "../../shared/daemonStatus.ts";
import type { LiveEvents, LiveSpend } from "../../shared/live.ts";
import type { SpendRow, SpendTotals } from "../../shared/spend.ts";
import { makeCall as makeAnyCall } from "../builders.ts";

/** English as VS Code would say it: placeholders filled in. */
export const english: Language = {
  locale: "en",
  l10n: {
    t: (message, ...values) => message.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)])),
  },
};

export function makeTotals(over: Partial<SpendTotals> = {}): SpendTotals {
  return {
    calls: 2,
    errors: 0,
    aborted: 0,
    retries: 0,
    inputTokens: 2000,
    outputTokens: 200,
    cacheReadInputTokens: 0,
    cacheCreationInputTokens: 0,
    reasoningOutputTokens: 0,
    costUsd: "0.42",
    retryCostUsd: "0",
    unpricedCalls: 0,
    incompleteCalls: 0,
    estimatedCalls: 0,
    durationP50Ms: 800,
    durationP95Ms: 1200,
    ...over,
  };
}

export function makeRow(key: string | null, over: Partial<SpendTotals> = {}): SpendRow {
  return { ...makeTotals(over), key, keys: [key] };
}

export function makeSpend(over: Partial<LiveSpend> = {}): LiveSpend {
  return {
    from: "2026-11-21T00:00:00.000Z",
    to: "2026-11-22T00:00:00.000Z",
    timeZone: "UTC",
    total: makeTotals(),
    topSources: [],
    ...over,
  };
}

export function makeBudget(over: Partial<BudgetState> = {}): BudgetState {
  return {
    id: "day",
    period: "day",
    scope: null,
    limitUsd: "5",
    thresholds: [50, 80, 100],
    periodStart: "2026-11-21T00:00:00.000Z",
    periodEnd: "2026-11-22T00:00:00.000Z",
    spentUsd: "0.42",
    percent: 8.4,
    reached: null,
    blindCalls: 0,
    projectedUsd: null,
    ...over,
  };
}

export function makeStatus(over: Partial<DaemonStatus> = {}): DaemonStatus {
  return {
    version: "0.1.0",
    protocol: 1,
    pid: 4242,
    port: 50000,
    home: "/home/dev/.local/state/taximeter",
    startedAt: "2026-11-21T08:00:00.000Z",
    developer: "dev",
    timeZone: "UTC",
    recording: true,
    storedCalls: 2,
    storeBytes: 4096,
    ingested: { accepted: 2, duplicate: 0, updated: 0, ignored: 0, rejected: 0 },
    activeRuns: 1,
    liveClients: 1,
    droppedCalls: 0,
    priceCatalogue: { version: "1", date: "2026-11-20", stale: false },
    warnings: [],
    ...over,
  };
}

/** A call at an hour that tests can name. */
export function makeCall(over: Partial<Call> = {}): Call {
  return makeAnyCall({ startedAt: "2026-11-21T14:02:11.000Z", ...over });
}

export function makeSnapshot(over: Partial<LiveEvents["snapshot"]> = {}): LiveEvents["snapshot"] {
  return { spend: makeSpend(), budgets: [], status: makeStatus(), recentCalls: [], ...over };
}

/** A window that is connected and has seen two calls. */
export function makeState(over: Partial<MeterState> = {}): MeterState {
  return {
    ...initialMeterState,
    connection: "live",
    spend: makeSpend(),
    status: makeStatus(),
    ...over,
  };
}

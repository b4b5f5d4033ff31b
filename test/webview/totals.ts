import type { SpendRow, SpendTotals } from "../../shared/spend.ts";

/** Sums of ten plain calls. */
export function makeTotals(over: Partial<SpendTotals> = {}): SpendTotals {
  return {
    calls: 10,
    errors: 0,
    aborted: 0,
    retries: 0,
    inputTokens: 10_000,
    outputTokens: 1_000,
    cacheReadInputTokens: 0,
    cacheCreationInputTokens: 0,
    reasoningOutputTokens: 0,
    costUsd: "1.5",
    retryCostUsd: "0",
    unpricedCalls: 0,
    incompleteCalls: 0,
    estimatedCalls: 0,
    durationP50Ms: 800,
    durationP95Ms: 2_400,
    ...over,
  };
}

export function makeRow(key: string | null, over: Partial<SpendRow> = {}): SpendRow {
  return { ...makeTotals(), key, keys: [key], ...over };
}

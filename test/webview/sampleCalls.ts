import type { Call, CostStatus, SourceKind } from "../../shared/call.ts";
import { nanoUsdToDecimal } from "../../shared/money.ts";
import { makeCall as makeAnyCall } from "../builders.ts";

export const SHOP = "/home/dev/shop-api";
const ADMIN = "/home/dev/admin";

interface Habit {
  source: string | null;
  sourceKind: SourceKind | null;
  feature: string | null;
  provider: string;
  model: string;
  operation: Call["operation"];
  perHour: number;
  inputTokens: number;
  outputTokens: number;
  /** Nano-dollars per token in and out; `null` is a model without a price. */
  price: [number, number] | null;
  durationMs: number;
  errorRatio: number;
  workspace: string;
  callSite: Call["callSite"];
}

const chat = {
  source: "/api/chat",
  sourceKind: "route",
  feature: "support-chat",
  operation: "chat",
} as const;

const habits: Habit[] = [
  {
    ...chat,
    provider: "anthropic",
    model: "claude-sonnet-4-5",
    perHour: 9,
    inputTokens: 2_900,
    outputTokens: 380,
    price: [1_500, 15_000],
    durationMs: 2_100,
    errorRatio: 0.004,
    workspace: SHOP,
    callSite: { file: "src/chat/answer.ts", line: 42, function: "answer" },
  },
  {
    ...chat,
    provider: "openai",
    model: "gpt-5-mini",
    perHour: 16,
    inputTokens: 1_800,
    outputTokens: 260,
    price: [250, 2_000],
    durationMs: 1_300,
    errorRatio: 0.003,
    workspace: SHOP,
    callSite: { file: "src/chat/classify.ts", line: 17, function: "classify" },
  },
  {
    source: "background_job:ENRICH_LEAD",
    sourceKind: "job",
    feature: "leads",
    provider: "openai",
    model: "gpt-5-mini",
    operation: "chat",
    perHour: 6,
    inputTokens: 9_200,
    outputTokens: 900,
    price: [250, 2_000],
    durationMs: 4_900,
    errorRatio: 0.021,
    workspace: SHOP,
    callSite: { file: "src/jobs/enrichLead.ts", line: 88, function: null },
  },
  {
    source: "/api/search",
    sourceKind: "route",
    feature: "search",
    provider: "openai",
    model: "text-embedding-3-small",
    operation: "embeddings",
    perHour: 22,
    inputTokens: 900,
    outputTokens: 0,
    price: [20, 0],
    durationMs: 300,
    errorRatio: 0,
    workspace: SHOP,
    callSite: { file: "src/search/embed.ts", line: 9, function: "embed" },
  },
  {
    source: "action:draft.send",
    sourceKind: "action",
    feature: "drafts",
    provider: "google",
    model: "gemini-2.5-flash",
    operation: "chat",
    perHour: 4,
    inputTokens: 2_100,
    outputTokens: 520,
    price: [300, 2_500],
    durationMs: 1_900,
    errorRatio: 0,
    workspace: SHOP,
    callSite: { file: "src/drafts/send.ts", line: 131, function: "sendDraft" },
  },
  {
    source: "/api/reports/:id/summary",
    sourceKind: "route",
    feature: "reports",
    provider: "anthropic",
    model: "claude-haiku-4-5",
    operation: "chat",
    perHour: 2,
    inputTokens: 6_400,
    outputTokens: 700,
    price: [1_000, 5_000],
    durationMs: 3_100,
    errorRatio: 0,
    workspace: ADMIN,
    callSite: { file: "app/reports/summary.ts", line: 55, function: "summary" },
  },
  {
    source: "test:pricing.test.ts > quotes a rush order",
    sourceKind: "test",
    feature: null,
    provider: "openai",
    model: "gpt-5-mini",
    operation: "chat",
    perHour: 1.2,
    inputTokens: 700,
    outputTokens: 160,
    price: [250, 2_000],
    durationMs: 900,
    errorRatio: 0,
    workspace: SHOP,
    callSite: null,
  },
  {
    source: "/api/chat",
    sourceKind: "route",
    feature: "support-chat",
    provider: "together",
    model: "acme-ultra-2",
    operation: "chat",
    perHour: 1.4,
    inputTokens: 1_500,
    outputTokens: 300,
    price: null,
    durationMs: 1_500,
    errorRatio: 0,
    workspace: SHOP,
    callSite: null,
  },
  {
    source: null,
    sourceKind: null,
    feature: null,
    provider: "ollama",
    model: "llama3.2:3b",
    operation: "chat",
    perHour: 1,
    inputTokens: 1_000,
    outputTokens: 250,
    price: [0, 0],
    durationMs: 2_800,
    errorRatio: 0,
    workspace: ADMIN,
    callSite: null,
  },
];

/** How busy an hour of the developer's day is. */
const rhythm = [
  0, 0, 0, 0, 0, 0, 0.1, 0.3, 0.7, 1.1, 1.3, 1, 0.7, 1.1, 1.4, 1.7, 1.2, 1, 0.7, 0.4, 0.2, 0, 0, 0,
];
const HOUR_MS = 3_600_000;

/** Numbers between 0 and 1, the same ones each time. */
function drawer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Some weeks of a developer's calls until `nowMs`, oldest first, by the clock of a zone `offsetMs` ahead of UTC. */
export function sampleCalls(nowMs: number, offsetMs: number, days: number): Call[] {
  const draw = drawer(7);
  const calls: Call[] = [];
  const midnight = Math.floor((nowMs + offsetMs) / (24 * HOUR_MS)) * 24 * HOUR_MS - offsetMs;
  for (let hourStart = midnight - (days - 1) * 24 * HOUR_MS; hourStart < nowMs; hourStart += HOUR_MS) {
    const busy = rhythm[Math.floor(((hourStart + offsetMs) / HOUR_MS) % 24)] ?? 0;
    for (const habit of habits) {
      const count = Math.floor(habit.perHour * 0.5 * busy * (0.5 + draw()) + draw());
      for (let index = 0; busy > 0 && index < count; index += 1) {
        const startedAt = hourStart + Math.floor(draw() * HOUR_MS);
        if (startedAt < nowMs) calls.push(callOf(habit, startedAt, draw));
      }
    }
  }
  return calls
    .toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))
    .map((call, index) => ({
      ...call,
      callId: `0190f000-0000-7000-8000-${String(index).padStart(12, "0")}`,
    }));
}

function callOf(habit: Habit, startedAt: number, draw: () => number): Call {
  const failed = draw() < habit.errorRatio;
  const size = 0.4 + draw() * 1.2;
  const inputTokens = Math.round(habit.inputTokens * size);
  const outputTokens = Math.round(habit.outputTokens * size);
  const cached =
    habit.operation === "chat" && habit.price !== null ? Math.round(inputTokens * draw() * 0.9) : undefined;
  const nanoUsd = habit.price === null ? null : inputTokens * habit.price[0] + outputTokens * habit.price[1];
  const free = habit.provider === "ollama";
  const costStatus: CostStatus = free ? "free" : nanoUsd === null ? "unpriced" : "computed";
  return makeCall({
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Math.round(habit.durationMs * (0.5 + draw() * 1.4)),
    timeToFirstTokenMs: habit.operation === "chat" ? Math.round(200 + draw() * 400) : null,
    status: failed ? "error" : "ok",
    httpStatus: failed ? 429 : 200,
    errorType: failed ? "rate_limit_exceeded" : null,
    provider: habit.provider,
    operation: habit.operation,
    requestModel: habit.model,
    responseModel: failed ? null : habit.model,
    stream: habit.operation === "chat",
    usage: failed
      ? {}
      : {
          inputTokens,
          ...(habit.operation === "chat" ? { outputTokens } : {}),
          ...(cached === undefined ? {} : { cacheReadInputTokens: cached }),
          ...(habit.provider === "openai" && habit.operation === "chat"
            ? { reasoningOutputTokens: Math.round(outputTokens * 0.3) }
            : {}),
        },
    costUsd: failed ? "0" : nanoUsd === null ? null : nanoUsdToDecimal(nanoUsd),
    costStatus: failed ? "computed" : costStatus,
    priceKey: habit.price === null || free ? null : `${habit.provider}:${habit.model}`,
    source: habit.source,
    sourceKind: habit.sourceKind,
    feature: habit.feature,
    workspace: habit.workspace,
    callSite: habit.callSite,
  });
}

let made = 0;

/** A call as the API gives it, of the sample's own shop. */
export function makeCall(over: Partial<Call> = {}): Call {
  made += 1;
  return makeAnyCall({
    callId: `0190ffff-0000-7000-8000-${String(made).padStart(12, "0")}`,
    startedAt: "2026-11-20T10:00:00.000Z",
    requestModel: "gpt-5-mini",
    responseModel: "gpt-5-mini",
    costUsd: "0.00045",
    priceKey: "openai:gpt-5-mini",
    priceVersion: "2026-11-14",
    workspace: SHOP,
    ...over,
  });
}

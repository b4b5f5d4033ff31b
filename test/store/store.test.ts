import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { StoreInputError, StoreUnavailableError } from "../../daemon/store/store.ts";
import type { Budget } from "../../shared/budgets.ts";
import { makeStoredCall } from "../builders.ts";
import { makeFolder, makeStore, over } from "./testStore.ts";

describe("putCalls", () => {
  it("stores every field of a call and gives it back", async () => {
    const store = await makeStore();
    const call = makeStoredCall({
      operationId: "op-1",
      attempt: 2,
      startedAt: "2026-11-20T10:00:00.123Z",
      durationMs: 812.5,
      timeToFirstTokenMs: 90.25,
      status: "error",
      httpStatus: 429,
      errorType: "rate_limit_exceeded",
      serviceTier: "flex",
      responseId: "chatcmpl-aaaaaaaaaaaaaaaa",
      stream: true,
      usage: {
        inputTokens: 1,
        outputTokens: 2,
        cacheReadInputTokens: 3,
        cacheCreationInputTokens: 4,
        cacheCreation1hInputTokens: 5,
        reasoningOutputTokens: 6,
        inputAudioTokens: 7,
        outputAudioTokens: 8,
        inputImageTokens: 9,
        outputImageTokens: 10,
        webSearches: 11,
        requests: 12,
        credits: 13.5,
        characters: 14,
        seconds: 15.25,
        images: 16,
        pages: 17,
      },
      source: "test:a.test.ts > works",
      sourceKind: "test",
      feature: "chat",
      conversationId: "conversation-1",
      messageId: "message-1",
      attributes: { lead: "42", "quoted \"name'": "; DROP TABLE calls" },
      callSite: { file: "src/a:b.ts", line: 12, function: "answer" },
      gitCommit: "abc123",
      requestFingerprint: "f00",
      endpoint: { host: "api.openai.com", path: "/v1/chat/completions", method: "POST" },
      rawUsage: { usage: { prompt_tokens: 1 } },
    });
    expect(await store.putCalls([call])).toEqual([{ outcome: "accepted", callId: call.callId }]);
    const { endpoint: _endpoint, rawUsage: _rawUsage, costNanoUsd: _cost, ...facts } = call;
    const page = await store.calls(over({}));
    expect(page).toEqual({ calls: [{ ...facts, costUsd: "0.00021" }], nextCursor: null });
  });

  it("stores labels with characters that SQLite's text cannot hold", async () => {
    const store = await makeStore();
    const attributes = { nul: "a\0b", half: "a\ud83d", whole: "a\ud83d\ude00", escaped: "\\u0000 \\ud83d" };
    await store.putCalls([makeStoredCall({ attributes })]);
    const { calls } = await store.calls(over({}));
    expect(calls[0]?.attributes).toEqual({ ...attributes, nul: "a\ufffdb", half: "a\ufffd" });
  });

  it("answers one outcome per call, in order", async () => {
    const store = await makeStore();
    const [first, second] = [
      makeStoredCall(),
      makeStoredCall({ status: "pending", usage: {}, costNanoUsd: null }),
    ];
    await store.putCalls([first]);
    const final = { ...second, status: "ok" as const, usage: { inputTokens: 5 }, costNanoUsd: 5 };
    expect(await store.putCalls([first, second, final, second])).toEqual([
      { outcome: "duplicate", callId: first.callId },
      { outcome: "accepted", callId: second.callId },
      { outcome: "updated", callId: second.callId },
      { outcome: "duplicate", callId: second.callId },
    ]);
    const { total } = await store.spend(over({}));
    expect(total).toMatchObject({ calls: 2, costUsd: "0.000210005", inputTokens: 1005 });
  });

  it("keeps a wrong report from breaking the sums", async () => {
    const store = await makeStore();
    await store.putCalls([
      makeStoredCall({
        costNanoUsd: Number.MAX_SAFE_INTEGER,
        usage: { inputTokens: 1e300, outputTokens: 0.6 },
      }),
      makeStoredCall({ costNanoUsd: -5 }),
    ]);
    const { total } = await store.spend(over({}));
    expect(total).toMatchObject({ costUsd: "10000", inputTokens: 1e12 + 1000, outputTokens: 101 });
  });

  it("knows a response that was seen twice, under whichever id", async () => {
    const store = await makeStore();
    const responseId = "chatcmpl-0123456789abcdef";
    const endpoint = { host: "api.openai.com", path: "/v1/chat/completions", method: "POST" };
    const seen = makeStoredCall({
      responseId,
      endpoint,
      usage: {},
      costNanoUsd: null,
      costStatus: "unpriced",
    });
    const again = makeStoredCall({ responseId, endpoint });
    const other = makeStoredCall({ responseId, endpoint, provider: "azure" });
    await store.putCalls([seen]);
    expect(await store.putCalls([again, again, other])).toEqual([
      { outcome: "updated", callId: seen.callId },
      { outcome: "duplicate", callId: seen.callId },
      { outcome: "accepted", callId: other.callId },
    ]);
    // Once known under the other id, an early report of that id that comes late is no new call either.
    const late = makeStoredCall({ callId: again.callId, status: "pending", usage: {}, costNanoUsd: null });
    expect(await store.putCalls([late])).toEqual([{ outcome: "duplicate", callId: seen.callId }]);
    const { total } = await store.spend(over({}));
    expect(total).toMatchObject({ calls: 2, costUsd: "0.00042" });
  });

  it("takes two rows for one call once their response proves to be the same", async () => {
    const store = await makeStore();
    const responseId = "chatcmpl-0123456789abcdef";
    const one = makeStoredCall({ responseId });
    const two = makeStoredCall({
      status: "pending",
      usage: {},
      costNanoUsd: null,
      attributes: { lead: "7" },
    });
    await store.putCalls([one, two]);
    expect(await store.putCalls([{ ...two, status: "ok", responseId }])).toEqual([
      { outcome: "updated", callId: one.callId },
    ]);
    const page = await store.calls(over({}));
    expect(page.calls).toMatchObject([{ callId: one.callId, attributes: { lead: "7" }, costUsd: "0.00021" }]);
    expect(await store.putCalls([two, one])).toEqual([
      { outcome: "duplicate", callId: one.callId },
      { outcome: "duplicate", callId: one.callId },
    ]);
  });

  it("does not take short response ids for identities, unless they come without an endpoint", async () => {
    const store = await makeStore();
    const endpoint = { host: "localhost:11434", path: "/v1/chat/completions", method: "POST" };
    const [a, b] = [
      makeStoredCall({ responseId: "chatcmpl-123", endpoint }),
      makeStoredCall({ responseId: "chatcmpl-123", endpoint }),
    ];
    expect((await store.putCalls([a, b])).map(({ outcome }) => outcome)).toEqual(["accepted", "accepted"]);
    const [c, d] = [makeStoredCall({ responseId: "order-1" }), makeStoredCall({ responseId: "order-1" })];
    expect((await store.putCalls([c, d])).map(({ outcome }) => outcome)).toEqual(["accepted", "duplicate"]);
  });
});

describe("completeCall", () => {
  it("brings the final usage to a background response, once", async () => {
    const store = await makeStore();
    const responseId = "resp_0123456789abcdef";
    const pending = makeStoredCall({
      status: "pending",
      responseId,
      usage: {},
      costNanoUsd: null,
      costStatus: "unpriced",
      serviceTier: "auto",
    });
    await store.putCalls([pending]);
    const completion = {
      provider: "openai",
      responseId,
      status: "ok" as const,
      responseModel: "gpt-4o-mini-2024-07-18",
      serviceTier: "default",
      usage: { inputTokens: 10, outputTokens: 20 },
      rawUsage: null,
      costNanoUsd: 77,
      costStatus: "computed" as const,
      priceKey: "openai:gpt-4o-mini",
      priceVersion: "test",
    };
    expect(await store.completeCall(completion)).toEqual({ outcome: "updated", callId: pending.callId });
    expect(await store.completeCall(completion)).toEqual({ outcome: "duplicate", callId: pending.callId });
    expect(await store.completeCall({ ...completion, responseId: "resp_unknown_unknown" })).toEqual({
      outcome: "ignored",
      callId: null,
    });
    expect((await store.calls(over({}))).calls).toMatchObject([
      {
        status: "ok",
        serviceTier: "default",
        costUsd: "0.000000077",
        usage: { inputTokens: 10, outputTokens: 20 },
      },
    ]);
    expect((await store.spend(over({}))).total).toMatchObject({
      calls: 1,
      unpricedCalls: 0,
      outputTokens: 20,
    });
  });
});

describe("closePendingCalls", () => {
  it("calls aborted what stayed pending, and a late final report still stands", async () => {
    const store = await makeStore();
    const pending = (startedAt: string) =>
      makeStoredCall({ startedAt, status: "pending", usage: {}, costNanoUsd: null, durationMs: null });
    const [old, recent] = [pending("2026-11-20T10:00:00.000Z"), pending("2026-11-20T12:00:00.000Z")];
    await store.putCalls([old, recent]);
    const lost = {
      ofRuns: [],
      startedBefore: Date.parse("2026-11-20T11:00:00.000Z"),
      unfinishedBefore: Date.parse("2026-11-18T11:00:00.000Z"),
    };
    expect(await store.closePendingCalls(lost)).toBe(1);
    expect(await store.closePendingCalls(lost)).toBe(0);
    expect((await store.spend(over({}))).total).toMatchObject({ calls: 2, aborted: 1, durationP50Ms: null });
    await store.putCalls([{ ...old, status: "ok", durationMs: 800, costNanoUsd: 9 }]);
    expect((await store.spend(over({}))).total).toMatchObject({ aborted: 0, costUsd: "0.000000009" });
  });
});

describe("closePendingCalls of runs that have ended", () => {
  it("leaves what a provider is at work on, and what other runs do", async () => {
    const store = await makeStore();
    const call = (runId: string, durationMs: number | null) =>
      makeStoredCall({ runId, durationMs, status: "pending", usage: {}, costNanoUsd: null });
    const [killed, job, other] = [call("killed", null), call("killed", 300), call("alive", null)];
    await store.putCalls([killed, job, other]);
    const lost = { ofRuns: ["killed"], startedBefore: 0, unfinishedBefore: 0 };
    expect(await store.closePendingCalls(lost)).toBe(1);
    const { calls } = await store.calls({ ...over({}), limit: 10 });
    expect(calls.find(({ callId }) => callId === killed.callId)?.status).toBe("aborted");
    expect(calls.filter(({ status }) => status === "pending")).toHaveLength(2);
    expect(await store.closePendingCalls({ ...lost, unfinishedBefore: Date.now() * 2 })).toBe(2);
  });
});

describe("budgets", () => {
  const budget: Budget = {
    id: "day:source:/api/chat",
    period: "day",
    scope: { dimension: "source", value: "/api/chat" },
    limitUsd: "5.25",
    thresholds: [50, 80, 100],
  };

  it("are kept, replaced and removed by id", async () => {
    const store = await makeStore();
    await store.putBudget(budget);
    await store.putBudget({ ...budget, limitUsd: "6" });
    await store.putBudget({ ...budget, id: "month", period: "month", scope: null });
    expect(await store.budgets()).toEqual([
      { ...budget, limitUsd: "6" },
      { ...budget, id: "month", period: "month", scope: null },
    ]);
    expect(await store.removeBudget("month")).toBe(true);
    expect(await store.removeBudget("month")).toBe(false);
  });

  it("give each notice to the first that claims it", async () => {
    const store = await makeStore();
    await store.putBudget(budget);
    const claim = (threshold: number, periodStart = "2026-11-20T00:00:00.000Z") =>
      store.claimBudgetNotice(budget.id, periodStart, threshold);
    expect(
      await Promise.all([claim(50), claim(50), claim(80), claim(50, "2026-11-21T00:00:00.000Z")]),
    ).toEqual([true, false, true, true]);
  });
});

describe("the thread", () => {
  it("rejects after closing, and closes twice", async () => {
    const store = await makeStore();
    await store.close();
    await store.close();
    await expect(store.budgets()).rejects.toThrow(StoreUnavailableError);
  });

  it("says which value is wrong, and lives on", async () => {
    const store = await makeStore();
    const wrong = store.calls(over({ cursor: "1; DROP TABLE calls" }));
    await expect(wrong).rejects.toThrow(StoreInputError);
    await expect(wrong).rejects.toMatchObject({ field: "cursor" });
    expect(await store.budgets()).toEqual([]);
  });

  it("backs up into a new file, which opens as a store", async () => {
    const store = await makeStore();
    const call = makeStoredCall();
    await store.putCalls([call]);
    const copy = join(makeFolder(), "copy.db");
    await store.backup(copy);
    expect(existsSync(copy)).toBe(true);
    const restored = await makeStore({ file: copy });
    expect((await restored.calls(over({}))).calls).toMatchObject([{ callId: call.callId }]);
    await expect(store.backup(copy)).rejects.toThrow(StoreInputError);
    expect(await store.statistics()).toMatchObject({
      calls: 1,
      firstStartedAtMs: Date.parse(call.startedAt),
    });
  });
});

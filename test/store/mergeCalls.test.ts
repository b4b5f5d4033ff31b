import { describe, expect, it } from "vitest";
import { isResponseIdentity, mergeCalls } from "../../daemon/store/mergeCalls.ts";
import { makeStoredCall } from "../builders.ts";

const endpoint = { host: "api.openai.com", path: "/v1/chat/completions", method: "POST" };
const unknown = {
  usage: {},
  costNanoUsd: null,
  costStatus: "unpriced",
  priceKey: null,
  priceVersion: null,
} as const;
const final = makeStoredCall({ conversationId: "c-1" });
const pending = makeStoredCall({
  ...final,
  ...unknown,
  status: "pending",
  durationMs: null,
  httpStatus: null,
});

describe("mergeCalls", () => {
  it("replaces pending by final, and never the other way", () => {
    expect(mergeCalls(pending, final)).toEqual(final);
    expect(mergeCalls(final, pending)).toBeNull();
  });

  it("finds nothing new in the same report", () => {
    expect(mergeCalls(final, structuredClone(final))).toBeNull();
    expect(mergeCalls(pending, structuredClone(pending))).toBeNull();
  });

  it("takes the larger usage with its cost, whichever came first", () => {
    const partial = makeStoredCall({
      ...final,
      usage: { inputTokens: 1000, outputTokens: 10 },
      costNanoUsd: 1,
    });
    expect(mergeCalls(partial, final)).toMatchObject({ usage: final.usage, costNanoUsd: final.costNanoUsd });
    expect(mergeCalls(final, partial)).toBeNull();
    const none = makeStoredCall({ ...final, ...unknown });
    expect(mergeCalls(none, final)).toMatchObject({ usage: final.usage, costNanoUsd: final.costNanoUsd });
    expect(mergeCalls(final, none)).toBeNull();
  });

  it("takes a declared cost over a computed one, and a price over none", () => {
    const declared = makeStoredCall({ ...final, usage: {}, costStatus: "declared", costNanoUsd: 5 });
    expect(mergeCalls(final, declared)).toMatchObject({ costStatus: "declared", costNanoUsd: 5 });
    expect(mergeCalls(declared, final)).toBeNull();
    const unpriced = makeStoredCall({ ...final, costNanoUsd: null, costStatus: "unpriced" });
    expect(mergeCalls(unpriced, final)).toMatchObject({ costStatus: "computed" });
    expect(mergeCalls(final, unpriced)).toBeNull();
  });

  it("keeps usage that a pending report had when the final one has none", () => {
    const streaming = {
      ...pending,
      usage: { inputTokens: 7 },
      costNanoUsd: 7,
      costStatus: "estimated" as const,
    };
    const ended = { ...pending, status: "aborted" as const, durationMs: 50 };
    const merged = mergeCalls(streaming, ended);
    expect(merged).toMatchObject({
      status: "aborted",
      durationMs: 50,
      usage: { inputTokens: 7 },
      costNanoUsd: 7,
    });
  });

  it("lets a real end stand over a guessed one", () => {
    const guessed = { ...pending, status: "aborted" as const };
    const failed = makeStoredCall({ ...final, ...unknown, status: "error", errorType: "timeout" });
    expect(mergeCalls(guessed, failed)).toMatchObject({ status: "error", errorType: "timeout" });
    expect(mergeCalls(failed, guessed)).toBeNull();
  });

  it("fills in what was not known, and keeps identity and time as stored", () => {
    const other = makeStoredCall({
      source: null,
      sourceKind: null,
      feature: "chat",
      attributes: { lead: "1" },
      attempt: 2,
    });
    const merged = mergeCalls(final, other);
    expect(merged).toEqual({ ...final, feature: "chat", attributes: { lead: "1" } });
  });

  it("gives the service tier that was billed", () => {
    const background = { ...pending, serviceTier: "auto" };
    expect(mergeCalls(background, { ...final, serviceTier: "flex" })).toMatchObject({ serviceTier: "flex" });
  });
});

describe("isResponseIdentity", () => {
  it.each([
    [null, null, false],
    ["chatcmpl-123", endpoint, false],
    ["chatcmpl-123", null, true],
    ["chatcmpl-1234567", endpoint, true],
  ])("%s with endpoint %j: %s", (responseId, from, expected) => {
    expect(isResponseIdentity({ responseId, endpoint: from })).toBe(expected);
  });
});

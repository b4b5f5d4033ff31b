import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createPricer, type Pricer } from "../../daemon/pricing/pricer.ts";
import { repricedCall } from "../../daemon/repricing/repricedCall.ts";
import { normaliseCall } from "../../daemon/store/normaliseCall.ts";
import type { StoredCall } from "../../daemon/store/store.ts";
import type { JsonObject } from "../../shared/call.ts";
import { makeStoredCall } from "../builders.ts";

let pricer: Pricer;
beforeAll(async () => {
  pricer = await createPricer({ overridesFile: null, now: () => Date.parse("2026-11-20T12:00:00Z") });
});

const startedAt = "2026-11-20T10:00:00.000Z";
const chat = { host: "api.openai.com", path: "/v1/chat/completions", method: "POST" };

/** A call that was stored without a price. */
function unpriced(over: Partial<StoredCall>): StoredCall {
  const without = { costNanoUsd: null, costStatus: "unpriced" as const, priceKey: null, priceVersion: null };
  return normaliseCall(makeStoredCall({ startedAt, ...without, ...over }));
}

describe("a stored call, priced again", () => {
  it("takes the price of its own day", () => {
    const usage = { inputTokens: 1000 };
    const on = (day: string) =>
      repricedCall(
        unpriced({
          requestModel: "gpt-5.6-sol",
          responseModel: null,
          usage,
          startedAt: `${day}T12:00:00.000Z`,
        }),
        pricer,
      )?.costNanoUsd;
    expect([on("2026-08-20"), on("2026-08-21")]).toEqual([5_000_000, 4_000_000]);
  });

  it("is read anew from what its provider said", () => {
    const rawUsage: JsonObject = {
      model: "gpt-4o-mini-2024-07-18",
      service_tier: "flex",
      usage: { prompt_tokens: 1000, prompt_tokens_details: { cached_tokens: 600 }, completion_tokens: 100 },
    };
    const stored = unpriced({
      endpoint: chat,
      rawUsage,
      operation: "other",
      usage: { inputTokens: 3 },
      responseModel: null,
    });
    expect(repricedCall(stored, pricer)).toMatchObject({
      operation: "chat",
      responseModel: "gpt-4o-mini-2024-07-18",
      serviceTier: "flex",
      usage: { inputTokens: 1000, cacheReadInputTokens: 600, outputTokens: 100 },
      costNanoUsd: (400 * 150 + 600 * 75 + 100 * 600) / 2,
      costStatus: "computed",
      priceKey: "openai:gpt-4o-mini",
    });
  });

  it("keeps the usage that was reported ready-made, whatever came with it", () => {
    const stored = unpriced({ rawUsage: { usage: { prompt_tokens: 1, completion_tokens: 1 } } });
    expect(repricedCall(stored, pricer)).toMatchObject({ usage: stored.usage, costNanoUsd: 210_000 });
  });

  it("keeps the usage of a job whose end told it in words of its own", () => {
    const stored = unpriced({
      provider: "anthropic",
      endpoint: { host: "api.anthropic.com", path: "/v1/messages/batches", method: "POST" },
      requestModel: null,
      responseModel: "claude-haiku-4-5",
      serviceTier: "batch",
      rawUsage: {
        usages: [{ model: "claude-haiku-4-5", usage: { input_tokens: 1000, output_tokens: 100 } }],
      },
    });
    expect(repricedCall(stored, pricer)).toMatchObject({
      usage: { inputTokens: 1000, outputTokens: 100 },
      costNanoUsd: (1000 * 1000 + 100 * 5000) / 2,
    });
  });

  it("learns that its provider had declared what it cost", () => {
    const stored = unpriced({
      provider: "exa",
      endpoint: { host: "api.exa.ai", path: "/search", method: "POST" },
      requestModel: null,
      responseModel: null,
      usage: {},
      rawUsage: { requestId: "r", costDollars: { total: 0.005 } },
    });
    expect(repricedCall(stored, pricer)).toMatchObject({ costNanoUsd: 5_000_000, costStatus: "declared" });
  });

  it("keeps what was declared, whatever the lists say", () => {
    const declared = makeStoredCall({
      costNanoUsd: 7,
      costStatus: "declared",
      priceKey: null,
      priceVersion: null,
    });
    expect(repricedCall(normaliseCall(declared), pricer)).toBeNull();
  });

  it("does not change by another version of the same price", () => {
    const first = repricedCall(unpriced({}), pricer);
    if (first === null) throw new Error("it was not priced");
    expect(repricedCall({ ...first, priceVersion: "genai-prices@0.0.1" }, pricer)).toBeNull();
  });

  it("changes once: what came of it stays", () => {
    const count = fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined });
    const stored = fc
      .record({
        provider: fc.constantFrom(
          "openai",
          "anthropic",
          "google",
          "aws.bedrock",
          "groq",
          "acme",
          "firecrawl",
        ),
        endpoint: fc.constantFrom(null, chat),
        requestModel: fc.constantFrom(null, "gpt-4o", "claude-opus-4-8", "gemini-2.5-pro", "whisper-1", "x"),
        serviceTier: fc.constantFrom(null, "flex", "batch", "priority", "odd"),
        status: fc.constantFrom("ok" as const, "error" as const, "aborted" as const, "pending" as const),
        httpStatus: fc.constantFrom(null, 200, 500),
        usage: fc.record({
          inputTokens: count,
          outputTokens: count,
          cacheReadInputTokens: count,
          seconds: count,
        }),
        rawUsage: fc.constantFrom<JsonObject | null>(
          null,
          {},
          { usage: { prompt_tokens: 7, completion_tokens: "x" } },
          { usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 12 }, service_tier: "flex" },
        ),
      })
      .map(({ usage, ...facts }) =>
        unpriced({
          ...facts,
          usage: Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== undefined)),
        }),
      );
    fc.assert(
      fc.property(stored, (call) => {
        const repriced = repricedCall(call, pricer) ?? call;
        expect(repricedCall(repriced, pricer)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });
});

import { beforeAll, describe, expect, it } from "vitest";
import { createPricer, type Pricer } from "../../daemon/pricing/pricer.ts";
import { json, reportOf } from "../usage/exchange.ts";
import { makePriceable } from "./priceable.ts";

describe("Hugging Face's router passes on the price of who served the call", () => {
  let pricer: Pricer;
  beforeAll(async () => {
    pricer = await createPricer({ overridesFile: null, now: () => Date.parse("2026-11-20T12:00:00Z") });
  });

  const usage = { prompt_tokens: 1_000_000, completion_tokens: 0 };
  function keyOf(path: string, model: string, headers: Record<string, string> = {}) {
    const report = reportOf(`POST https://router.huggingface.co${path}`, {
      ...json({ id: "chatcmpl-1", model: model.split(":")[0], usage }),
      headers,
    });
    const { costStatus, priceKey } = pricer.price(
      makePriceable({
        provider: "huggingface",
        requestModel: model,
        responseModel: model.split(":")[0] ?? null,
        usage: { inputTokens: 1_000_000, outputTokens: 0 },
        rawUsage: report.rawUsage ?? null,
        endpoint: report.endpoint ?? null,
      }),
    );
    return [costStatus, priceKey];
  }

  it.each([
    ["the path", "/groq/openai/v1/chat/completions", "openai/gpt-oss-120b", {}],
    ["the model's name", "/v1/chat/completions", "openai/gpt-oss-120b:groq", {}],
    ["the answer", "/v1/chat/completions", "openai/gpt-oss-120b", { "x-inference-provider": "groq" }],
    ["the answer", "/v1/chat/completions", "openai/gpt-oss-120b:fastest", { "x-inference-provider": "groq" }],
  ])("as %s says: %s", (_, path, model, headers) => {
    expect(keyOf(path, model, headers)).toEqual(["computed", "huggingface_groq:openai/gpt-oss-120b"]);
  });

  it("is not known where nobody says it, or the list has not got them", () => {
    expect(keyOf("/v1/chat/completions", "openai/gpt-oss-120b")).toEqual(["unpriced", null]);
    expect(keyOf("/v1/chat/completions", "openai/gpt-oss-120b:nobody")).toEqual(["unpriced", null]);
  });
});

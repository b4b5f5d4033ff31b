import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calcPrice, waitForUpdate } from "@pydantic/genai-prices";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { catalogueDate, catalogueVersion, createCatalogue } from "../../daemon/pricing/catalogue.ts";
import { createPricer, type Pricer } from "../../daemon/pricing/pricer.ts";
import { makePriceable } from "./priceable.ts";

const providers = (await waitForUpdate()) ?? [];
const catalogue = createCatalogue(providers);

let home: string;
let nowMs: number;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "taximeter-prices-"));
  nowMs = Date.parse("2026-11-20T12:00:00Z");
});
afterEach(() => rmSync(home, { recursive: true }));

const file = () => join(home, "prices.json");
let written = 0;

/** Writes the user's prices, and makes sure that the change shows in the file's time. */
function write(content: unknown): void {
  writeFileSync(file(), typeof content === "string" ? content : JSON.stringify(content));
  written += 1;
  utimesSync(file(), written, written);
}

function open(): Promise<Pricer> {
  return createPricer({ overridesFile: file(), now: () => nowMs, catalogue });
}

const usage = { inputTokens: 1_000_000, outputTokens: 1_000_000 };

describe("order of prices", () => {
  const mine = { provider: "openai", model: "gpt-4o", inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

  it("what the provider declared stands, even at 0", async () => {
    write({ models: [mine] });
    const pricer = await open();
    const cost = pricer.price(makePriceable({ requestModel: "gpt-4o", usage, declaredCostNanoUsd: 0 }));
    expect(cost).toEqual({ costNanoUsd: 0, costStatus: "declared", priceKey: null, priceVersion: null });
  });

  it("the user's prices go before the catalogue's", async () => {
    write({ models: [mine] });
    const pricer = await open();
    expect(pricer.price(makePriceable({ requestModel: "gpt-4o", usage }))).toEqual({
      costNanoUsd: 3_000_000_000,
      costStatus: "computed",
      priceKey: "openai:gpt-4o",
      priceVersion: expect.stringMatching(/^prices\.json@[0-9a-f]{8}$/),
    });
    expect(pricer.price(makePriceable({ requestModel: "gpt-4o-mini", usage })).priceVersion).toBe(
      `genai-prices@${catalogueVersion}`,
    );
    expect(pricer.warnings()).toEqual([]);
  });

  it("the model that answered goes before the one that was asked for", async () => {
    const pricer = await open();
    const asked = { requestModel: "gpt-4o", usage };
    expect(pricer.price(makePriceable({ ...asked, responseModel: "gpt-4o-mini" })).priceKey).toBe(
      "openai:gpt-4o-mini",
    );
    expect(pricer.price(makePriceable({ ...asked, responseModel: "gpt-4o-2031-01-01" })).priceKey).toBe(
      "openai:gpt-4o",
    );
  });

  it("local models are free, unless the user gave them a price", async () => {
    const pricer = await open();
    const local = makePriceable({ provider: "ollama", requestModel: "llama3.3", usage });
    expect(pricer.price(local)).toMatchObject({ costNanoUsd: 0, costStatus: "free" });
    write({
      models: [{ provider: "ollama", model: "llama3.3", outputUsdPerMillion: 0.1, inputUsdPerMillion: 0 }],
    });
    pricer.reload();
    expect(pricer.price(local)).toMatchObject({ costNanoUsd: 100_000_000, costStatus: "computed" });
  });

  it("calls without a model have the price of their provider's", async () => {
    write({
      models: [
        { provider: "firecrawl", creditUsd: 0.0008 },
        { provider: "exa", requestUsd: 0.005 },
      ],
    });
    const pricer = await open();
    const nameless = { requestModel: null, responseModel: null };
    expect(
      pricer.price(makePriceable({ ...nameless, provider: "firecrawl", usage: { credits: 2.5 } })),
    ).toMatchObject({ costNanoUsd: 2_000_000, costStatus: "computed", priceKey: "firecrawl:*" });
    // A price by the request is due although nobody counts requests.
    expect(pricer.price(makePriceable({ ...nameless, provider: "exa" })).costNanoUsd).toBe(5_000_000);
    expect(pricer.price(makePriceable({ ...nameless, provider: "tavily" })).costStatus).toBe("unpriced");
  });

  it("knows providers by OpenTelemetry's names", async () => {
    const pricer = await open();
    const mistral = makePriceable({ provider: "mistral_ai", requestModel: "mistral-large-2512", usage });
    const viaOther = makePriceable({ ...mistral, provider: "mistral" });
    expect(pricer.price(mistral)).toEqual(pricer.price(viaOther));
  });
});

describe("what is not known", () => {
  it("an unknown model or provider is unpriced, never 0", async () => {
    const pricer = await open();
    const unpriced = { costNanoUsd: null, costStatus: "unpriced", priceKey: null, priceVersion: null };
    expect(pricer.price(makePriceable({ requestModel: "gpt-nope", usage }))).toEqual(unpriced);
    expect(pricer.price(makePriceable({ provider: "acme", usage }))).toEqual(unpriced);
    expect(pricer.price(makePriceable({ requestModel: null, usage }))).toEqual(unpriced);
  });

  it.each([
    ["ok", 200],
    ["aborted", 200],
    ["aborted", null],
    ["pending", null],
    ["error", 200],
  ] as const)(
    "no usage on a call that is %s (%s) is unpriced, though its model has a price",
    async (status, httpStatus) => {
      const pricer = await open();
      expect(pricer.price(makePriceable({ status, httpStatus }))).toMatchObject({
        costNanoUsd: null,
        costStatus: "unpriced",
        priceKey: "openai:gpt-4o-mini",
      });
    },
  );

  it.each([400, 401, 429, 500, 529, null])("a refused attempt (%s) costs nothing", async (httpStatus) => {
    const pricer = await open();
    for (const requestModel of ["gpt-4o-mini", "gpt-nope", null]) {
      const refused = makePriceable({ status: "error", httpStatus, requestModel });
      expect(pricer.price(refused)).toMatchObject({ costNanoUsd: 0, costStatus: "computed" });
    }
  });

  it.each(["aborted", "error"] as const)("usage until a call was %s is an estimate", async (status) => {
    const pricer = await open();
    const cost = pricer.price(makePriceable({ status, usage: { inputTokens: 1000, outputTokens: 1 } }));
    expect(cost).toMatchObject({ costNanoUsd: 150_600, costStatus: "estimated" });
  });

  it("usage that contradicts itself is an estimate, and no part is paid twice", async () => {
    const pricer = await open();
    const price = (usage: object) => pricer.price(makePriceable({ requestModel: "gpt-4o", usage }));
    expect(price({ inputTokens: 10, cacheReadInputTokens: 100, outputTokens: 0 })).toMatchObject({
      costNanoUsd: 125_000,
      costStatus: "estimated",
    });
    expect(price({ inputTokens: 0, outputTokens: 10, reasoningOutputTokens: 50 })).toMatchObject({
      costNanoUsd: 100_000,
      costStatus: "estimated",
    });
  });

  it("tokens in the provider's total that are in none of its parts make it a lower bound", async () => {
    const pricer = await open();
    const call = (total_tokens: number) =>
      makePriceable({
        usage: { inputTokens: 10, outputTokens: 5 },
        rawUsage: { usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens } },
      });
    expect(pricer.price(call(15)).costStatus).toBe("computed");
    expect(pricer.price(call(40)).costStatus).toBe("incomplete");
  });

  it("a call of a million dollars is not believed", async () => {
    const pricer = await open();
    const absurd = makePriceable({ requestModel: "o1-pro", usage: { inputTokens: 1e12, outputTokens: 1 } });
    expect(pricer.price(absurd)).toMatchObject({ costNanoUsd: null, costStatus: "unpriced" });
  });

  it("units without a price are left out, and said to be", async () => {
    const pricer = await open();
    for (const unit of ["credits", "characters", "seconds", "images", "pages", "webSearches"] as const) {
      const priceable = makePriceable({ requestModel: "o3-mini", usage: { inputTokens: 1000, [unit]: 2 } });
      expect(pricer.price(priceable), unit).toMatchObject({
        costNanoUsd: 1_100_000,
        costStatus: "incomplete",
      });
      const none = makePriceable({ requestModel: "o3-mini", usage: { inputTokens: 1000, [unit]: 0 } });
      expect(pricer.price(none).costStatus, unit).toBe("computed");
    }
  });

  it.each(["scale", "on_demand_flex", "something new"])("tier %s is a lower bound", async (serviceTier) => {
    const pricer = await open();
    const list = pricer.price(makePriceable({ usage }));
    const cost = pricer.price(makePriceable({ usage, serviceTier }));
    expect(cost.costStatus).toBe("incomplete");
    expect(cost.costNanoUsd).toBeLessThanOrEqual(list.costNanoUsd ?? 0);
    expect(cost.costNanoUsd).toBeGreaterThan(0);
  });

  it.each(["default", "auto", "standard", "STANDARD", "ON_DEMAND", null])(
    "tier %s is the list price",
    async (serviceTier) => {
      const pricer = await open();
      expect(pricer.price(makePriceable({ usage, serviceTier })).costStatus).toBe("computed");
    },
  );
});

describe("prices.json", () => {
  const good = { provider: "openai", model: "my-model", inputUsdPerMillion: 3, outputUsdPerMillion: 4 };
  const mine = makePriceable({ requestModel: "My-Model", usage });

  it("need not exist", async () => {
    const pricer = await open();
    expect(pricer.warnings()).toEqual([]);
    expect(pricer.price(mine).costStatus).toBe("unpriced");
  });

  it.each([
    ["no JSON", "{", /not \{"models"/],
    ["no object", "[]", /not \{"models"/],
    ["no models", {}, /models/],
    ["an unknown field at the top", { models: [], prices: [] }, /prices/],
  ])("%s: says so, and the catalogue still holds", async (_, content, message) => {
    write(content);
    const pricer = await open();
    expect(pricer.warnings()).toEqual([expect.stringMatching(message)]);
    expect(pricer.price(makePriceable({ usage })).costStatus).toBe("computed");
  });

  it.each([
    ["a negative price", { ...good, inputUsdPerMillion: -1 }, /entry 1: inputUsdPerMillion/],
    ["a price as text", { ...good, inputUsdPerMillion: "3" }, /entry 1: inputUsdPerMillion/],
    ["an absurd price", { ...good, inputUsdPerMillion: 1e300 }, /entry 1: inputUsdPerMillion/],
    ["no provider", { model: "m", inputUsdPerMillion: 1 }, /entry 1: provider/],
    ["a misspelt field", { ...good, inputUsdPerMilion: 1 }, /entry 1: it has no field inputUsdPerMilion/],
    ["no price at all", { provider: "openai", model: "m" }, /gives no price/],
    ["nothing", null, /entry 1/],
  ])("%s: that entry is left out, the rest is used", async (_, entry, message) => {
    write({ models: [entry, good] });
    const pricer = await open();
    expect(pricer.warnings()).toEqual([expect.stringMatching(message)]);
    expect(pricer.price(mine).costNanoUsd).toBe(7_000_000_000);
  });

  it("of two prices for one model the first holds", async () => {
    write({ models: [good, { ...good, inputUsdPerMillion: 99 }] });
    const pricer = await open();
    expect(pricer.warnings()).toEqual([
      expect.stringMatching(/entry 2: openai:my-model has a price already/),
    ]);
    expect(pricer.price(mine).costNanoUsd).toBe(7_000_000_000);
  });

  it("makes a call incomplete that used what it has no price for", async () => {
    write({ models: [good] });
    const pricer = await open();
    const cached = { inputTokens: 1000, cacheReadInputTokens: 400, outputTokens: 0 };
    expect(pricer.price({ ...mine, usage: cached })).toMatchObject({
      costNanoUsd: 1_800_000,
      costStatus: "incomplete",
    });
  });

  it("has a price for every unit", async () => {
    const prices = {
      inputUsdPerMillion: 1,
      outputUsdPerMillion: 1,
      cacheReadUsdPerMillion: 1,
      cacheWriteUsdPerMillion: 1,
      cacheWrite1hUsdPerMillion: 1,
      reasoningUsdPerMillion: 1,
      inputAudioUsdPerMillion: 1,
      outputAudioUsdPerMillion: 1,
      inputImageUsdPerMillion: 1,
      outputImageUsdPerMillion: 1,
      characterUsdPerMillion: 1,
      webSearchUsd: 1,
      requestUsd: 1,
      creditUsd: 1,
      secondUsd: 1,
      imageUsd: 1,
      pageUsd: 1,
    };
    write({ models: [{ provider: "acme", model: "all", ...prices }] });
    const pricer = await open();
    const everything = {
      inputTokens: 6_000_000,
      cacheReadInputTokens: 1_000_000,
      cacheCreationInputTokens: 2_000_000,
      cacheCreation1hInputTokens: 1_000_000,
      inputImageTokens: 1_000_000,
      outputTokens: 4_000_000,
      reasoningOutputTokens: 1_000_000,
      outputAudioTokens: 1_000_000,
      outputImageTokens: 1_000_000,
      characters: 1_000_000,
      webSearches: 1,
      requests: 1,
      credits: 1,
      seconds: 1,
      images: 1,
      pages: 1,
    };
    const call = makePriceable({ provider: "acme", requestModel: "all", usage: everything });
    // 6 dollars of input, 4 of output, 1 of characters, and 6 single ones: each token once.
    expect(pricer.price(call)).toMatchObject({ costNanoUsd: 17_000_000_000, costStatus: "computed" });
  });

  it("is read again when it changes, but looked at every few seconds only", async () => {
    write({ models: [good] });
    const pricer = await open();
    expect(pricer.price(mine).costNanoUsd).toBe(7_000_000_000);
    write({ models: [{ ...good, inputUsdPerMillion: 5 }] });
    expect(pricer.price(mine).costNanoUsd).toBe(7_000_000_000);
    nowMs += 3_000;
    expect(pricer.price(mine).costNanoUsd).toBe(9_000_000_000);
    write("{");
    pricer.reload();
    expect(pricer.price(mine).costStatus).toBe("unpriced");
    expect(pricer.warnings()).toHaveLength(1);
    rmSync(file());
    nowMs += 3_000;
    expect(pricer.warnings()).toEqual([]);
  });
});

describe("the catalogue", () => {
  it("is the installed one, with the day it was published", async () => {
    const manifest: unknown = JSON.parse(
      await readFile(
        new URL("../../node_modules/@pydantic/genai-prices/package.json", import.meta.url),
        "utf8",
      ),
    );
    // When this fails after an update: `npm view @pydantic/genai-prices time` says the new date.
    expect(manifest).toMatchObject({ version: catalogueVersion });
    expect(Date.parse(catalogueDate)).toBeLessThanOrEqual(Date.now());
  });

  it("says its date, and when it is stale", async () => {
    const pricer = await open();
    expect(pricer.catalogue()).toEqual({
      version: catalogueVersion,
      date: catalogueDate,
      ageDays: 58,
      stale: false,
      staleAfterDays: 90,
      origin: "built in",
    });
    nowMs = Date.parse(catalogueDate) + 90 * 86_400_000;
    expect(pricer.catalogue()).toMatchObject({ ageDays: 90, stale: false });
    nowMs += 86_400_000;
    expect(pricer.catalogue()).toMatchObject({ ageDays: 91, stale: true });
  });

  it("agrees with the package's own arithmetic wherever the two mean the same", async () => {
    const pricer = await open();
    const at = new Date("2026-11-20T12:00:00Z");
    let compared = 0;
    for (const provider of providers.filter(({ id }) => ["openai", "anthropic", "google"].includes(id))) {
      for (const model of provider.models) {
        const cached = { input_tokens: 250_000, cache_read_tokens: 50_000, output_tokens: 1_000 };
        const theirs = calcPrice(cached, model.id, { providerId: provider.id, timestamp: at });
        const ours = pricer.price(
          makePriceable({
            provider: provider.id,
            requestModel: model.id,
            startedAtMs: at.getTime(),
            usage: { inputTokens: 250_000, cacheReadInputTokens: 50_000, outputTokens: 1_000 },
          }),
        );
        if (theirs?.model.id !== model.id || ours.costStatus !== "computed") continue;
        expect(ours.costNanoUsd, model.id).toBeCloseTo(theirs.total_price * 1e9, -1);
        expect(ours.priceKey).toBe(`${provider.id}:${model.id}`);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(70);
  });

  it("finds every one of its models by its own id or alias", () => {
    for (const provider of providers.filter(({ id }) => ["openai", "anthropic", "google"].includes(id))) {
      for (const { id } of provider.models) {
        expect(catalogue.find(provider.id, id, nowMs)?.key.startsWith(`${provider.id}:`), id).toBe(true);
      }
    }
  });

  it("forgets names rather than growing with them", async () => {
    const pricer = await open();
    for (let index = 0; index < 5_000; index += 1) {
      expect(pricer.price(makePriceable({ requestModel: `made-up-${index}`, usage })).costNanoUsd).toBeNull();
    }
    expect(pricer.price(makePriceable({ usage })).costStatus).toBe("computed");
  });

  it("knows prices that depend on the time of day", () => {
    const night = createCatalogue([
      {
        id: "acme",
        name: "Acme",
        api_pattern: "x",
        models: [
          {
            id: "m",
            match: { equals: "m" },
            prices: [
              { prices: { input_mtok: 2 } },
              {
                constraint: { type: "time_of_date", start_time: "16:30:00Z", end_time: "00:30:00Z" },
                prices: { input_mtok: 1 },
              },
            ],
          },
        ],
      },
    ]);
    const usdAt = (time: string) =>
      night.find("acme", "m", Date.parse(`2026-11-20T${time}Z`))?.prices.input?.usd;
    expect([usdAt("16:29:59"), usdAt("16:30:00"), usdAt("00:10:00"), usdAt("00:30:00")]).toEqual([
      2, 1, 1, 2,
    ]);
  });
});

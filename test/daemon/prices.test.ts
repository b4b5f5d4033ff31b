import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { waitForUpdate } from "@pydantic/genai-prices";
import { describe, expect, test } from "vitest";
import { catalogueVersion } from "../../daemon/pricing/catalogue.ts";
import { connect } from "../../daemon/store/database.ts";
import type { CallReport } from "../../shared/call.ts";
import { makeReport } from "../builders.ts";
import { recomputedRollups, storedRollups } from "../store/storedRollups.ts";
import { makeFolder } from "../store/testStore.ts";
import { makeApp } from "./testApp.ts";

type App = Awaited<ReturnType<typeof makeApp>>;

async function report(app: App, ...reports: Partial<CallReport>[]) {
  const { results } = await app.json("POST", "/v1/calls", {
    body: reports.map((one) => ("rawUsage" in one ? one : makeReport(one))),
  });
  expect(results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(reports.map(() => "accepted"));
}

async function reprice(app: App, body: object = {}) {
  return await app.json("POST", "/v1/prices/reprice", { body });
}

async function costs(app: App): Promise<(string | null)[]> {
  const { calls } = await app.json("GET", "/v1/calls?from=all&order=asc");
  return calls.map(({ costUsd }: { costUsd: string | null }) => costUsd);
}

/** What the shim reports of an exchange. */
function seen(rawUsage: object, over: Partial<CallReport> = {}): Partial<CallReport> {
  const endpoint = { host: "api.openai.com", path: "/v1/chat/completions", method: "POST" };
  const { provider: _, usage: __, operation: ___, ...shown } = makeReport({ endpoint, ...over });
  return { ...shown, rawUsage } as Partial<CallReport>;
}

const mine = { provider: "openai", model: "my-model" };
const price = { inputUsdPerMillion: 3, outputUsdPerMillion: 12 };
const unknown = { requestModel: "my-model" };

describe("prices", () => {
  test("say the catalogue's day and age, the user's own, and what has none", async () => {
    const app = await makeApp({ realPrices: true, nowMs: () => Date.parse("2026-11-20T12:00:00Z") });
    await report(
      app,
      { ...unknown, startedAt: "2026-11-18T10:00:00.000Z" },
      { ...unknown, startedAt: "2026-11-01T10:00:00.000Z" },
    );
    await app.json("PUT", "/v1/prices", { body: { provider: "firecrawl", creditUsd: 0.0008 } });
    const prices = await app.json("GET", "/v1/prices");
    expect(prices).toMatchObject({
      catalogue: {
        version: catalogueVersion,
        date: "2026-09-23",
        ageDays: 58,
        stale: false,
        staleAfterDays: 90,
        origin: "built in",
      },
      overrides: [
        {
          provider: "firecrawl",
          model: null,
          creditUsd: 0.0008,
          file: join(app.home, "prices.json"),
          workspace: null,
        },
      ],
      unpriced: [{ provider: "openai", model: "my-model", calls: 2, inputTokens: 2000, outputTokens: 200 }],
      warnings: [],
      listed: [],
    });
    expect((await app.json("GET", "/v1/prices?from=7d")).unpriced).toMatchObject([{ calls: 1 }]);
  });

  test("of a model are those of everybody who sells it", async () => {
    const app = await makeApp({ realPrices: true, nowMs: () => Date.parse("2026-11-20T12:00:00Z") });
    const listed = async (model: string) =>
      (await app.json("GET", `/v1/prices?model=${encodeURIComponent(model)}`)).listed;
    expect(await listed("openai:gpt-4o-mini")).toEqual([
      {
        provider: "openai",
        key: "openai:gpt-4o-mini",
        version: `genai-prices@${catalogueVersion}`,
        free: false,
        lowerBound: false,
        amounts: expect.objectContaining({
          inputUsdPerMillion: 0.15,
          cacheReadUsdPerMillion: 0.075,
          outputUsdPerMillion: 0.6,
        }),
        tiers: [],
      },
    ]);
    const providers = (await listed("gpt-4o-mini")).map(({ provider }: { provider: string }) => provider);
    expect(providers).toContain("openai");
    expect(providers).toContain("azure.ai.openai");
    // Two dimensions of one price: what a long input makes of it.
    const [long] = await listed("openai:gpt-5.4");
    expect(long).toMatchObject({
      amounts: { inputUsdPerMillion: 2.5, outputUsdPerMillion: 15 },
      tiers: [{ amounts: { inputUsdPerMillion: 5, outputUsdPerMillion: 22.5 } }],
    });
    expect(await listed("gpt-99")).toEqual([]);
    await app.json("PUT", "/v1/prices", { body: { ...mine, model: "gpt-99", ...price } });
    expect(await listed("GPT-99")).toMatchObject([{ provider: "openai", amounts: price }]);
  });

  test.each([
    [{ provider: "openai" }, /gives no price/],
    [{ ...mine, inputUsdPerMillion: -1 }, /inputUsdPerMillion must not be negative/],
    [{ ...mine, inputUsdPerMillion: "3" }, /inputUsdPerMillion must be a number/],
    [{ ...mine, inputUsdPerMilion: 3 }, /inputUsdPerMilion is no field/],
    [{ model: "x", requestUsd: 1 }, /provider/],
    [{ provider: "a:b", requestUsd: 1 }, /provider must not have a colon/],
  ])("%j is no price", async (body, message) => {
    const app = await makeApp();
    const { error } = await app.json("PUT", "/v1/prices", { body, status: 400 });
    expect(error).toMatch(message);
  });
});

describe("a price of the user's own", () => {
  test("holds for new calls at once, and for old ones when they are priced again", async () => {
    const app = await makeApp({ realPrices: true });
    await report(app, unknown, { requestModel: "gpt-4o-mini" });
    await app.json("PUT", "/v1/prices", { body: { ...mine, ...price } });
    await report(app, unknown);
    expect(await costs(app)).toEqual([null, "0.00021", "0.0042"]);

    const expected = {
      calls: 2,
      changedCalls: 1,
      models: [
        {
          ...mine,
          calls: 1,
          oldCostUsd: "0",
          newCostUsd: "0.0042",
          differenceUsd: "0.0042",
          oldUnpricedCalls: 1,
          newUnpricedCalls: 0,
        },
      ],
      nextCursor: null,
    };
    expect(await reprice(app, { dryRun: true, ...mine })).toEqual({ dryRun: true, ...expected });
    expect(await costs(app)).toEqual([null, "0.00021", "0.0042"]);
    expect(await reprice(app, mine)).toEqual({ dryRun: false, ...expected });
    expect(await costs(app)).toEqual(["0.0042", "0.00021", "0.0042"]);
    expect(await reprice(app)).toMatchObject({ calls: 3, changedCalls: 0, models: [] });
    expect((await app.json("GET", "/v1/spend")).total).toMatchObject({
      costUsd: "0.00861",
      unpricedCalls: 0,
    });
  });

  test("goes, and history goes back", async () => {
    const app = await makeApp({ realPrices: true });
    await app.json("PUT", "/v1/prices", {
      body: { provider: "openai", model: "gpt-4o-mini", requestUsd: 1 },
    });
    await report(app, {});
    expect(await costs(app)).toEqual(["1"]);
    const path = `/v1/prices/${encodeURIComponent("openai:GPT-4o-mini")}`;
    expect(await app.json("DELETE", path)).toEqual({ removed: true });
    expect(await app.json("DELETE", path)).toEqual({ removed: false });
    expect(await reprice(app)).toMatchObject({ models: [{ oldCostUsd: "1", differenceUsd: "-0.99979" }] });
    expect(await costs(app)).toEqual(["0.00021"]);
  });

  test("is written beside what the file holds already", async () => {
    const app = await makeApp();
    const file = join(app.home, "prices.json");
    const wrong = { provider: "openai", modle: "typo", inputUsdPerMillion: 1 };
    const other = { provider: "acme", model: "all", requestUsd: 2 };
    writeFileSync(file, JSON.stringify({ models: [wrong, { ...mine, requestUsd: 9 }, other] }, null, "\t"));
    await app.json("PUT", "/v1/prices", { body: { ...mine, ...price } });
    await app.json("PUT", "/v1/prices", { body: { provider: "tavily", creditUsd: 0.008 } });
    const text = readFileSync(file, "utf8");
    expect(JSON.parse(text)).toEqual({
      models: [wrong, { ...mine, ...price }, other, { provider: "tavily", creditUsd: 0.008 }],
    });
    expect(text).toContain('\n\t"models"');
  });

  test("is not written into a file that holds something else", async () => {
    const app = await makeApp();
    const file = join(app.home, "prices.json");
    writeFileSync(file, "{ half");
    const { error } = await app.json("PUT", "/v1/prices", { body: { ...mine, ...price }, status: 409 });
    expect(error).toMatch(/is not \{"models"/);
    expect(readFileSync(file, "utf8")).toBe("{ half");
  });

  test("many at once are all written", async () => {
    const app = await makeApp();
    const models = Array.from({ length: 12 }, (_, index) => `model-${index}`);
    await Promise.all(
      models.map((model) => app.json("PUT", "/v1/prices", { body: { ...mine, model, requestUsd: 1 } })),
    );
    const { overrides } = await app.json("GET", "/v1/prices");
    expect(overrides.map(({ model }: { model: string }) => model).sort()).toEqual(models.sort());
  });

  test("of a workspace goes before that of the user, for its calls alone", async () => {
    const app = await makeApp({ realPrices: true });
    const workspace = makeFolder();
    mkdirSync(join(workspace, ".taximeter"));
    writeFileSync(
      join(workspace, ".taximeter/prices.json"),
      JSON.stringify({ models: [{ ...mine, requestUsd: 2 }] }),
    );
    await app.json("PUT", "/v1/prices", { body: { ...mine, requestUsd: 5 } });
    await report(app, { ...unknown, workspace }, unknown);
    expect(await costs(app)).toEqual(["2", "5"]);
    const { overrides } = await app.json("GET", "/v1/prices");
    expect(overrides).toMatchObject([
      { ...mine, requestUsd: 2, workspace, file: join(workspace, ".taximeter/prices.json") },
      { ...mine, requestUsd: 5, workspace: null },
    ]);
  });

  test("of a workspace is told to who asks from there, though no call came from it yet", async () => {
    const app = await makeApp();
    const workspace = makeFolder();
    mkdirSync(join(workspace, ".taximeter"));
    const models = [{ ...mine, requestUsd: 2 }];
    writeFileSync(join(workspace, ".taximeter/prices.json"), JSON.stringify({ models }));
    await app.json("PUT", "/v1/prices", { body: { ...mine, requestUsd: 5 } });
    const asked = async (query: string) => await app.json("GET", `/v1/prices?model=my-model${query}`);
    expect((await asked("")).listed).toMatchObject([{ amounts: { requestUsd: 5 } }]);
    const there = await asked(`&workspace=${encodeURIComponent(workspace)}`);
    expect(there.listed).toMatchObject([{ amounts: { requestUsd: 2 } }]);
    expect(there.overrides).toMatchObject([{ workspace }, { workspace: null }]);
  });
});

describe("history", () => {
  test("is read anew from what the provider said, at the prices of its own day", async () => {
    const app = await makeApp({ realPrices: true });
    const usage = {
      prompt_tokens: 4020,
      prompt_tokens_details: { cache_write_tokens: 4012 },
      completion_tokens: 5,
    };
    await report(
      app,
      seen(
        { model: "gpt-5.6-sol", usage },
        { requestModel: "gpt-5.6-sol", startedAt: "2026-08-20T23:59:59.000Z" },
      ),
      seen(
        { model: "gpt-5.6-sol", usage },
        { requestModel: "gpt-5.6-sol", startedAt: "2026-08-21T00:00:00.000Z" },
      ),
    );
    const priced = await costs(app);
    expect(priced).toEqual(["0.025265", "0.020192"]);
    // As an older Taximeter may have stored them: everything read wrongly, and no price.
    const { calls } = await app.store.callsToReprice({ range: { fromMs: 0, toMs: Date.now() } });
    await app.store.replaceCalls(
      calls.map((before) => ({
        before,
        after: {
          ...before,
          operation: "other" as const,
          usage: { inputTokens: 1 },
          responseModel: null,
          costNanoUsd: 1,
          costStatus: "estimated" as const,
          priceKey: null,
          priceVersion: null,
        },
      })),
    );
    expect(await reprice(app)).toMatchObject({ changedCalls: 2 });
    const { calls: now } = await app.json("GET", "/v1/calls?from=all&order=asc");
    expect(now.map(({ costUsd }: { costUsd: string }) => costUsd)).toEqual(priced);
    expect(now).toMatchObject(
      Array(2).fill({
        operation: "chat",
        responseModel: "gpt-5.6-sol",
        usage: { inputTokens: 4020, cacheCreationInputTokens: 4012, outputTokens: 5 },
        costStatus: "computed",
      }),
    );
    expect(await reprice(app)).toMatchObject({ changedCalls: 0 });
  });

  test("keeps what was declared, though the user has a price, and what was refused", async () => {
    const app = await makeApp({ realPrices: true });
    await report(
      app,
      { provider: "acme", requestModel: "m", costUsd: "0.5" },
      { provider: "acme", requestModel: "m", status: "error", httpStatus: 429, usage: {} },
      { provider: "acme", requestModel: "m" },
    );
    await app.json("PUT", "/v1/prices", { body: { provider: "acme", model: "m", requestUsd: 3 } });
    expect(await reprice(app)).toMatchObject({ changedCalls: 2 });
    const { calls } = await app.json("GET", "/v1/calls?from=all&order=asc");
    expect(calls).toMatchObject([
      { costUsd: "0.5", costStatus: "declared" },
      { costUsd: "0", costStatus: "computed" },
      // A price for requests says nothing of the tokens.
      { costUsd: "3", costStatus: "incomplete" },
    ]);
    expect(await reprice(app)).toMatchObject({ changedCalls: 0 });
  });

  test("is priced since a day, and by stretches that can be taken up again", async () => {
    const app = await makeApp({ realPrices: true, nowMs: () => Date.parse("2026-11-20T12:00:00Z") });
    const day = (date: string) => ({ ...unknown, startedAt: `${date}T10:00:00.000Z` });
    await report(app, day("2026-11-01"), day("2026-11-19"), day("2026-11-20"));
    await app.json("PUT", "/v1/prices", { body: { ...mine, requestUsd: 1 } });
    expect(await reprice(app, { from: "2026-11-19" })).toMatchObject({ calls: 2, changedCalls: 2 });
    expect(await costs(app)).toEqual([null, "1", "1"]);
    const { error } = await app.json("POST", "/v1/prices/reprice", { body: { cursor: "x" }, status: 400 });
    expect(error).toMatch(/cursor/);
  });

  test("of thousands of calls is priced while others are taken in, and rollups equal calls", async () => {
    const app = await makeApp({ realPrices: true });
    const many = Array.from({ length: 3_000 }, (_, index) =>
      makeReport({ ...unknown, startedAt: new Date(Date.now() - index * 1_000).toISOString() }),
    );
    await app.json("POST", "/v1/calls", { body: many });
    await app.json("PUT", "/v1/prices", { body: { ...mine, ...price } });
    const [done] = await Promise.all([
      reprice(app),
      ...Array.from({ length: 10 }, () => app.json("POST", "/v1/calls", { body: [makeReport(unknown)] })),
    ]);
    let { nextCursor } = done;
    while (nextCursor !== null) ({ nextCursor } = await reprice(app, { cursor: nextCursor }));
    expect((await app.json("GET", "/v1/spend?from=all")).total).toMatchObject({
      calls: 3_010,
      costUsd: "12.642",
      unpricedCalls: 0,
    });
    await app.store.close();
    const database = connect(app.store.file, 0);
    expect(storedRollups(database)).toEqual(recomputedRollups(database));
    database.close();
  });

  test("moves budgets and live views", async () => {
    const app = await makeApp({ realPrices: true });
    await app.json("PUT", "/v1/budgets", { body: { period: "day", limitUsd: "1" } });
    await report(app, unknown);
    expect((await app.json("GET", "/v1/budgets")).budgets).toMatchObject([{ spentUsd: "0", blindCalls: 1 }]);
    await app.json("PUT", "/v1/prices", {
      body: { ...mine, inputUsdPerMillion: 700, outputUsdPerMillion: 500 },
    });
    await reprice(app);
    expect((await app.json("GET", "/v1/budgets")).budgets).toMatchObject([
      { spentUsd: "0.75", blindCalls: 0, reached: 50 },
    ]);
  });
});

describe("a newer catalogue", () => {
  const nowMs = () => Date.parse("2026-11-20T12:00:00Z");

  /** The built-in list as its publishers write it, with another price for one model. */
  async function listFile(gpt4oMiniInput: number, date: string): Promise<string> {
    const providers = structuredClone((await waitForUpdate()) ?? []);
    const openai = providers.find(({ id }) => id === "openai");
    const model = openai?.models.find(({ id }) => id === "gpt-4o-mini");
    if (model === undefined) throw new Error("the list has no gpt-4o-mini");
    model.prices = [{ prices: { input_mtok: gpt4oMiniInput, output_mtok: 0.6 } }];
    const file = join(makeFolder(), "data.json");
    // The file has no `type` where the package has one.
    writeFileSync(
      file,
      JSON.stringify(providers, (key, value) => (key === "type" ? undefined : value)),
    );
    const written = new Date(`${date}T08:00:00Z`);
    utimesSync(file, written, written);
    return file;
  }

  test("holds from now on, for history when it is priced again, and after a restart", async () => {
    const app = await makeApp({ realPrices: true, nowMs });
    await report(app, { startedAt: "2026-11-20T10:00:00.000Z" });
    expect(await costs(app)).toEqual(["0.00021"]);
    const file = await listFile(3, "2026-11-10");
    const taken = await app.json("PUT", "/v1/prices/catalogue", { body: { file } });
    expect(taken).toMatchObject({ date: "2026-11-10", ageDays: 10, stale: false, origin: "file" });
    expect(await reprice(app, { dryRun: true })).toMatchObject({
      models: [{ oldCostUsd: "0.00021", newCostUsd: "0.00306" }],
    });
    await reprice(app);
    const { calls } = await app.json("GET", "/v1/calls");
    expect(calls).toMatchObject([{ costUsd: "0.00306", priceVersion: `genai-prices@${taken.version}` }]);
    expect((await app.json("GET", "/v1/status")).priceCatalogue).toEqual({
      version: taken.version,
      date: "2026-11-10",
      stale: false,
    });

    const { openPriceBook } = await import("../../daemon/pricing/priceBook.ts");
    const files = {
      pricesFile: join(app.home, "prices.json"),
      catalogueFile: join(app.home, "price-catalogue.json"),
    };
    const again = await openPriceBook({ ...files, now: nowMs });
    expect(again.catalogue()).toEqual(taken);
    expect(again.listed("openai:gpt-4o-mini", null)).toMatchObject([{ amounts: { inputUsdPerMillion: 3 } }]);

    writeFileSync(files.catalogueFile, "{");
    const damaged = await openPriceBook({ ...files, now: nowMs });
    expect(damaged.catalogue().origin).toBe("built in");
    expect(damaged.warnings()).toEqual([expect.stringMatching(/price-catalogue\.json is damaged/)]);
  });

  test("that is older is refused, unless it is wanted all the same", async () => {
    const app = await makeApp({ realPrices: true, nowMs });
    const file = await listFile(3, "2026-09-01");
    const { error } = await app.json("PUT", "/v1/prices/catalogue", { body: { file }, status: 409 });
    expect(error).toBe("These prices are of 2026-09-01, older than those in force (2026-09-23).");
    expect((await app.json("GET", "/v1/prices")).catalogue.origin).toBe("built in");
    await app.json("PUT", "/v1/prices/catalogue", { body: { file, force: true } });
    expect((await app.json("GET", "/v1/prices")).catalogue).toMatchObject({
      date: "2026-09-01",
      origin: "file",
    });
    const dated = { file, date: "2026-11-01" };
    expect(await app.json("PUT", "/v1/prices/catalogue", { body: dated })).toMatchObject({
      date: "2026-11-01",
    });
  });

  const model = { id: "m", match: { equals: "m" }, prices: { input_mtok: 1 } };
  const provider = (over: object) => [{ id: "p", name: "P", api_pattern: "p", models: [model], ...over }];
  test.each([
    ["no JSON", "{", /is no list of prices/],
    ["no list", "{}", /is no list of prices/],
    ["an empty list", "[]", /lists 0 models/],
    ["a negative price", provider({ models: [{ ...model, prices: { input_mtok: -1 } }] }), /is no list/],
    ["a price as text", provider({ models: [{ ...model, prices: { input_mtok: "1" } }] }), /is no list/],
    ["a pattern that is none", provider({ models: [{ ...model, match: { regex: "(" } }] }), /is no list/],
    ["a condition of a new kind", provider({ models: [{ ...model, match: { like: "m" } }] }), /is no list/],
    ["a model without prices", provider({ models: [{ id: "m", match: { equals: "m" } }] }), /is no list/],
  ])("%s is refused whole", async (_, content, message) => {
    const app = await makeApp({ nowMs });
    const file = join(makeFolder(), "data.json");
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    const { error } = await app.json("PUT", "/v1/prices/catalogue", { body: { file }, status: 422 });
    expect(error).toMatch(message);
    expect((await app.json("GET", "/v1/prices")).catalogue.origin).toBe("built in");
  });
});

import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { waitForUpdate } from "@pydantic/genai-prices";
import { describe, expect, test } from "vitest";
import { parseName, parseUsd } from "../../daemon/cli/commands/pricesSet.ts";
import { amountsText, renderPrices, renderRepricing } from "../../daemon/cli/format/prices.ts";
import { createTheme } from "../../daemon/cli/format/theme.ts";
import { catalogueDate, catalogueVersion } from "../../daemon/pricing/catalogue.ts";
import type { CallReport } from "../../shared/call.ts";
import type { Prices } from "../../shared/prices.ts";
import { makeReport } from "../builders.ts";
import { connect, temporaryHome } from "../daemon/realDaemon.ts";
import { taximeter, taximeterJson } from "./installation.ts";

const unpriced = { requestModel: "my-model" };

/** A home whose daemon holds these calls. */
async function homeWith(reports: readonly Partial<CallReport>[]): Promise<string> {
  const home = temporaryHome();
  expect((await taximeter(["start"], { home })).code).toBe(0);
  const connection = await connect({ home, launches: null });
  await connection.request("ingest", { body: reports.map((report) => makeReport(report)) });
  return home;
}

async function out(args: readonly string[], home: string): Promise<string> {
  const result = await taximeter(["prices", ...args], { home });
  expect([result.code, result.err]).toEqual([0, ""]);
  return result.out;
}

describe("prices", () => {
  test("unpriced, set, show, remove: from no price to one, history with it, and back", async () => {
    const home = await homeWith([unpriced, unpriced, {}]);
    expect(await out(["unpriced"], home)).toMatch(
      /^no price +calls +tokens\nopenai:my-model +2 +2,000 → 200\n/,
    );
    expect(await taximeterJson(["prices", "unpriced"], { home })).toMatchObject({
      models: [{ provider: "openai", model: "my-model", calls: 2 }],
    });

    const set = await out(["set", "openai:my-model", "--input", "3", "--output", "$12"], home);
    expect(set).toBe(
      "openai:my-model: in 3, out 12 (dollars a million).\n2 calls of 2 priced again, from no price to $0.0084.\n",
    );
    expect(await out(["unpriced"], home)).toBe("Every call has a price.\n");
    expect(await taximeterJson(["report", "--by", "model"], { home })).toMatchObject({
      total: { costUsd: "0.00861", unpricedCalls: 0 },
    });
    expect(JSON.parse(readFileSync(join(home, "prices.json"), "utf8"))).toEqual({
      models: [{ provider: "openai", model: "my-model", inputUsdPerMillion: 3, outputUsdPerMillion: 12 }],
    });

    expect(await out(["show"], home)).toMatch(
      new RegExp(
        `^catalogue {2}${catalogueVersion} of ${catalogueDate}, \\d+ days old, built in\\n[^]*^openai:my-model +in 3, out 12 \\(dollars a million\\) +all calls$`,
        "m",
      ),
    );
    expect(await out(["show", "openai:my-model"], home)).toMatch(/^openai +openai:my-model +in 3, out 12 /m);
    expect(await out(["show", "gpt-4o-mini"], home)).toMatch(
      /^openai +openai:gpt-4o-mini +in 0\.15, out 0\.6/m,
    );
    const nobody = await taximeter(["prices", "show", "gpt-99"], { home });
    expect([nobody.code, nobody.err]).toEqual([1, "taximeter: No price is known for gpt-99.\n"]);

    expect(await out(["remove", "openai:my-model"], home)).toMatch(
      /^Removed the price of openai:my-model\.\n2 calls of 2 priced again, from \$0\.0084 to no price\.\n$/,
    );
    const missing = await taximeter(["prices", "remove", "openai:my-model"], { home });
    expect([missing.code, missing.err]).toEqual([
      1,
      "taximeter: There is no price of your own for openai:my-model.\n",
    ]);
  });

  test("reprice: what would change, then the change, then nothing more", async () => {
    const home = await homeWith([unpriced, { ...unpriced, startedAt: "2026-01-05T10:00:00.000Z" }]);
    await out(["set", "openai:my-model", "--request", "0.5", "--no-reprice"], home);
    const dry = await out(["reprice", "--dry-run"], home);
    expect(dry).toMatch(
      /^model +calls +before +after +difference\nopenai:my-model +2 +no price +\$1\.00 +\$1\.00 +without a price: 2 before, 0 after\n\n2 calls of 2 would change, from no price to \$1\.00\.\n/,
    );
    expect(await taximeterJson(["prices", "reprice", "--since", "7d"], { home })).toMatchObject({
      dryRun: false,
      calls: 1,
      changedCalls: 1,
      models: [{ provider: "openai", model: "my-model", differenceUsd: "0.5" }],
    });
    await out(["reprice"], home);
    expect(await out(["reprice"], home)).toBe("2 calls looked at: nothing to change.\n");
    const wrong = await taximeter(["prices", "reprice", "--since", "someday"], { home });
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/^taximeter: --since must be today, .*"someday"\.\n$/);
  });

  test("update: a newer list, which a restart keeps; an older one only by force", async () => {
    const home = await homeWith([]);
    const folder = dirname(home);
    const file = join(folder, "data.json");
    const update = (args: readonly string[]) =>
      taximeter(["prices", "update", "data.json", ...args], { home, cwd: folder });
    writeFileSync(file, "[]");
    const empty = await update([]);
    expect([empty.code, empty.err]).toEqual([
      1,
      "taximeter: data.json lists 0 models: that cannot be all.\n",
    ]);
    writeFileSync(file, JSON.stringify(await waitForUpdate()));
    const old = new Date("2026-01-02T00:00:00Z");
    utimesSync(file, old, old);
    const refused = await update([]);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/^taximeter: These prices are of 2026-01-02, older .* by --force\.\n$/);
    expect((await update(["--force"])).out).toMatch(/^Prices 2026-01-02-[0-9a-f]{8} of 2026-01-02, /);
    expect((await update(["--date", "2026-11-02"])).code).toBe(0);
    expect((await taximeter(["restart"], { home })).code).toBe(0);
    expect(await taximeterJson(["prices", "show"], { home })).toMatchObject({
      catalogue: { date: "2026-11-02", origin: "file" },
    });
    expect((await taximeter(["status"], { home })).out).toMatch(
      /^prices +2026-11-02-[0-9a-f]{8} of 2026-11-02/m,
    );
  });
});

describe("words", () => {
  const theme = createTheme(false);

  test("names are a provider's model, or a provider where it is known", () => {
    expect(parseName("openai:ft:gpt-4o:acme")).toEqual({ provider: "openai", model: "ft:gpt-4o:acme" });
    expect(parseName("firecrawl")).toEqual({ provider: "firecrawl", model: null });
    expect(parseName("acme:*")).toEqual({ provider: "acme", model: null });
    expect(() => parseName("my-model")).toThrow(/provider:model/);
    expect(() => parseName("openai:")).toThrow(/provider:model/);
    expect(["3", "$0.15", ".5"].map(parseUsd)).toEqual([3, 0.15, 0.5]);
    for (const text of ["-3", "1e3", "free", "", "NaN"]) expect(() => parseUsd(text)).toThrow(/dollars/);
  });

  test("amounts keep their last digit, and have no exponent", () => {
    expect(amountsText({ inputUsdPerMillion: 0.0375, creditUsd: 0.00000083, requestUsd: 0 })).toBe(
      "in 0.0375 (dollars a million); request $0; credit $0.00000083",
    );
  });

  test("a stale catalogue says so, and what to do", () => {
    const prices: Prices = {
      catalogue: {
        version: "0.1.8",
        date: "2026-01-01",
        ageDays: 91,
        stale: true,
        staleAfterDays: 90,
        origin: "built in",
      },
      overrides: [],
      unpriced: [],
      warnings: ["prices.json, entry 1: gives no price"],
      listed: [],
    };
    expect(renderPrices(prices, theme, 200)).toEqual([
      "catalogue  0.1.8 of 2026-01-01, 91 days old, built in",
      "It is older than 90 days: prices may have changed. Newer ones: taximeter prices update FILE",
      "prices.json, entry 1: gives no price",
    ]);
  });

  test("a difference may be to the better", () => {
    const model = {
      provider: "openai",
      model: "m",
      calls: 3,
      oldCostUsd: "2",
      newCostUsd: "0.5",
      differenceUsd: "-1.5",
      oldUnpricedCalls: 0,
      newUnpricedCalls: 0,
    };
    expect(
      renderRepricing({ dryRun: true, calls: 10, changedCalls: 3, models: [model] }, theme, 200),
    ).toEqual([
      "model     calls  before  after  difference",
      "openai:m      3   $2.00  $0.50      -$1.50",
      "",
      "3 calls of 10 would change, from $2.00 to $0.50.",
      "Do it by: taximeter prices reprice",
    ]);
  });
});

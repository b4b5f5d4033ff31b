import { execFileSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOwnPrices } from "../../daemon/pricing/ownPrices.ts";
import { openPriceBook } from "../../daemon/pricing/priceBook.ts";
import { createPriceFileEditor, PriceFileError } from "../../daemon/pricing/priceFileEditor.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "taximeter-own-prices-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const userFile = () => join(home, "prices.json");
const model = { provider: "openai", model: "m" };

/** A workspace with prices of its own. */
function workspace(name: string, content: unknown): string {
  const folder = join(home, name);
  mkdirSync(join(folder, ".taximeter"), { recursive: true });
  writeFileSync(join(folder, ".taximeter/prices.json"), JSON.stringify(content));
  return folder;
}

describe("prices of workspaces", () => {
  const usdOf = (own: ReturnType<typeof createOwnPrices>, folder: string | null, models = ["m"]) =>
    own.find(folder, "openai", models)?.prices.request?.usd;

  it("go before the user's, whichever of a call's names they are for", () => {
    writeFileSync(userFile(), JSON.stringify({ models: [{ ...model, model: "answered", requestUsd: 9 }] }));
    const shop = workspace("shop", { models: [{ ...model, model: "asked", requestUsd: 1 }] });
    const own = createOwnPrices(userFile(), Date.now);
    expect(usdOf(own, shop, ["answered", "asked"])).toBe(1);
    expect(usdOf(own, null, ["answered", "asked"])).toBe(9);
    expect(usdOf(own, join(home, "elsewhere"), ["answered", "asked"])).toBe(9);
    expect(usdOf(own, shop, ["other"])).toBeUndefined();
  });

  it("say what is wrong with them, and where", () => {
    const shop = workspace("shop", { models: [{ ...model, requestUsd: -1 }] });
    const own = createOwnPrices(userFile(), Date.now);
    expect(own.warnings()).toEqual([]);
    expect(usdOf(own, shop)).toBeUndefined();
    expect(own.warnings()).toEqual([`${shop}: prices.json, entry 1: requestUsd: must not be negative`]);
  });

  it("are not looked for on other machines, nor beside a relative path", () => {
    const own = createOwnPrices(userFile(), Date.now);
    for (const folder of ["\\\\server\\share", "//server/share", "shop", "", "/a\0b"]) {
      expect(own.find(folder, "openai", ["m"]), folder).toBeUndefined();
    }
    expect(own.warnings()).toEqual([]);
  });

  it.skipIf(process.platform === "win32")("are not waited for where a pipe stands in their place", () => {
    const shop = workspace("shop", {});
    rmSync(join(shop, ".taximeter/prices.json"));
    execFileSync("mkfifo", [join(shop, ".taximeter/prices.json")]);
    const own = createOwnPrices(userFile(), Date.now);
    expect(usdOf(own, shop)).toBeUndefined();
    expect(own.warnings()).toEqual([`${shop}: prices.json: is no file`]);
  });

  it("are forgotten, the oldest first, rather than remembered without end", () => {
    const own = createOwnPrices(userFile(), Date.now);
    const folders = Array.from({ length: 60 }, (_, index) =>
      workspace(`w${index}`, { models: [{ ...model, requestUsd: index }] }),
    );
    for (const [index, folder] of folders.entries()) expect(usdOf(own, folder)).toBe(index);
    expect(own.overrides(null)).toHaveLength(50);
    expect(usdOf(own, folders[0] ?? null)).toBe(0);
  });
});

describe("the user's file", () => {
  const read = () => JSON.parse(readFileSync(userFile(), "utf8"));

  it("is made where there is none, for this user's eyes only", async () => {
    await createPriceFileEditor(userFile()).set({ ...model, requestUsd: 1 });
    expect(read()).toEqual({ models: [{ ...model, requestUsd: 1 }] });
    if (process.platform !== "win32") expect(statSync(userFile()).mode & 0o777).toBe(0o600);
  });

  it("keeps what it does not understand, in its place", async () => {
    const strange = [
      null,
      7,
      { provider: 1 },
      { provider: "openai" },
      { ...model, model: "M ", requestUsd: 3 },
    ];
    writeFileSync(userFile(), JSON.stringify({ note: "mine", models: strange }));
    const editor = createPriceFileEditor(userFile());
    await editor.set({ ...model, requestUsd: 4 });
    expect(read()).toEqual({ note: "mine", models: [...strange.slice(0, 4), { ...model, requestUsd: 4 }] });
    expect(await editor.remove({ provider: "OpenAI", model: null })).toBe(true);
    expect(await editor.remove({ provider: "OpenAI", model: null })).toBe(false);
    expect(read().models).toHaveLength(4);
  });

  it("stays a link to where it is kept", async () => {
    const kept = join(home, "dotfiles.json");
    writeFileSync(kept, JSON.stringify({ models: [] }));
    symlinkSync(kept, userFile());
    await createPriceFileEditor(userFile()).set({ ...model, requestUsd: 1 });
    expect(lstatSync(userFile()).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(kept, "utf8")).models).toHaveLength(1);
  });

  it.each(["{", "[]", "null", '{"models": {}}', '"text"'])("%s is not overwritten", async (content) => {
    writeFileSync(userFile(), content);
    const editor = createPriceFileEditor(userFile());
    await expect(editor.set({ ...model, requestUsd: 1 })).rejects.toThrow(PriceFileError);
    await expect(editor.remove(model)).rejects.toThrow(PriceFileError);
    expect(readFileSync(userFile(), "utf8")).toBe(content);
    // One that was put right is written again.
    writeFileSync(userFile(), "{}");
    await editor.set({ ...model, requestUsd: 1 });
    expect(read().models).toHaveLength(1);
  });
});

describe("the book of prices", () => {
  it("tells when it has changed", async () => {
    let changes = 0;
    const book = await openPriceBook({
      pricesFile: userFile(),
      catalogueFile: join(home, "price-catalogue.json"),
      now: () => Date.parse("2026-11-20T12:00:00Z"),
      onChanged: () => {
        changes += 1;
      },
    });
    await book.setOverride({ ...model, requestUsd: 1 });
    expect(changes).toBe(1);
    await book.removeOverride(model);
    expect(changes).toBe(2);
    await expect(book.updateCatalogue({ file: userFile(), force: false })).rejects.toThrow(
      /no list of prices/,
    );
    expect(changes).toBe(2);
  });

  it("has corrections before a newer list's day, and the list's own word from then on", async () => {
    const list = Array.from({ length: 10 }, (_, index) => ({
      id: index === 0 ? "deepseek" : `p${index}`,
      name: "P",
      api_pattern: "p",
      models: [{ id: "deepseek-flash", match: { equals: "deepseek-flash" }, prices: { input_mtok: 7 } }],
    }));
    const file = join(home, "data.json");
    writeFileSync(file, JSON.stringify(list));
    const book = await openPriceBook({
      pricesFile: userFile(),
      catalogueFile: join(home, "price-catalogue.json"),
      now: () => Date.parse("2027-01-10T12:00:00Z"),
    });
    await book.updateCatalogue({ file, date: "2027-01-05", force: false });
    const usdAt = (time: string) =>
      book.pricer.price({
        provider: "deepseek",
        endpoint: null,
        workspace: null,
        requestModel: "deepseek-flash",
        responseModel: null,
        serviceTier: null,
        usage: { inputTokens: 1_000_000 },
        rawUsage: null,
        declaredCostNanoUsd: null,
        startedAtMs: Date.parse(time),
        status: "ok",
        httpStatus: 200,
      }).costNanoUsd;
    expect([usdAt("2027-01-04T12:00:00Z"), usdAt("2027-01-05T12:00:00Z")]).toEqual([
      150_000_000, 7_000_000_000,
    ]);
  });
});

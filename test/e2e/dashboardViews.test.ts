import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DaemonConnection } from "../../daemon/client/daemonConnection.ts";
import { decimalToNanoUsd, formatUsd } from "../../shared/money.ts";
import { axeFindings } from "./lib/axe.ts";
import { keepScreenshot, launchBrowser } from "./lib/browser.ts";
import { endDaemon, startDaemon } from "./lib/daemon.ts";
import { eventually } from "./lib/processes.ts";
import { shopDay } from "./lib/shopDay.ts";

const looks = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  "high-contrast": { colorScheme: "dark", forcedColors: "active" },
} as const satisfies Record<string, BrowserContextOptions>;

/** Every view of the dashboard, in a real browser over the real daemon: figures on screen are the daemon's. */
describe("the dashboard's views", () => {
  let home: string;
  let daemon: DaemonConnection;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const troubles: string[] = [];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "taximeter-views-"));
    daemon = await startDaemon(home);
    await daemon.request("ingest", { body: shopDay(new Date()) });
    await daemon.request("setBreakers", { body: { enabled: true } });
    browser = await launchBrowser();
    ({ context, page } = await open());
  });

  afterAll(async () => {
    await browser?.close();
    daemon?.dispose();
    await endDaemon(home);
    await rm(home, { recursive: true, force: true });
  });

  async function open(options: BrowserContextOptions = {}): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext({
      viewport: { width: 1240, height: 900 },
      locale: "en-US",
      reducedMotion: "reduce",
      acceptDownloads: true,
      ...options,
    });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error") troubles.push(message.text());
    });
    page.on("pageerror", (error) => troubles.push(error.message));
    await page.goto((await daemon.request("inviteBrowser", { body: {} })).url);
    await page.getByTestId("total").waitFor();
    return { context, page };
  }

  const shown = async (testId: string, of = page) =>
    ((await of.getByTestId(testId).textContent()) ?? "").trim();

  async function show(view: string, of = page): Promise<void> {
    await of.getByTestId(`view-${view}`).click();
    const panel = view === "overview" ? "overview" : `${view}-view`;
    await of.locator(`[data-testid="${panel}"][data-state="ready"][aria-busy="false"]`).waitFor();
  }

  async function exported(format: string): Promise<{ name: string; text: string }> {
    const [download] = await Promise.all([page.waitForEvent("download"), choose("export", format)]);
    const path = await download.path();
    return { name: download.suggestedFilename(), text: await readFile(path, "utf8") };
  }

  async function choose(testId: string, option: string, of = page): Promise<void> {
    await of.getByTestId(testId).click();
    await of.getByRole("option", { name: option, exact: true }).click();
  }

  test("performance: the daemon's percentiles and rates, by provider, model and source, over time", async () => {
    await show("performance");
    const duration = (milliseconds: number | null) =>
      milliseconds === null
        ? "–"
        : milliseconds < 1_000
          ? `${Math.round(milliseconds)} ms`
          : `${Math.round(milliseconds / 100) / 10} s`;
    const query = { from: "today", groupBy: "provider", interval: "hour" } as const;
    const answer = await daemon.request("performance", { query });
    expect(answer.total.errors).toBeGreaterThan(0);
    expect(await shown("performance-p50")).toBe(duration(answer.total.durationP50Ms));
    expect(await shown("performance-p99")).toBe(duration(answer.total.durationP99Ms));
    expect(await shown("performance-first-token")).toBe(
      `${duration(answer.total.firstTokenP50Ms)} / ${duration(answer.total.firstTokenP95Ms)}`,
    );
    for (const groupBy of ["provider", "model", "source"] as const) {
      await page.getByTestId(`dimension-${groupBy}`).click();
      const { rows } = await daemon.request("performance", { query: { from: "today", groupBy } });
      expect(rows.length).toBeGreaterThan(2);
      for (const row of rows) {
        const cell = (name: string) =>
          page.getByTestId(`row-${row.key ?? "none"}`).locator(`[data-column="${name}"]`);
        await eventually(`${groupBy} ${row.key}`, async () =>
          (await cell("calls").textContent()) === String(row.calls) ? true : undefined,
        );
        expect(await cell("p95").textContent()).toBe(duration(row.durationP95Ms));
        expect(await cell("first50").textContent()).toBe(duration(row.firstTokenP50Ms));
      }
    }
    await page.getByTestId("measure-failures").click();
    expect(await page.getByTestId("chart").getAttribute("aria-label")).toMatch(
      /^Errors and retries over time\. Highest: Errors: [\d.]+%, Retries: [\d.]+%\.$/,
    );
    await page.getByTestId("sort-errors").click();
    await page.locator('th.column-errors[aria-sort="descending"]').waitFor();
    await page.getByTestId("performance-chart-table-toggle").click();
    expect(await page.locator(".trend-table tbody tr").count()).toBe(answer.buckets.length);
    await page.getByTestId("performance-chart-table-toggle").click();
  });

  test("conversations: what each cost and which models went into it, down to its calls", async () => {
    await show("conversations");
    const answer = await daemon.request("conversations", { query: { from: "today", limit: 200 } });
    expect(await shown("conversations-total")).toBe(formatUsd(answer.total.costUsd));
    expect(await shown("conversations-count")).toBe(`in ${answer.count} conversations`);
    for (const conversation of answer.conversations) {
      const row = page.getByTestId(`row-${conversation.conversationId}`);
      expect(await row.locator('[data-column="calls"]').textContent()).toBe(String(conversation.calls));
      expect(await row.locator('[data-column="spend"]').textContent()).toContain(
        conversation.unpricedCalls < conversation.calls ? formatUsd(conversation.costUsd) : "no price",
      );
      const [first] = conversation.models;
      expect(await row.locator(".model-bar").getAttribute("aria-label")).toContain(first?.model);
    }
    const [dearest] = answer.conversations;
    await page.getByTestId(`row-${dearest?.conversationId}`).click();
    await page.locator('[data-testid="calls-view"][data-state="ready"]').waitFor();
    expect(await page.locator('[data-testid^="call-0"]').count()).toBe(Math.min(50, dearest?.calls ?? 0));
    await page.getByTestId("filters-clear").click();
  });

  test("one call: every bucket at its price, who said so, and the attempts of its operation", async () => {
    await show("calls");
    const { calls } = await daemon.request("calls", { query: { from: "today", limit: 1_000 } });
    const retried = calls.find(
      ({ attempt, usage }) => attempt === 2 && usage.cacheReadInputTokens !== undefined,
    );
    if (retried === undefined) throw new Error("no call was tried twice");
    const detail = await daemon.request("call", { id: retried.callId });
    await page.getByTestId("period-today").focus();
    // Rows are drawn near the window alone: it is found as a user would, by going there.
    await eventually("the call to be in sight", async () => {
      if ((await page.getByTestId(`call-${retried.callId}`).count()) > 0) return true;
      await page.mouse.wheel(0, 600);
      return undefined;
    });
    await page.getByTestId(`call-${retried.callId}`).click();
    await page.getByTestId("detail-made-up").waitFor();
    expect(await shown("detail-priceKey")).toBe(retried.priceKey);
    expect(await shown("detail-priceVersion")).toBe(retried.priceVersion);
    let sum = 0;
    for (const line of detail.cost) {
      const row = await page.getByTestId(`billed-${line.field}`).textContent();
      expect(row).toContain(line.count.toLocaleString("en-US"));
      expect(row).toContain(formatUsd(line.costUsd ?? ""));
      sum += decimalToNanoUsd(line.costUsd ?? "") ?? 0;
    }
    expect(detail.cost.length).toBe(3);
    expect(Math.abs(sum - (decimalToNanoUsd(retried.costUsd ?? "") ?? 0))).toBeLessThanOrEqual(1);
    const attempts = page.getByTestId("detail-attempts").locator("button");
    expect(await attempts.count()).toBe(2);
    await keepScreenshot(page, "dashboard-call-detail");
    await attempts.first().click();
    await eventually("the first attempt", async () =>
      (await shown("detail-status")).startsWith("error") ? true : undefined,
    );
    await page.keyboard.press("Escape");
  });

  test("a model is priced where it stands, and its history with it", async () => {
    await show("prices");
    const before = await daemon.request("spend", { query: { from: "today" } });
    const name = "acme:acme-ultra-2";
    await page.getByTestId(`price-${name}`).click();
    await page.getByTestId("amount-inputUsdPerMillion").locator("input").fill("a lot");
    await page.getByTestId("price-save").click();
    expect(await page.getByRole("alert").textContent()).toContain("Input");
    await page.getByTestId("amount-inputUsdPerMillion").locator("input").fill("100");
    await page.getByTestId("amount-outputUsdPerMillion").locator("input").fill("200,5");
    await keepScreenshot(page, "dashboard-price-form");
    await page.getByTestId("price-save").click();
    await page.getByTestId(`unpriced-${name}`).waitFor({ state: "detached" });
    // 9 calls of 1,000 tokens in and 100 out.
    await eventually("the result of repricing", async () =>
      (await shown("repricing")).includes("9 calls looked at, 9 changed: $1.08 more than before.")
        ? true
        : undefined,
    );
    const after = await daemon.request("spend", { query: { from: "today" } });
    const grown =
      (decimalToNanoUsd(after.total.costUsd) ?? 0) - (decimalToNanoUsd(before.total.costUsd) ?? 0);
    expect(grown).toBe(9 * (100_000 + 20_050) * 1_000);
    expect(await shown(`own-${name}`)).toContain("$100.00");
    await show("overview");
    await eventually("the total", async () =>
      (await shown("total")) === formatUsd(after.total.costUsd) ? true : undefined,
    );

    await show("prices");
    await page.getByTestId(`own-${name}-remove`).click();
    await page.getByTestId(`own-${name}-remove-yes`).click();
    await page.getByTestId(`unpriced-${name}`).waitFor();
    expect((await daemon.request("prices", { query: {} })).overrides).toEqual([]);
    const { catalogue } = await daemon.request("prices", { query: {} });
    expect(await shown("catalogue-age")).toContain(catalogue.version);
  });

  test("breakers are switched, and circuits shown", async () => {
    await show("protection");
    const everywhere = page.getByTestId("breakers-everywhere");
    expect(await everywhere.getAttribute("aria-checked")).toBe("true");
    await everywhere.click();
    await eventually("breakers to be off", async () =>
      (await everywhere.getAttribute("aria-checked")) === "false" ? true : undefined,
    );
    expect((await daemon.request("breakers", {})).settings.everywhere).toBe(false);
    await everywhere.click();
    await eventually("breakers to be on", async () =>
      (await daemon.request("breakers", {})).settings.everywhere ? true : undefined,
    );
  });

  test("narrows every view down to a value, by two dimensions and by a label", async () => {
    await show("overview");
    await page.getByTestId("row-/api/chat").hover();
    await page.getByTestId("row-/api/chat").getByTestId("narrow").click();
    const { total } = await daemon.request("spend", {
      query: { from: "today", filters: { source: ["/api/chat"] } },
    });
    await eventually("the total of one source", async () =>
      (await shown("total")) === formatUsd(total.costUsd) ? true : undefined,
    );
    await choose("dimension-more", "tenant");
    await choose("dimension-second", "Model");
    const both = await daemon.request("spend", {
      query: { from: "today", groupBy: ["label:tenant", "model"], filters: { source: ["/api/chat"] } },
    });
    for (const row of both.rows) {
      const [tenant, model] = row.keys;
      const cell = page
        .getByTestId(`row-${tenant ?? "unattributed"}|${model ?? "unattributed"}`)
        .locator('[data-column="calls"]');
      await cell.waitFor();
      expect(await cell.textContent()).toBe(String(row.calls));
    }
    await keepScreenshot(page, "dashboard-two-dimensions");
    await show("performance");
    await page.getByTestId("only-source").waitFor();
    await page.reload();
    // All of it comes back: the view, what it is narrowed down to, and the breakdown of the other view.
    await page.locator('[data-testid="performance-view"][data-state="ready"]').waitFor();
    await page.getByTestId("only-source").waitFor();
    await show("overview");
    await page.getByTestId("row-acme|claude-sonnet-4-5").waitFor();
    await page.getByTestId("narrowed-clear").click();
    await choose("dimension-second", "Then by…");
    await page.getByTestId("dimension-source").click();
  });

  test("exports what a view shows as CSV, JSON and PNG", async () => {
    await show("overview");
    await eventually("spend by source", async () =>
      (await page.getByTestId("row-/api/chat").count()) > 0 ? true : undefined,
    );
    const spend = await daemon.request("spend", { query: { from: "today", groupBy: ["source"] } });
    const csv = await exported("CSV");
    expect(csv.name).toMatch(/^taximeter-overview-\d{4}-\d\d-\d\d\.csv$/);
    const lines = csv.text.replace("\ufeff", "").trim().split("\r\n");
    expect(lines[0]).toMatch(/^source,calls,errors,/);
    expect(lines).toHaveLength(spend.rows.length + 1);
    expect(lines[1]).toContain(`${spend.rows[0]?.key},${spend.rows[0]?.calls},${spend.rows[0]?.errors},`);
    const json = await exported("JSON");
    expect(JSON.parse(json.text)).toMatchObject({ rows: spend.rows, total: spend.total });
    const png = await exported("Picture (PNG)");
    expect(png.name).toMatch(/\.png$/);
    expect(png.text.slice(1, 4)).toBe("PNG");

    await show("calls");
    const all = await daemon.request("calls", { query: { from: "today", limit: 1_000 } });
    const calls = await exported("JSON");
    expect(JSON.parse(calls.text).calls.map(({ callId }: { callId: string }) => callId)).toEqual(
      all.calls.map(({ callId }) => callId),
    );
    expect((await exported("CSV")).text.trim().split("\r\n")).toHaveLength(all.calls.length + 1);
  });

  test("comes back to where it was scrolled to", async () => {
    await show("calls");
    await page.mouse.move(400, 500);
    await eventually("a long way down", async () => {
      await page.mouse.wheel(0, 900);
      return ((await page.evaluate("scrollY")) as number) > 5_000 ? true : undefined;
    });
    await page.waitForTimeout(600);
    const before = (await page.evaluate("scrollY")) as number;
    await page.reload();
    await eventually("the same place", async () =>
      Math.abs(((await page.evaluate("scrollY")) as number) - before) < 40 ? true : undefined,
    );
    expect(await page.getByTestId("view-calls").getAttribute("aria-selected")).toBe("true");
    await page.evaluate("scrollTo(0, 0)");
  });

  test("stands a clock that is set back", async () => {
    const { context: other, page: theirs } = await open();
    await theirs.clock.install();
    await theirs.clock.setFixedTime(Date.now() - 3 * 86_400_000);
    await theirs.getByTestId("period-7d").click();
    const { total } = await daemon.request("spend", { query: { from: "7d" } });
    await eventually("the week's total", async () =>
      (await shown("total", theirs)) === formatUsd(total.costUsd) ? true : undefined,
    );
    await other.close();
  });

  test.each(Object.entries(looks))(
    "is accessible and whole in %s, every view of it",
    async (look, options) => {
      const { context: other, page: theirs } = await open(options);
      for (const view of ["overview", "calls", "conversations", "performance", "prices", "protection"]) {
        await show(view, theirs);
        expect(await axeFindings(theirs), `${view} in ${look}`).toEqual([]);
        await keepScreenshot(theirs, `dashboard-${view}-${look}`);
      }
      await other.close();
    },
  );

  test.each([
    ["narrow", { viewport: { width: 420, height: 900 } }],
    ["200 % zoom", { viewport: { width: 620, height: 450 }, deviceScaleFactor: 2 }],
  ] as const)("fits into %s without scrolling sideways, every view of it", async (name, options) => {
    const { context: other, page: theirs } = await open(options);
    for (const view of ["overview", "calls", "conversations", "performance", "prices", "protection"]) {
      await show(view, theirs);
      const overflow = (await theirs.evaluate("document.documentElement.scrollWidth - innerWidth")) as number;
      expect(overflow, view).toBeLessThanOrEqual(0);
      await keepScreenshot(theirs, `dashboard-${view}-${name.replaceAll(/\W+/g, "-")}`);
    }
    await other.close();
  });

  test("speaks German to whoever does, with amounts, dates and names of months as they are written there", async () => {
    const { context: other, page: theirs } = await open({ locale: "de-DE" });
    expect(await theirs.evaluate("document.documentElement.lang")).toBe("de");
    const { total } = await daemon.request("spend", { query: { from: "today" } });
    await eventually("the total", async () =>
      (await shown("total", theirs)) === formatUsd(total.costUsd, "de-DE") ? true : undefined,
    );
    expect(await shown("view-performance", theirs)).toBe("Leistung");
    for (const view of ["overview", "calls", "conversations", "performance", "prices", "protection"]) {
      await show(view, theirs);
      expect(await axeFindings(theirs), view).toEqual([]);
      const overflow = (await theirs.evaluate("document.documentElement.scrollWidth - innerWidth")) as number;
      expect(overflow, view).toBeLessThanOrEqual(0);
      await keepScreenshot(theirs, `dashboard-${view}-german`);
    }
    await show("performance", theirs);
    expect(await theirs.getByTestId("chart").getAttribute("aria-label")).toMatch(
      /^Dauer im Verlauf\. Am höchsten: /,
    );
    await other.close();
  });

  test("none of this left an error in the console", () => {
    expect(troubles).toEqual([]);
    expect(context.pages()).toHaveLength(1);
  });
});

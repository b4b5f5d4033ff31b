import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Spend } from "../../shared/spend.ts";
import { axeFindings } from "../e2e/lib/axe.ts";
import { launchBrowser } from "../e2e/lib/browser.ts";
import { buildDashboard } from "./bundle.ts";
import { type FakeDaemon, type FakeDaemonOptions, OFFSET_MS, startFakeDaemon } from "./fakeDaemon.ts";
import { makeCall, SHOP, sampleCalls } from "./sampleCalls.ts";

/** The dashboard as it is built, in a real browser, against a stand-in for the daemon. */

const nowMs = Date.parse("2026-11-20T13:35:20.000Z");
/** The first time, the browser has to be installed. */
const BROWSER_SETUP_MS = 300_000;
const pictures = join(import.meta.dirname, "../../artefacts/dashboard");
/** The machine may be busy: a second is too little for what takes a round through the browser. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

describe("the dashboard in a browser", () => {
  let browser: Browser;
  let folder: string | undefined;
  const daemons: FakeDaemon[] = [];
  const calls = sampleCalls(nowMs, OFFSET_MS, 51);

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    [folder, browser] = await Promise.all([buildDashboard(), launchBrowser()]);
  }, BROWSER_SETUP_MS);

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await Promise.all(daemons.splice(0).map((daemon) => daemon.close()));
  });

  afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  async function startDaemon(over: Partial<FakeDaemonOptions> = {}): Promise<FakeDaemon> {
    const daemon = await startFakeDaemon({
      folder: folder ?? "",
      nowMs,
      calls,
      budgets: [
        { period: "day", limitUsd: "2", scope: { dimension: "workspace", value: SHOP } },
        { period: "month", limitUsd: "150" },
      ],
      ...over,
    });
    daemons.push(daemon);
    return daemon;
  }

  /** Opens the page; what it complains of in the console is collected. */
  async function open(daemon: FakeDaemon, options: BrowserContextOptions = {}) {
    const context = await browser.newContext({
      viewport: { width: 1240, height: 860 },
      locale: "en-US",
      reducedMotion: "reduce",
      ...options,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    await page.clock.setFixedTime(nowMs);
    await page.goto(daemon.url);
    return { page, complaints };
  }

  async function openReady(daemon: FakeDaemon, options: BrowserContextOptions = {}) {
    const opened = await open(daemon, options);
    await opened.page.locator('[data-testid="overview"][data-state="ready"][aria-busy="false"]').waitFor();
    await eventually(() => text(opened.page, "comparison")).not.toBe("");
    return opened;
  }

  async function text(page: Page, testId: string): Promise<string> {
    return ((await page.getByTestId(testId).textContent()) ?? "").trim();
  }

  const picture = (page: Page, name: string) =>
    page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });

  const themes = {
    light: { colorScheme: "light" },
    dark: { colorScheme: "dark" },
    "forced-colors": { colorScheme: "dark", forcedColors: "active" },
  } as const satisfies Record<string, BrowserContextOptions>;

  it.each(Object.entries(themes))("is complete and accessible in %s", async (name, options) => {
    const { page, complaints } = await openReady(await startDaemon(), options);
    await picture(page, `overview-${name}`);
    expect(await axeFindings(page)).toEqual([]);
    await page.getByTestId("view-calls").click();
    await page.locator('[data-testid^="call-"]').first().click();
    await page.getByTestId("call-detail").waitFor();
    await picture(page, `calls-${name}`);
    expect(await axeFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("shows the daemon's figures, and those of another period and dimension", async () => {
    const daemon = await startDaemon();
    const { page } = await openReady(daemon);
    const asked = async (query: string): Promise<Spend> =>
      (await fetch(`${daemon.url}v1/spend${query}`)).json() as Promise<Spend>;
    const today = await asked("?from=today&groupBy=source");
    expect(await text(page, "total")).toBe(`$${Number(today.total.costUsd).toFixed(2)}`);
    expect(await text(page, "fact-calls")).toBe(String(today.total.calls));
    expect(await text(page, "comparison")).toMatch(/^[↑↓] .*% against yesterday at this hour \(\$[\d.]+\)$/);
    expect(await text(page, "connection")).toBe("Live · 3 processes");
    expect(await text(page, "note-unpriced")).toContain(
      `1 model has no price: ${today.total.unpricedCalls} calls are not in the total.`,
    );

    await page.getByTestId("period-month").click();
    await page.getByTestId("dimension-model").click();
    const month = await asked("?from=month&groupBy=model");
    await eventually(() => text(page, "total")).toBe(`$${Number(month.total.costUsd).toFixed(2)}`);
    const row = page.getByTestId("row-claude-sonnet-4-5");
    const sonnet = month.rows.find((found) => found.key === "claude-sonnet-4-5");
    expect(await row.locator('[data-column="spend"]').textContent()).toBe(
      `$${Number(sonnet?.costUsd).toFixed(2)}`,
    );
    expect(await row.locator('[data-column="calls"]').textContent()).toBe(
      sonnet?.calls.toLocaleString("en-US"),
    );
    expect(await page.getByTestId("row-acme-ultra-2").locator('[data-column="spend"]').textContent()).toBe(
      "no price",
    );
    await eventually(() => text(page, "comparison")).toMatch(/against October up to the same day/);
    await picture(page, "overview-month-by-model");

    await page.getByTestId("sort-calls").click();
    expect(await page.locator('[data-testid^="row-"]').first().getAttribute("data-testid")).toBe(
      "row-gpt-5-mini",
    );
    expect(await page.locator('th[aria-sort="descending"]').textContent()).toBe("Calls");
  });

  it("ticks when a call comes in", async () => {
    const daemon = await startDaemon();
    const { page } = await openReady(daemon);
    const before = Number((await text(page, "fact-calls")).replace(",", ""));
    daemon.happen([makeCall({ startedAt: new Date(nowMs).toISOString(), source: "/api/new", costUsd: "5" })]);
    await eventually(() => text(page, "fact-calls")).toBe(String(before + 1));
    await eventually(() => page.getByTestId("feed-call").first().textContent()).toContain("/api/new");
    // The table is read anew once a second at most.
    await eventually(() =>
      page.getByTestId("row-/api/new").locator('[data-column="spend"]').textContent(),
    ).toBe("$5.00");
    await eventually(() => text(page, `budget-day:workspace:${SHOP}-words`)).toContain("Over by $");
    await picture(page, "overview-over-budget");
  });

  it("narrows to a workspace", async () => {
    const daemon = await startDaemon();
    const { page } = await openReady(daemon);
    const all = await text(page, "fact-calls");
    await page.getByTestId("scope").click();
    await page.getByRole("option", { name: "admin" }).click();
    await eventually(() => text(page, "fact-calls")).not.toBe(all);
    expect(daemon.requests.filter((request) => request.startsWith("GET /v1/live")).at(-1)).toContain("admin");
    expect(await page.getByTestId("row-/api/search").count()).toBe(0);
  });

  it("leads from a row to its calls, to all of one call, and back to older ones", async () => {
    const daemon = await startDaemon();
    const { page } = await openReady(daemon);
    await page.getByTestId("row-/api/chat").click();
    await page.locator('[data-testid="calls-view"][data-state="ready"]').waitFor();
    expect(await text(page, "filter-source")).toContain("/api/chat");
    const chats = calls.filter(
      (call) => call.source === "/api/chat" && call.startedAt >= "2026-11-19T18:15",
    ).length;
    expect(chats).toBeGreaterThan(100);
    const seen = async () => {
      const found = page.locator('[data-testid^="call-0"] [data-column="source"] .code');
      return new Set(await found.allInnerTexts());
    };
    expect(await seen()).toEqual(new Set(["/api/chat"]));
    // Older ones are read by coming near the end of those that are there.
    await page.getByTestId("calls-more").waitFor();
    await page.evaluate("scrollTo(0, document.body.scrollHeight)");
    await eventually(() => text(page, "calls-end")).toBe(`These are all ${chats} calls.`);
    expect(await seen()).toEqual(new Set(["/api/chat"]));

    await page.locator('[data-testid^="call-0"]', { hasText: "claude-sonnet" }).first().click();
    expect(await text(page, "detail-callSite")).toBe("src/chat/answer.ts:42 in answer");
    expect(await text(page, "detail-costStatus")).toBe("computed from the reported usage");
    expect(Number((await text(page, "detail-cacheReadInputTokens")).replace(",", ""))).toBeGreaterThan(0);
    await page.keyboard.press("Escape");
    expect(await page.getByTestId("call-detail").count()).toBe(0);

    await page.getByTestId("filters-clear").click();
    await eventually(
      async () => new Set(await page.locator('[data-column="source"] .code').allInnerTexts()).size,
    ).toBeGreaterThan(3);
  });

  it("shows calls without a price as such", async () => {
    const { page } = await openReady(await startDaemon());
    await page.getByTestId("unpriced-models").click();
    expect(await text(page, "note-unpriced")).toContain("acme-ultra-2");
    await page.getByTestId("unpriced-calls").click();
    await page.locator('[data-testid="calls-view"][data-state="ready"]').waitFor();
    const costs = await page.locator('[data-testid^="call-0"] [data-column="cost"]').allInnerTexts();
    expect(new Set(costs)).toEqual(new Set(["no price"]));
    expect(costs.length).toBeGreaterThan(0);
  });

  it("can be walked through by keyboard alone", async () => {
    const { page } = await openReady(await startDaemon());
    const focused = () =>
      page.evaluate(
        "document.activeElement.dataset.testid ?? document.activeElement.tagName",
      ) as Promise<string>;
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const walked: string[] = [];
    for (let step = 0; step < 6; step += 1) {
      await press("Tab");
      walked.push(await focused());
    }
    expect(walked).toEqual([
      "scope",
      "period-today",
      "view-overview",
      "export",
      "trend-table-toggle",
      "unpriced-models",
    ]);
    await press("Tab", "Tab", "Tab");
    expect(await focused()).toBe("dimension-source");
    await press("ArrowRight");
    expect(await page.getByTestId("dimension-model").getAttribute("aria-selected")).toBe("true");
    await page.getByTestId("row-claude-sonnet-4-5").waitFor();
    await press("Tab");
    expect(await focused()).toBe("dimension-more");
    // The second dimension, the columns' heads, and the first row.
    for (let step = 0; step < 9; step += 1) await press("Tab");
    expect(await page.evaluate("document.activeElement.innerText")).toBe("claude-sonnet-4-5");
    await press("ArrowDown");
    expect(await page.evaluate("document.activeElement.innerText")).toBe("gpt-5-mini");
    await press("Enter");
    await page.locator('[data-testid="calls-view"][data-state="ready"]').waitFor();
    expect(await text(page, "filter-model")).toContain("gpt-5-mini");
    await page.locator('[data-testid^="call-0"] button').first().focus();
    await press("ArrowDown", "Enter");
    expect(await focused()).toBe("call-detail");
    await press("Escape");
    expect(await page.evaluate('document.activeElement.closest("tr").rowIndex')).toBe(2);
  });

  it.each([
    { where: "beside the list", viewport: { width: 1240, height: 500 }, moved: 0 },
    { where: "above the list, where there is no room beside it", viewport: { width: 500, height: 500 } },
  ])("shows what is known of a call $where, in sight", async ({ viewport, moved }) => {
    const { page } = await openReady(await startDaemon(), { viewport });
    await page.getByTestId("view-calls").click();
    const rows = page.locator('[data-testid^="call-0"]');
    await rows.nth(5).click();
    await page.getByTestId("call-detail").waitFor();
    const top = await page.evaluate<number>(
      `document.querySelector('[data-testid="call-detail"]').getBoundingClientRect().top`,
    );
    expect(top).toBeGreaterThanOrEqual(-1);
    expect(top).toBeLessThan(viewport.height / 2);
    if (moved !== undefined) expect(await page.evaluate("scrollY")).toBe(moved);
  });

  it("shows its chart as a table too", async () => {
    const { page } = await openReady(await startDaemon());
    expect(await page.getByTestId("chart").getAttribute("aria-label")).toMatch(
      /^Spend by hour, stacked by Source\. Highest: \$[\d.]+ on Nov 20, from \d\d:00\.$/,
    );
    await page.getByTestId("trend-table-toggle").click();
    const table = page.getByTestId("trend").locator("table");
    expect(await table.locator("thead th").allInnerTexts()).toEqual(
      expect.arrayContaining(["When", "Spend", "Calls", "/api/chat", "other"]),
    );
    expect(await table.locator("tbody tr").count()).toBeGreaterThan(8);
    expect(await axeFindings(page)).toEqual([]);
  });

  it("sets and removes a budget", async () => {
    const { page } = await openReady(await startDaemon({ budgets: [] }));
    await page.getByTestId("budget-add").click();
    await eventually(() => page.evaluate("document.activeElement.dataset.testid")).toBe("budget-limit");
    await page.keyboard.press("Escape");
    expect(await page.evaluate("document.activeElement.dataset.testid")).toBe("budget-add");
    await page.getByTestId("budget-add").click();
    await page.getByTestId("budget-limit").locator("input").fill("nothing");
    await page.getByTestId("budget-save").click();
    expect(await page.getByRole("alert").textContent()).toContain("Write an amount above 0");
    await picture(page, "budget-form");
    expect(await axeFindings(page)).toEqual([]);
    await page.getByTestId("budget-limit").locator("input").fill("12,50");
    await page.getByTestId("budget-save").click();
    await page.getByTestId("budget-day").waitFor();
    expect(await text(page, "budget-day-amount")).toMatch(/^\$[\d.]+ of \$12\.50$/);
    await page.getByTestId("budget-day").hover();
    await page.getByTestId("budget-day-edit").click();
    expect(await page.getByTestId("budget-limit").locator("input").inputValue()).toBe("12.5");
    await page.getByTestId("budget-limit").locator("input").fill("15");
    await page.getByTestId("budget-warn-at").locator("input").fill("all");
    await page.getByTestId("budget-save").click();
    expect(await page.getByRole("alert").textContent()).toContain("Write percentages above 0");
    await page.getByTestId("budget-warn-at").locator("input").fill("60");
    await page.getByTestId("budget-save").click();
    await eventually(() => text(page, "budget-day-amount")).toMatch(/ of \$15\.00$/);
    await page.getByTestId("budget-day").hover();
    await page.getByTestId("budget-day-remove").click();
    await page.getByTestId("budget-day-remove-yes").click();
    await page.getByTestId("budget-day").waitFor({ state: "detached" });
  });

  it("offers the values that occur as what a budget is for", async () => {
    const { page } = await openReady(await startDaemon({ budgets: [] }));
    await page.getByTestId("budget-add").click();
    await page.getByTestId("budget-limit").locator("input").fill("9");
    await page.getByTestId("budget-scope").click();
    await page.getByRole("option", { name: "Model", exact: true }).click();
    await page.getByTestId("budget-value").click();
    await picture(page, "budget-form-values");
    await page.getByRole("option", { name: "gpt-5-mini" }).click();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByTestId("budget-save").click();
    await page.getByTestId("budget-day:model:gpt-5-mini").waitFor();
    await page.getByTestId("budget-add").click();
    await page.getByTestId("budget-limit").locator("input").fill("9");
    await page.getByTestId("budget-scope").click();
    await page.getByRole("option", { name: "Source", exact: true }).click();
    await page.getByTestId("budget-value").click();
    await page.getByRole("option", { name: "Another…" }).click();
    await page.getByTestId("budget-save").click();
    expect(await page.getByRole("alert").textContent()).toBe("Say what the budget is for.");
    await page.getByTestId("budget-other").locator("input").fill("/api/later");
    await page.getByTestId("budget-save").click();
    await page.getByTestId("budget-day:source:/api/later").waitFor();
  });

  it.each(Object.entries(themes))(
    "switches a hard stop on once it is confirmed, in %s",
    async (name, options) => {
      const budgets = [
        { period: "month", limitUsd: "150", muted: true, inSettings: true } as const,
        { period: "day", limitUsd: "2", scope: { dimension: "workspace", value: SHOP } } as const,
      ];
      const { page } = await openReady(await startDaemon({ budgets }), options);
      const stop = page.getByTestId("budget-month-stop");
      const isOn = () => stop.isChecked();
      expect(await isOn()).toBe(false);
      expect(await text(page, "budget-month-pace")).toMatch(/^At this pace November ends at/);
      await stop.click();
      await page.getByTestId("budget-month-stop-yes").waitFor();
      expect(await isOn()).toBe(false);
      expect(await axeFindings(page)).toEqual([]);
      await picture(page, `budget-hard-stop-${name}`);
      await page.getByTestId("budget-month-stop-yes").click();
      await eventually(isOn).toBe(true);
      await page.getByTestId("budget-month-warn-again").click();
      await page.getByTestId("budget-month-warn-again").waitFor({ state: "detached" });
      await picture(page, `budget-items-${name}`);
      await stop.click();
      await eventually(isOn).toBe(false);
    },
  );

  describe("when things are not well", () => {
    it("says that there are no calls yet, and what to do", async () => {
      const daemon = await startDaemon({ calls: [], budgets: [] });
      const { page } = await open(daemon);
      await page.locator('[data-testid="overview"][data-state="empty"]').waitFor();
      expect(await text(page, "state-empty")).toContain("taximeter run -- node app.js");
      expect(await axeFindings(page)).toEqual([]);
      await picture(page, "state-empty");
      daemon.happen([makeCall({ startedAt: new Date(nowMs).toISOString(), costUsd: "0.5" })]);
      await page.locator('[data-testid="overview"][data-state="ready"]').waitFor();
      expect(await text(page, "total")).toBe("$0.50");
    });

    it("shows that it is loading", async () => {
      const daemon = await startDaemon();
      daemon.mood = "silent";
      const { page } = await open(daemon);
      await page.getByTestId("state-loading").waitFor();
      expect(await text(page, "connection")).toBe("Connecting…");
      expect(await axeFindings(page)).toEqual([]);
      await picture(page, "state-loading");
    });

    it.each([
      ["failing", "refused", "The store cannot be read: the disk is full."],
      ["signedOut", "signedOut", "taximeter dashboard"],
      ["nonsense", "nonsense", "not understood"],
    ] as const)(
      "says what is wrong when the daemon is %s, and recovers by itself",
      async (mood, kind, words) => {
        const daemon = await startDaemon();
        daemon.mood = mood;
        const { page } = await open(daemon);
        const failure = page.getByTestId("state-failure");
        await failure.waitFor();
        expect(await failure.getAttribute("data-kind")).toBe(kind);
        expect(await failure.textContent()).toContain(words);
        expect(await axeFindings(page)).toEqual([]);
        await picture(page, `state-${mood}`);
        daemon.mood = "well";
        await page.locator('[data-testid="overview"][data-state="ready"]').waitFor();
        await eventually(() => text(page, "connection")).toBe("Live · 3 processes");
      },
    );

    it("says that a daemon is too old for a view, and goes on in the others", async () => {
      // The stand-in knows nothing of these.
      const { page } = await openReady(await startDaemon());
      for (const view of ["performance", "conversations", "prices", "protection"]) {
        await page.getByTestId(`view-${view}`).click();
        const failure = page.getByTestId("state-failure");
        await failure.waitFor();
        expect(await failure.getAttribute("data-kind"), view).toBe("unknown");
        expect(await failure.textContent()).toContain("older than this page");
        expect(await axeFindings(page), view).toEqual([]);
      }
      await picture(page, "state-unknown");
      await page.getByTestId("view-calls").click();
      await page.locator('[data-testid="calls-view"][data-state="ready"]').waitFor();
    });

    it.each(["nonsense", "failing"] as const)(
      "has a state for every view of a daemon that is %s",
      async (mood) => {
        const daemon = await startDaemon();
        const { page, complaints } = await openReady(daemon);
        daemon.mood = mood;
        for (const view of ["calls", "performance", "conversations", "prices", "protection"]) {
          await page.getByTestId(`view-${view}`).click();
          await page.getByTestId("state-failure").waitFor();
        }
        // What the browser itself says of refusals is no complaint of ours.
        expect(complaints.filter((line) => !line.startsWith("Failed to load resource"))).toEqual([]);
      },
    );

    it("asks again when told to, and takes up the live stream when that is back", async () => {
      const daemon = await startDaemon();
      daemon.mood = "failing";
      daemon.refusesLive = true;
      const { page } = await open(daemon);
      await page.getByTestId("state-failure").waitFor();
      daemon.mood = "well";
      await page.getByTestId("retry").click();
      await page.locator('[data-testid="overview"][data-state="ready"]').waitFor();
      expect(await text(page, "connection")).toBe("Not connected");
      await page.getByTestId("note-lost").waitFor();
      daemon.refusesLive = false;
      await eventually(() => text(page, "connection")).toBe("Live · 3 processes");
      await page.getByTestId("note-lost").waitFor({ state: "detached" });
    });

    it("keeps the last figures when the daemon goes away, and says that they stand still", async () => {
      const daemon = await startDaemon();
      const { page } = await openReady(daemon);
      const total = await text(page, "total");
      await daemon.close();
      await page.getByTestId("note-lost").waitFor();
      expect(await text(page, "connection")).toBe("Not connected");
      expect(await text(page, "note-lost")).toContain("taximeter dashboard");
      expect(await text(page, "total")).toBe(total);
      expect(await axeFindings(page)).toEqual([]);
      await picture(page, "state-down");
    });

    it("says what the daemon complains of, and when it is paused", async () => {
      const daemon = await startDaemon();
      daemon.status = { recording: false, droppedCalls: 3, warnings: ["The price list is 60 days old."] };
      const { page } = await openReady(daemon);
      expect(await text(page, "connection")).toBe("Paused");
      expect(await text(page, "note-paused")).toContain("not counted");
      expect(await text(page, "note-warning")).toBe("The price list is 60 days old.");
      expect(await text(page, "note-dropped")).toContain("3 calls");
    });
  });

  it("shows names full of markup as text", async () => {
    const evil = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    const hostile = makeCall({
      startedAt: new Date(nowMs - 1_000).toISOString(),
      source: evil,
      requestModel: evil,
      responseModel: evil,
      provider: evil,
      feature: evil,
      errorType: evil,
      status: "error",
      workspace: `/home/${evil}`,
      attributes: { [evil]: evil, __proto__: "x" },
      callSite: { file: evil, line: 1, function: evil },
      costUsd: "1",
    });
    const daemon = await startDaemon({ calls: [...calls, hostile] });
    daemon.status = { warnings: [evil] };
    const { page, complaints } = await openReady(daemon);
    await page.getByTestId("dimension-model").click();
    const row = page.locator('[data-testid^="row-<img"]');
    await row.waitFor();
    expect(await row.locator(".code").textContent()).toBe(evil);
    await page.getByTestId("chart").hover({ position: { x: 760, y: 100 } });
    await page.getByTestId("scope").click();
    await picture(page, "hostile-names");
    await page.keyboard.press("Escape");
    await row.locator("[data-row-button]").click();
    await page.locator('[data-testid^="call-0"]').first().click();
    expect(await text(page, "detail-source")).toBe(evil);
    expect(await page.title()).toBe("Taximeter");
    expect(await page.locator("main img, main script").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it.each([
    ["320 px", { viewport: { width: 320, height: 720 } }],
    ["a side column", { viewport: { width: 480, height: 900 } }],
    ["200 % zoom", { viewport: { width: 620, height: 430 }, deviceScaleFactor: 2 }],
  ] as const)("fits into %s without scrolling sideways", async (name, options) => {
    const { page } = await openReady(await startDaemon(), options);
    const overflow = () =>
      page.evaluate("document.documentElement.scrollWidth - innerWidth") as Promise<number>;
    expect(await overflow()).toBeLessThanOrEqual(0);
    expect(await page.getByTestId("row-/api/chat").textContent()).toContain("/api/chat");
    await picture(page, `narrow-${name.replaceAll(/\W+/g, "-")}`);
    await page.getByTestId("view-calls").click();
    await page.locator('[data-testid^="call-0"]').first().waitFor();
    // Columns that are left out leave their room to the others.
    const widths = (await page.evaluate(
      `[...document.querySelectorAll('[data-testid="calls"] thead th')].map((head) => head.offsetWidth)`,
    )) as number[];
    const whole = (await page.evaluate(
      `document.querySelector('[data-testid="calls"]').offsetWidth`,
    )) as number;
    expect(widths.reduce((sum, width) => sum + width, 0)).toBeGreaterThan(whole - 3);
    await page.locator('[data-testid^="call-0"]').first().click();
    await page.getByTestId("call-detail").waitFor();
    expect(await overflow()).toBeLessThanOrEqual(0);
    await picture(page, `narrow-calls-${name.replaceAll(/\W+/g, "-")}`);
  });

  describe("in a VS Code webview", () => {
    const inVscode = async () => {
      const script = await readFile(join(import.meta.dirname, "fakeVscode.js"), "utf8");
      const body = `data-host="vscode" data-workspace="${SHOP}" data-scope="workspace" data-session-start="2026-11-20T08:00:00.000Z"`;
      return openReady(await startDaemon({ body, script }));
    };

    it("speaks by messages alone, in the editor's theme and for its workspace", async () => {
      const { page, complaints } = await inVscode();
      expect(await text(page, "connection")).toBe("Live · 3 processes");
      expect(await page.getByTestId("row-/api/reports/:id/summary").count()).toBe(0);
      await page.getByTestId("row-/api/chat").waitFor();
      await picture(page, "vscode-high-contrast");
      expect(await axeFindings(page)).toEqual([]);
      await page.getByTestId("period-session").click();
      await eventually(() => page.evaluate("posted.findLast(({ type }) => type === 'watch').query")).toEqual({
        from: "2026-11-20T08:00:00.000Z",
        filters: { workspace: [SHOP] },
      });
      expect(await page.evaluate("posted[0]")).toEqual({ type: "ready" });
      expect(complaints).toEqual([]);
    });

    it("opens the line of code that made a call", async () => {
      const { page } = await inVscode();
      await page.getByTestId("row-/api/chat").click();
      await page.locator('[data-testid^="call-0"]', { hasText: "claude-sonnet" }).first().click();
      await page.getByTestId("open-call-site").click();
      expect(await page.evaluate("posted.at(-1)")).toEqual({
        type: "openCallSite",
        workspace: SHOP,
        file: "src/chat/answer.ts",
        line: 42,
      });
    });

    it("hands an export to the extension, which asks where to save it", async () => {
      const { page } = await inVscode();
      const handed = async (format: string) => {
        await page.getByTestId("export").click();
        await page.getByRole("option", { name: format, exact: true }).click();
        const isNew = `posted.filter(({ type }) => type === "saveFile").length`;
        const before = Number(await page.evaluate("globalThis.saved ?? 0"));
        await eventually(() => page.evaluate(isNew)).toBe(before + 1);
        await page.evaluate(`globalThis.saved = ${isNew}`);
        return (await page.evaluate(`posted.findLast(({ type }) => type === "saveFile")`)) as {
          name: string;
          encoding: string;
          content: string;
        };
      };
      const csv = await handed("CSV");
      expect(csv).toMatchObject({ name: "taximeter-overview-2026-11-20.csv", encoding: "text" });
      expect(csv.content).toContain("\r\n/api/chat,");
      const png = await handed("Picture (PNG)");
      expect(png).toMatchObject({ name: "taximeter-overview-2026-11-20.png", encoding: "base64" });
      const bytes = Buffer.from(png.content, "base64");
      expect(bytes.subarray(1, 4).toString()).toBe("PNG");
      await writeFile(join(pictures, "exported-chart.png"), bytes);
    });

    it("asks the extension to restart a daemon that is lost", async () => {
      const { page } = await inVscode();
      await page.evaluate(
        "window.postMessage({ type: 'connection', connection: 'lost', detail: null }, origin)",
      );
      await page.getByTestId("note-lost").getByTestId("restart").click();
      expect(await page.evaluate("posted.at(-1)")).toEqual({ type: "restartDaemon" });
    });

    it("says that a daemon that was stopped does not answer, not that it refused", async () => {
      const { page } = await inVscode();
      await page.evaluate("globalThis.stopped = true");
      await page.getByTestId("view-prices").click();
      const state = page.getByTestId("state-failure");
      await state.waitFor();
      expect(await state.getAttribute("data-kind")).toBe("unreachable");
      expect(await state.textContent()).toContain("The daemon was stopped.");
    });

    it("ignores messages that are none, and those of other origins", async () => {
      const { page, complaints } = await inVscode();
      const total = await text(page, "total");
      const forged = `{ type: "live", event: { type: "spend", data: { from: "", to: "", timeZone: "UTC", topSources: [],
        total: { calls: 1, costUsd: "999" } } } }`;
      await page.evaluate(
        `window.dispatchEvent(new MessageEvent("message", { origin: "https://evil.example", data: ${forged} }))`,
      );
      for (const nonsense of [
        "null",
        "7",
        "{ type: 'live' }",
        "{ type: 'response', requestId: 1, ok: true, body: null }",
      ]) {
        await page.evaluate(`window.postMessage(${nonsense}, origin)`);
      }
      await page.evaluate("new Promise((resolve) => setTimeout(resolve, 100))");
      expect(await text(page, "total")).toBe(total);
      expect(complaints).toEqual([]);
    });
  });

  it("comes back to what was chosen", async () => {
    const { page } = await openReady(await startDaemon());
    await page.getByTestId("period-30d").click();
    await page.getByTestId("dimension-feature").click();
    await page.getByTestId("row-support-chat").waitFor();
    await page.reload();
    await page.getByTestId("row-support-chat").waitFor();
    expect(await page.getByTestId("period-30d").getAttribute("aria-checked")).toBe("true");
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DaemonConnection } from "../../daemon/client/daemonConnection.ts";
import { formatUsd } from "../../shared/money.ts";
import type { TeamDimensionName, TeamFilters } from "../../shared/teamSpend.ts";
import { makeStoredCall } from "../builders.ts";
import { axeFindings } from "./lib/axe.ts";
import { keepScreenshot, launchBrowser } from "./lib/browser.ts";
import { endDaemon, startDaemon } from "./lib/daemon.ts";
import { eventually } from "./lib/processes.ts";
import { shopTeam } from "./team/shopTeam.ts";
import { startSqld } from "./team/sqld.ts";

const looks = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  "high-contrast": { colorScheme: "dark", forcedColors: "active" },
} as const satisfies Record<string, BrowserContextOptions>;

let home: string;
let daemon: DaemonConnection;
let browser: Browser;
const troubles: string[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "taximeter-team-"));
  daemon = await startDaemon(home);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  daemon?.dispose();
  await endDaemon(home);
  await rm(home, { recursive: true, force: true });
});

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1240, height: 900 },
    locale: "en-US",
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(message.text());
  });
  page.on("pageerror", (error) => troubles.push(error.message));
  await page.goto((await daemon.request("inviteBrowser", { body: {} })).url);
  await page.getByTestId("period-30d").click();
  return page;
}

async function showTeam(page: Page): Promise<void> {
  await page.getByTestId("view-team").click();
  await page.locator('[data-testid="team-view"][data-state="ready"][aria-busy="false"]').waitFor();
}

const text = async (page: Page, testId: string) =>
  ((await page.getByTestId(testId).textContent()) ?? "").trim();

/** The table on screen says what the daemon says. */
async function expectRows(page: Page, groupBy: TeamDimensionName, filters: TeamFilters = {}): Promise<void> {
  const { rows, total } = await daemon.request("teamSpend", {
    query: { from: "30d", groupBy: [groupBy], filters },
  });
  expect(rows.length).toBeGreaterThan(1);
  for (const row of rows) {
    const cell = (name: string) =>
      page
        .getByTestId("team-table")
        .getByTestId(`row-${row.key ?? "none"}`)
        .locator(`[data-column="${name}"]`);
    await eventually(`${groupBy} ${row.key}`, async () =>
      (await cell("spend").textContent()) === formatUsd(row.costUsd, "en-US") ? true : undefined,
    );
    expect(await cell("calls").textContent()).toBe(String(row.calls));
  }
  expect(await page.locator('[data-testid="team-table"] tbody tr').count()).toBe(rows.length);
  expect(await text(page, "team-total")).toBe(formatUsd(total.costUsd, "en-US"));
}

test("the team in the dashboard: by anything, its budgets, its developers, and while it is away", async () => {
  const alone = await open();
  await alone.getByTestId("total").waitFor();
  expect(await alone.getByTestId("view-team").count()).toBe(0);
  await alone.context().close();

  const sqld = await startSqld();
  const members = await shopTeam(sqld, Date.now());
  await daemon.request("joinTeam", { body: { url: sqld.url } });
  const page = await open();
  await showTeam(page);
  for (const by of ["developer", "project", "source", "model", "provider"] as const) {
    await page.getByTestId(`team-by-${by}`).click();
    await expectRows(page, by);
  }
  expect(await text(page, "team-developers")).toBe("3");
  for (const { developer } of [{ developer: "ada@example.com" }, { developer: "linus@example.com" }]) {
    expect(await text(page, `member-${developer}`)).toContain("just now");
  }

  // Within a developer by project, within that by source; and out again.
  await page.getByTestId("team-by-developer").click();
  await page.getByTestId("row-linus@example.com").click();
  await expectRows(page, "project", { developer: ["linus@example.com"] });
  await page.getByTestId("row-shop").click();
  await expectRows(page, "source", { developer: ["linus@example.com"], project: ["shop"] });
  await page.getByTestId("team-only-developer").click();
  await expectRows(page, "source", { project: ["shop"] });
  await page.getByTestId("team-clear").click();
  await expectRows(page, "source");
  await page.getByTestId("team-trend-table-toggle").click();
  expect(await page.getByTestId("team-trend").locator("tbody tr").count()).toBeGreaterThan(10);
  await page.getByTestId("team-trend-table-toggle").click();
  await page.getByTestId("team-by-developer").click();

  // What somebody else spends shows without a touch.
  const [ada] = members;
  await ada?.spend(makeStoredCall({ costNanoUsd: 5_000_000_000, workspace: "/home/ada/new-thing" }));
  await ada?.team.push();
  const { total } = await daemon.request("teamSpend", { query: { from: "30d" } });
  await eventually(
    "what ada spent",
    async () => ((await text(page, "team-total")) > formatUsd(total.costUsd, "en-US") ? true : undefined),
    25_000,
  );

  await page.getByTestId("budget-add").click();
  await page.getByTestId("budget-limit").locator("input").fill("12");
  await page.getByTestId("budget-period").click();
  await page.getByRole("option", { name: "A month", exact: true }).click();
  await page.getByTestId("budget-limit").locator("input").press("Enter");
  const { budgets } = await daemon.request("budgets", {});
  expect(budgets).toMatchObject([{ id: "team:month", team: true, limitUsd: "12" }]);
  await daemon.request("setBudget", {
    body: { team: true, period: "day", limitUsd: "8", scope: { dimension: "workspace", value: "new-thing" } },
  });
  const spent = formatUsd(budgets[0]?.spentUsd ?? "0", "en-US");
  await eventually("the budget", async () =>
    (await text(page, "budget-team:month-amount")) === `${spent} of $12.00` ? true : undefined,
  );
  await page.getByTestId("budget-team:day:workspace:new-thing").waitFor();
  await page.getByTestId("view-overview").click();
  await page.getByTestId("budgets").waitFor();
  expect(await page.getByTestId("budget-team:month").count()).toBe(0);

  for (const [look, options] of Object.entries(looks)) {
    const theirs = await open(options);
    await showTeam(theirs);
    await theirs.getByTestId("team-members").waitFor();
    expect(await axeFindings(theirs), look).toEqual([]);
    await keepScreenshot(theirs, `team-${look}`);
    await theirs.context().close();
  }
  const narrow = await open({ viewport: { width: 420, height: 900 } });
  await showTeam(narrow);
  await keepScreenshot(narrow, "team-narrow");
  expect(await narrow.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
  await narrow.context().close();

  await showTeam(page);
  const before = await text(page, "team-total");
  await sqld.kill();
  await page.getByTestId("team-offline").waitFor({ timeout: 40_000 });
  expect(await text(page, "team-offline")).toMatch(/can't be reached.*last known figures, of /);
  expect(await text(page, "team-total")).toBe(before);
  await keepScreenshot(page, "team-offline");
  await sqld.start();
  await page.getByTestId("team-offline").waitFor({ state: "detached", timeout: 60_000 });

  await daemon.request("leaveTeam", { query: {} });
  await page.getByTestId("team-none").waitFor({ timeout: 30_000 });
  await keepScreenshot(page, "team-none");
  expect(troubles).toEqual([]);
}, 300_000);

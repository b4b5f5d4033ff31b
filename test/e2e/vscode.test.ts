import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DaemonConnection } from "../../daemon/client/daemonConnection.ts";
import { packageExtension } from "../../scripts/lib/extensionPackage.mjs";
import { formatUsd } from "../../shared/money.ts";
import { keepScreenshot, launchBrowser } from "./lib/browser.ts";
import { type CodeServer, startCodeServer } from "./lib/codeServer.ts";
import { connectToDaemon, discovered, endDaemon, projectDirectory } from "./lib/daemon.ts";
import { pastWeek } from "./lib/pastWeek.ts";
import { eventually } from "./lib/processes.ts";
import { openWorkbench, type Workbench } from "./lib/workbench.ts";

const EXTENSION = "taximeter.taximeter";

/** Sources that eight visits to the shop make, with how many calls each. */
const shopCalls = {
  "/api/search": 2,
  "/api/chat": 2,
  "/api/products/:id/describe": 1,
  "/api/suggest": 1,
  "background_job:ENRICH_LEAD": 2,
  "/api/products/:id/translate": 1,
  "action:draft.send": 1,
};
const callsPerRun = Object.values(shopCalls).reduce((sum, calls) => sum + calls, 0);

/** The packaged extension in real VS Code, used as a person would. The tests are one story, told in order. */
describe("VS Code", () => {
  let directory: string;
  let home: string;
  let server: CodeServer;
  let browser: Browser;
  let workbench: Workbench;
  let daemon: DaemonConnection;
  let pid: number;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "taximeter-vscode-"));
    // A space in the path, since many people's home has one.
    home = join(directory, "state of taximeter");
    server = await startCodeServer({
      directory,
      vsix: process.env["TAXIMETER_TEST_VSIX"] ?? (await packageExtension()).vsix,
      workspace: join(projectDirectory, "examples", "shop"),
      env: { TAXIMETER_HOME: home },
    });
    browser = await launchBrowser();
    const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, locale: "en-US" });
    workbench = await openWorkbench(await context.newPage(), server.url);
  });

  afterAll(async () => {
    if (workbench !== undefined) await keepScreenshot(workbench.page, "vscode-at-the-end").catch(() => {});
    await browser?.close();
    await server?.process.stop();
    daemon?.dispose();
    await endDaemon(home);
    await rm(directory, { recursive: true, force: true });
  });

  async function expectStatusBar(text: string): Promise<void> {
    const item = workbench.statusBarItem(EXTENSION);
    await eventually(`the status bar to read "${text}"`, async () => {
      const shown = (await item.textContent({ timeout: 1_000 }))?.trim();
      if (shown !== text) throw new Error(`it reads "${shown}"`);
      return true;
    });
  }

  async function spentToday() {
    return daemon.request("spend", { query: { from: "today", groupBy: ["source"] } });
  }

  /** Runs the shop by typing and waits until the daemon has `calls` calls of today. */
  async function runShop(calls: number): Promise<void> {
    await workbench.typeInTerminal("clear; node app.mjs --visits 8 --every 50");
    await eventually(
      `${calls} calls in the daemon`,
      async () => {
        const { total } = await spentToday();
        if (total.calls !== calls) throw new Error(`${total.calls} calls; ${await workbench.terminalText()}`);
        const page = await daemon.request("calls", { query: { from: "today" } });
        return page.calls.every(({ status }) => status === "ok") ? true : undefined;
      },
      60_000,
    );
  }

  test("the extension starts the daemon and shows that nothing is spent yet", async () => {
    const discovery = await eventually("the daemon", () => discovered(home), 60_000);
    pid = discovery.pid;
    daemon = await connectToDaemon(home);
    await expectStatusBar("$0.00 today, no calls yet");
  });

  test("an app that is run in the terminal is metered, and the status bar ticks", async () => {
    await workbench.openTerminal();
    // A prompt that says nothing of the machine on which the pictures are taken.
    await workbench.typeInTerminal("PS1='$ '");
    await runShop(callsPerRun);
    const { rows, total } = await spentToday();
    expect(Object.fromEntries(rows.map(({ key, calls }) => [key, calls]))).toEqual(shopCalls);
    expect(total.unpricedCalls).toBe(0);
    await expectStatusBar(`${formatUsd(total.costUsd)} today`);
  });

  test("the status bar tells more where the mouse rests on it, and its links lead there", async () => {
    await workbench.statusBarItem(EXTENSION).hover();
    const tooltip = workbench.page.locator(".monaco-hover", { hasText: "/api/chat" });
    await tooltip.waitFor();
    const { rows, total } = await spentToday();
    const text = await tooltip.textContent();
    expect(text).toContain(formatUsd(total.costUsd));
    expect(text).toContain(rows[0]?.key);
    const box = await tooltip.boundingBox();
    const { width, height } = workbench.page.viewportSize() ?? { width: 0, height: 0 };
    const left = Math.max(0, (box?.x ?? 0) - 24);
    const top = Math.max(0, (box?.y ?? 0) - 24);
    const clip = { x: left, y: top, width: width - left, height: height - top };
    await keepScreenshot(workbench.page, "vscode-ticker", { clip, document: "ticker" });
    await tooltip.getByRole("link", { name: rows[0]?.key ?? "" }).click();
    const source = workbench.webview().getByTestId("only-source");
    await source.waitFor();
    expect(await source.textContent()).toContain(rows[0]?.key);
    expect((await workbench.webview().getByTestId("total").textContent())?.trim()).toBe(
      formatUsd(rows[0]?.costUsd ?? ""),
    );
    await workbench.runCommand("View: Close All Editors");
    await workbench.page.mouse.move(0, 0);
  });

  test("the dashboard opens by command and shows the daemon's figures", async () => {
    await workbench.runCommand("Taximeter: Open Dashboard");
    const page = workbench.webview();
    const { rows, total } = await spentToday();
    await eventually("the total", async () =>
      (await page.getByTestId("total").textContent({ timeout: 5_000 }))?.trim() === formatUsd(total.costUsd)
        ? true
        : undefined,
    );
    expect(rows.length).toBe(Object.keys(shopCalls).length);
    for (const { key, calls, costUsd } of rows) {
      const row = page.getByTestId(`row-${key}`);
      expect((await row.locator('[data-column="spend"]').textContent())?.trim()).toBe(formatUsd(costUsd));
      expect((await row.locator('[data-column="calls"]').textContent())?.trim()).toBe(String(calls));
    }
  });

  test("a budget that is crossed warns and colours the status bar", async () => {
    const { total } = await spentToday();
    await workbench.runCommand("Taximeter: Set Budget…");
    await workbench.choose("Daily budget");
    // One more run of the shop is more than the rest of it.
    await workbench.answer((Number(total.costUsd) * 1.5).toFixed(6));
    await runShop(2 * callsPerRun);
    await workbench
      .notification(/Daily budget: the limit of .* is used up/)
      .first()
      .waitFor();
    const colour = await workbench.statusBarItem(EXTENSION).evaluate((item) => item.className);
    expect(colour).toContain("error-kind");
    await keepScreenshot(workbench.page, "vscode-budget");
    await expectStatusBar(`${formatUsd((await spentToday()).total.costUsd)} today`);
  });

  test("a daemon that is killed comes back with everything", async () => {
    const before = await spentToday();
    process.kill(pid, "SIGKILL");
    const successor = await eventually("another daemon", async () => {
      const found = await discovered(home);
      return found === undefined || found.pid === pid ? undefined : found;
    });
    expect(successor.pid).not.toBe(pid);
    expect((await spentToday()).total).toEqual(before.total);
    await runShop(3 * callsPerRun);
    await expectStatusBar(`${formatUsd((await spentToday()).total.costUsd)} today`);
  });

  test("a budget that is raised takes the colour away", async () => {
    await daemon.request("setBudget", { body: { period: "day", limitUsd: "0.01" } });
    await daemon.request("setBudget", { body: { period: "month", limitUsd: "20" } });
    await eventually("a status bar without a colour", async () => {
      const kind = await workbench.statusBarItem(EXTENSION).evaluate((item) => item.className);
      return /error-kind|warning-kind/.test(kind) ? undefined : true;
    });
  });

  test("the dashboard of a week of work shows the daemon's figures for it", async () => {
    await daemon.request("ingest", { body: pastWeek(new Date()) });
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    const page = workbench.webview();
    await page.getByTestId("period-7d").click();
    const { total } = await daemon.request("spend", { query: { from: "7d" } });
    await eventually("the total of seven days", async () =>
      (await page.getByTestId("total").textContent())?.trim() === formatUsd(total.costUsd) ? true : undefined,
    );
  });

  test("the list of calls has the newest first, and tells all that is known of one", async () => {
    const page = workbench.webview();
    const [newest] = (await daemon.request("calls", { query: { from: "7d", limit: 1 } })).calls;
    await page.getByTestId("view-calls").click();
    const row = page.getByTestId(`call-${newest?.callId}`);
    await row.click();
    const detail = page.getByTestId("call-detail");
    await detail.waitFor();
    expect(await detail.textContent()).toContain(newest?.requestModel);
    await workbench.runCommand("Notifications: Clear All Notifications");
    await workbench.page.mouse.move(0, 0);
    await keepScreenshot(workbench.page, "vscode-calls", { document: "calls" });
    await page.getByTestId("call-detail-close").click();
    await page.getByTestId("view-overview").click();
    await page.getByTestId("total").waitFor();
  });

  test.each([
    ["dark", "Dark Modern", "vs-dark", "vscode-dark"],
    ["light", "Light Modern", "vs", "vscode-light"],
    ["high-contrast", "Dark High Contrast", "hc-black", "vscode-high-contrast"],
  ])("is itself in the %s theme", async (name, theme, themeClass, bodyClass) => {
    await workbench.runCommand("Preferences: Color Theme");
    await workbench.choose(theme);
    await workbench.page.locator(`.monaco-workbench.${themeClass}`).waitFor();
    const page = workbench.webview();
    await page.locator(`body.${bodyClass}`).getByTestId("total").waitFor();
    await workbench.runCommand("Notifications: Clear All Notifications");
    await workbench.page.mouse.move(0, 0);
    // The chart is drawn anew in the theme's colours.
    await workbench.page.waitForTimeout(1_000);
    await keepScreenshot(workbench.page, `vscode-${name}`, name === "dark" ? { document: "dashboard" } : {});
  });
});

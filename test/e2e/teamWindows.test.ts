import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { DaemonConnection } from "../../daemon/client/daemonConnection.ts";
import { packageExtension } from "../../scripts/lib/extensionPackage.mjs";
import { formatUsd } from "../../shared/money.ts";
import { keepScreenshot, launchBrowser } from "./lib/browser.ts";
import { type CodeServer, startCodeServer } from "./lib/codeServer.ts";
import { builtFile, connectToDaemon, discovered, endDaemon, projectDirectory } from "./lib/daemon.ts";
import { eventually, startProcess } from "./lib/processes.ts";
import { openWorkbench, type Workbench } from "./lib/workbench.ts";
import { type Sqld, startSqld } from "./team/sqld.ts";

const EXTENSION = "taximeter.taximeter";
const shop = join(projectDirectory, "examples", "shop");

let directory: string;
let vsix: string;
let browser: Browser;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "taximeter-windows-"));
  vsix = process.env["TAXIMETER_TEST_VSIX"] ?? (await packageExtension()).vsix;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
});

interface Window {
  home: string;
  daemon: DaemonConnection;
  server: CodeServer;
  workbench: Workbench;
}

/** VS Code of a developer, on a machine of their own. */
async function openWindow(developer: string): Promise<Window> {
  const home = join(directory, developer, "state");
  const server = await startCodeServer({
    directory: join(directory, developer),
    vsix,
    workspace: shop,
    env: { TAXIMETER_HOME: home, TAXIMETER_DEVELOPER: developer },
  });
  onTestFinished(async () => {
    await server.process.stop();
    await endDaemon(home);
  });
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, locale: "en-US" });
  const workbench = await openWorkbench(await context.newPage(), server.url);
  await eventually("the daemon", () => discovered(home), 60_000);
  const daemon = await connectToDaemon(home);
  onTestFinished(() => daemon.dispose());
  return { home, daemon, server, workbench };
}

/** By the command, as a person would: address, token, sums alone. */
async function joinTeam({ workbench, daemon }: Window, sqld: Sqld): Promise<void> {
  const { page } = workbench;
  const widget = page.locator(".quick-input-widget");
  const asked = async (words: string | RegExp) => {
    await widget.filter({ hasText: words }).waitFor({ timeout: 30_000 });
  };
  await workbench.runCommand("Taximeter: Join a Team…");
  await asked("The address of the team");
  await widget.locator("input[type=text]").first().fill(sqld.url);
  await page.keyboard.press("Enter");
  await asked("token");
  await widget.locator("input[type=password]").fill(sqld.token());
  await page.keyboard.press("Enter");
  await asked("Sums of quarter hours");
  await page.keyboard.press("Enter");
  await asked("Git branches");
  await page.keyboard.press("Enter");
  await eventually("the team", async () =>
    (await daemon.request("team", {})).url === null ? undefined : true,
  );
}

test("two developers in windows of their own: one runs an app, the other sees it", async () => {
  const sqld = await startSqld({ jwt: true });
  const ada = await openWindow("ada");
  await joinTeam(ada, sqld);
  await ada.workbench.openTerminal();
  await ada.workbench.typeInTerminal("clear; node app.mjs --visits 8 --every 50");
  await eventually(
    "what ada's app spent to reach the team",
    async () => {
      const { total } = await ada.daemon.request("spend", { query: { from: "today" } });
      const { outstanding, lastPushedAt } = await ada.daemon.request("team", {});
      return total.calls >= 10 && outstanding === 0 && lastPushedAt !== null ? true : undefined;
    },
    90_000,
  );
  // Her window is closed. Her daemon lives on for a while, as it does.
  await ada.workbench.page.context().close();
  await ada.server.process.stop();

  const grace = await openWindow("grace");
  await joinTeam(grace, sqld);
  await grace.workbench.runCommand("Notifications: Clear All Notifications");
  await grace.workbench.runCommand("Taximeter: Open Dashboard");
  const dashboard = grace.workbench.webview();
  await dashboard.getByTestId("view-team").click({ timeout: 60_000 });
  const spentByAda = async () =>
    (await ada.daemon.request("spend", { query: { from: "today" } })).total.costUsd;
  const shown = async () =>
    (await dashboard.getByTestId("row-ada").locator('[data-column="spend"]').textContent())?.trim();
  const seen = async (what: string) => {
    const isSeen = async () => (await shown()) === formatUsd(await spentByAda());
    await eventually(what, async () => ((await isSeen()) ? true : undefined), 60_000);
  };
  await seen("what ada spent, in grace's window");
  expect(await dashboard.getByTestId("row-grace").count()).toBe(0);
  expect(await dashboard.getByTestId("team-total").textContent()).toBe(formatUsd(await spentByAda()));
  await dashboard.getByTestId("team-by-source").click();
  await dashboard.getByTestId("row-/api/chat").waitFor();
  await dashboard.getByTestId("team-by-developer").click();
  await keepScreenshot(grace.workbench.page, "vscode-team");

  // She runs it once more; nobody touches grace's window.
  const before = await spentByAda();
  const again = startProcess(
    process.execPath,
    [builtFile("cli.mjs"), "run", "--", process.execPath, "app.mjs", "--visits", "8", "--every", "50"],
    { env: { ...process.env, TAXIMETER_HOME: ada.home }, cwd: shop },
  );
  onTestFinished(() => again.stop());
  expect(await again.exited).toBe(0);
  expect(Number(await spentByAda())).toBeGreaterThan(Number(before));
  await seen("ada's second run, in grace's window");

  // The team's budget is told in her window, once.
  const limited = { team: true, period: "month", limitUsd: "0.0001" } as const;
  await grace.daemon.request("setBudget", { body: limited });
  await grace.workbench.notification("Monthly budget of the team").waitFor({ timeout: 30_000 });
  await grace.workbench.runCommand("Notifications: Clear All Notifications");
  await grace.daemon.request("budgets", {});
  await grace.workbench.runCommand("Developer: Reload Window");
  await grace.workbench.page.locator(".monaco-workbench .part.statusbar").waitFor({ timeout: 60_000 });
  const item = grace.workbench.statusBarItem(EXTENSION);
  await item.waitFor({ timeout: 60_000 });
  await eventually("the status bar", async () =>
    (await item.textContent())?.includes("today") ? true : undefined,
  );

  await eventually(
    "the team's day in the tooltip",
    async () => {
      await grace.workbench.page.mouse.move(400, 400);
      await item.hover();
      const hover = grace.workbench.page.locator(".monaco-hover", { hasText: "Team today" });
      await hover.waitFor({ timeout: 5_000 });
      return (await hover.textContent())?.includes("Monthly budget of the team") ? true : undefined;
    },
    60_000,
  );
  await keepScreenshot(grace.workbench.page, "vscode-team-tooltip");
  // Long after the window began anew.
  expect(await grace.workbench.notification("Monthly budget of the team").count()).toBe(0);
}, 600_000);

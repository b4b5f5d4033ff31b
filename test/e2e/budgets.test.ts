import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BudgetState } from "../../shared/budgets.ts";
import { makeReport } from "../builders.ts";
import { keepScreenshot } from "./lib/browser.ts";
import { builtFile } from "./lib/daemon.ts";
import { type Editor, EXTENSION, openEditor } from "./lib/editor.ts";
import { eventually } from "./lib/processes.ts";
import type { Workbench } from "./lib/workbench.ts";

const run = promisify(execFile);
const ANY_NOTICE = /Daily budget: /;

/** A folder whose own settings would stop every call: nobody trusts it. */
async function makeWorkspace(directory: string): Promise<string> {
  const workspace = join(directory, "someone elses app");
  await mkdir(join(workspace, ".vscode"), { recursive: true });
  const hostile = { "taximeter.budgets": [{ period: "week", limitUsd: 0.01, hardStop: true }] };
  await writeFile(join(workspace, ".vscode", "settings.json"), JSON.stringify(hostile));
  return workspace;
}

/** Budgets in two windows on one daemon, in the settings and on the command line. One story, told in order. */
describe("budgets in VS Code", () => {
  let editor: Editor;
  let other: Workbench;

  beforeAll(async () => {
    editor = await openEditor({
      name: "vscode-budgets",
      workspace: makeWorkspace,
      restricted: true,
      settings: { "taximeter.budgets": [{ period: "month", limitUsd: 50 }] },
    });
    const folder = join(editor.directory, "another app");
    await mkdir(folder);
    other = await editor.openWindow(editor.server.urlOf({ folder }));
    await editor.expectStatusBar(/today/, other);
  });
  afterAll(async () => {
    await editor?.close();
  });

  async function budget(id: string): Promise<BudgetState | undefined> {
    return (await editor.daemon.request("budgets", {})).budgets.find((known) => known.id === id);
  }

  const expectBudget = (id: string, over: Partial<BudgetState> | undefined) =>
    eventually(`the budget ${id}`, async () => {
      const found = await budget(id);
      if (over === undefined) expect(found).toBeUndefined();
      else expect(found).toMatchObject(over);
      return true;
    });

  async function setting(): Promise<unknown> {
    const text = await readFile(editor.server.settingsFile, "utf8");
    return (JSON.parse(text) as Record<string, unknown>)["taximeter.budgets"];
  }

  const expectSetting = (budgets: unknown) =>
    eventually("the setting", async () => {
      expect(await setting()).toEqual(budgets);
      return true;
    });

  /** As if the user wrote it into `settings.json`. */
  async function writeSetting(budgets: unknown): Promise<void> {
    const text = await readFile(editor.server.settingsFile, "utf8");
    const settings = { ...(JSON.parse(text) as object), "taximeter.budgets": budgets };
    await writeFile(editor.server.settingsFile, JSON.stringify(settings, null, 2));
  }

  async function taximeter(...args: string[]): Promise<string> {
    const env = { ...process.env, TAXIMETER_HOME: editor.home };
    return (await run(process.execPath, [builtFile("cli.mjs"), ...args], { env })).stdout;
  }

  /** A dollar each: 400,000 tokens of gpt-4o. */
  async function spend(dollars: number, over: object = {}): Promise<void> {
    const body = Array.from({ length: dollars }, () =>
      makeReport({
        provider: "openai",
        requestModel: "gpt-4o",
        usage: { inputTokens: 400_000 },
        startedAt: new Date().toISOString(),
        ...over,
      }),
    );
    await editor.daemon.request("ingest", { body });
  }

  /** Windows that show a notice of a budget. */
  async function noticed(text: RegExp = ANY_NOTICE): Promise<Workbench[]> {
    const shown: Workbench[] = [];
    for (const window of [editor.workbench, other]) {
      if ((await window.notification(text).count()) > 0) shown.push(window);
    }
    return shown;
  }

  /** The one window that tells of it, once there was time for another to do so too. */
  async function oneNotice(text: RegExp): Promise<Workbench> {
    await eventually("a notice", async () => ((await noticed(text)).length > 0 ? true : undefined));
    await editor.workbench.page.waitForTimeout(1_500);
    const windows = await noticed(text);
    expect(windows).toHaveLength(1);
    const [window] = windows;
    if (window === undefined) throw new Error("no window tells of it");
    expect(await window.notification(text).count()).toBe(1);
    return window;
  }

  /** VS Code's lists fade in. */
  const settled = (window: Workbench) => window.page.waitForTimeout(400);

  const press = (window: Workbench, text: RegExp, button: string) =>
    window.notification(text).getByRole("button", { name: button, exact: true }).click();

  test("the user's setting holds, the untrusted folder's does not", async () => {
    await expectBudget("month", { limitUsd: "50", inSettings: true });
    expect((await editor.daemon.request("budgets", {})).budgets).toHaveLength(1);
  });

  test("a budget set by command is the same on the command line and in the dashboard", async () => {
    await editor.workbench.runCommand("Taximeter: Set Budget…");
    await editor.workbench.choose("Daily budget");
    await editor.workbench.answer("4");
    await expectBudget("day", { limitUsd: "4" });
    expect(await taximeter("budget", "list")).toMatch(/^day .* \$4\.00 /m);
    await editor.workbench.runCommand("Taximeter: Open Dashboard");
    const page = editor.workbench.webview();
    await page.getByTestId("budget-day").waitFor();
    expect((await page.getByTestId("budget-day-amount").textContent())?.trim()).toBe("$0.00 of $4.00");
    expect((await page.getByTestId("budget-month-amount").textContent())?.trim()).toBe("$0.00 of $50.00");
  });

  test("what the command line changes the setting follows, and back", async () => {
    await taximeter("budget", "set", "month", "60", "--warn-at", "90");
    await expectSetting([{ period: "month", limitUsd: 60, thresholds: [90] }]);
    await writeSetting([
      { period: "month", limitUsd: 40, thresholds: [90] },
      { period: "day", limitUsd: 3, scope: "model=gpt-4o" },
    ]);
    await expectBudget("month", { limitUsd: "40", thresholds: [90] });
    await expectBudget("day:model:gpt-4o", { limitUsd: "3", inSettings: true });
    expect(await taximeter("budget", "list")).toMatch(/^day:model:gpt-4o .* in the settings/m);
    const page = editor.workbench.webview();
    await page.getByTestId("budget-day:model:gpt-4o").waitFor();
    await taximeter("budget", "remove", "day", "--model", "gpt-4o");
    await expectSetting([{ period: "month", limitUsd: 40, thresholds: [90] }]);
    await page.getByTestId("budget-day:model:gpt-4o").waitFor({ state: "detached" });
  });

  test("a threshold is told once in all windows, and the limit is raised from there", async () => {
    await spend(2);
    const text = /Daily budget: 50% of \$4\.00 is used up/;
    const window = await oneNotice(text);
    await keepScreenshot(window.page, "vscode-budget-notice");
    await press(window, text, "Raise…");
    const list = window.page.locator(".quick-input-widget");
    await list.getByRole("option", { name: /^\$8\.00/ }).waitFor();
    await settled(window);
    await keepScreenshot(window.page, "vscode-budget-raise");
    await window.answer("10");
    await expectBudget("day", { limitUsd: "10", thresholds: [50, 80, 100] });
  });

  test("what is raised warns again when it is reached again, until it is to be silent", async () => {
    await spend(3, { requestModel: "gpt-4o", source: "/api/chat" });
    await spend(1, { requestModel: "nobody-sells-this" });
    const text = /Daily budget: 50% of \$10\.00 is used up/;
    const window = await oneNotice(text);
    await press(window, text, "Don't Show Again");
    await expectBudget("day", { muted: true });
    await window
      .notification(/no more warnings/)
      .first()
      .waitFor();
    await spend(3);
    await expectBudget("day", { reached: 80, blindCalls: 1 });
    await window.page.waitForTimeout(2_000);
    expect(await noticed(/Daily budget: 80%/)).toEqual([]);
    const kind = await editor.workbench.statusBarItem(EXTENSION).getAttribute("class");
    expect(kind).toContain("warning-kind");
  });

  test("the list of budgets says so, and switches it on again", async () => {
    const { workbench } = editor;
    await workbench.runCommand("Notifications: Clear All Notifications");
    await workbench.runCommand("Taximeter: Set Budget…");
    await workbench.page.getByRole("option", { name: /^Daily budget/ }).waitFor();
    await settled(workbench);
    await keepScreenshot(workbench.page, "vscode-budget-list");
    await workbench.choose("Daily budget");
    await workbench.page.getByRole("option", { name: /Warn Again/ }).waitFor();
    await settled(workbench);
    await keepScreenshot(workbench.page, "vscode-budget-menu");
    await workbench.page.getByRole("option", { name: /Warn Again/ }).click();
    await eventually("its warnings", async () => ((await budget("day"))?.muted ? undefined : true));
  });

  test("a hard stop is a switch in the dashboard, confirmed once, and the setting follows", async () => {
    const page = editor.workbench.webview();
    const stop = page.getByTestId("budget-month-stop");
    await stop.click();
    expect((await budget("month"))?.hardStop).toBeUndefined();
    await keepScreenshot(editor.workbench.page, "vscode-budget-hard-stop");
    await page.getByTestId("budget-month-stop-yes").click();
    await expectBudget("month", { hardStop: true });
    await expectSetting([{ period: "month", limitUsd: 40, thresholds: [90], hardStop: true }]);
    expect(await taximeter("budget", "list")).toMatch(/^month .* hard stop, in the settings/m);
  });

  test("and in the editor, with words about what it does", async () => {
    const { workbench } = editor;
    const menu = async (budgetLabel: string, entry: RegExp) => {
      await workbench.runCommand("Taximeter: Set Budget…");
      await workbench.choose(budgetLabel);
      await workbench.page.getByRole("option", { name: entry }).click();
    };
    await menu("Monthly budget", /Switch Hard Stop Off/);
    await eventually("no stop", async () => ((await budget("month"))?.hardStop ? undefined : true));
    await menu("Daily budget", /Switch Hard Stop On…/);
    const dialog = workbench.page.locator(".monaco-dialog-box");
    await dialog.waitFor();
    expect(await dialog.textContent()).toContain("BudgetExceededError");
    await keepScreenshot(workbench.page, "vscode-budget-hard-stop-dialog");
    await dialog.getByRole("button", { name: "Switch On" }).click();
    await expectBudget("day", { hardStop: true });
    await expectSetting([{ period: "month", limitUsd: 40, thresholds: [90], hardStop: false }]);
  });

  test("a budget for a part of the spend offers what occurs", async () => {
    const { workbench } = editor;
    await workbench.runCommand("Taximeter: Set Budget…");
    await workbench.choose("For a source, a model, a label…");
    await workbench.choose("Source");
    await workbench.page.getByRole("option", { name: /^\/api\/chat/ }).waitFor();
    await settled(workbench);
    await keepScreenshot(workbench.page, "vscode-budget-values");
    await workbench.choose("/api/chat");
    await workbench.choose("Weekly budget");
    await workbench.answer("25");
    await expectBudget("week:source:/api/chat", { limitUsd: "25" });
  });

  test("the ticker's tooltip has them, with what they lead to and do not see", async () => {
    const { workbench } = editor;
    await workbench.runCommand("Notifications: Clear All Notifications");
    await workbench.statusBarItem(EXTENSION).hover();
    const tooltip = workbench.page.locator(".monaco-hover", { hasText: "Weekly budget" });
    await tooltip.waitFor();
    const text = (await tooltip.textContent()) ?? "";
    expect(text).toContain("Weekly budget (Source /api/chat)");
    expect(text).toContain("$8.00 of $10.00 · 80% · hard stop");
    expect(text).toContain("Budgets do not see 1 call without a full price.");
    await settled(workbench);
    await keepScreenshot(workbench.page, "vscode-budgets-tooltip");
    await workbench.page.mouse.move(0, 0);
  });

  test.each([
    ["dark", "Dark Modern", "vs-dark", "vscode-dark"],
    ["light", "Light Modern", "vs", "vscode-light"],
    ["high-contrast", "Dark High Contrast", "hc-black", "vscode-high-contrast"],
    ["high-contrast-light", "Light High Contrast", "hc-light", "vscode-high-contrast-light"],
  ])("they are themselves in the %s theme", async (name, theme, themeClass, bodyClass) => {
    const { workbench } = editor;
    await workbench.runCommand("Preferences: Color Theme");
    await workbench.choose(theme);
    await workbench.page.locator(`.monaco-workbench.${themeClass}`).waitFor();
    const page = workbench.webview();
    await page.locator(`body.${bodyClass}`).getByTestId("budget-day").waitFor();
    expect((await page.getByTestId("budget-day-blind").textContent())?.trim()).toMatch(/^Blind for 1 call/);
    await workbench.runCommand("Notifications: Clear All Notifications");
    await workbench.page.mouse.move(0, 0);
    await workbench.page.waitForTimeout(500);
    await keepScreenshot(workbench.page, `vscode-budgets-${name}`);
  });

  test("what is removed while no window is open goes from the setting with the next", async () => {
    const [known] = (await editor.daemon.request("budgets", {})).budgets.filter(
      ({ inSettings }) => inSettings,
    );
    if (known === undefined) throw new Error("no budget stands in the settings");
    for (const { page } of [editor.workbench, other]) await page.goto("about:blank");
    await eventually("no window that watches", async () => {
      const { liveClients } = await editor.daemon.request("status", {});
      if (liveClients > 0) throw new Error(`${liveClients} still do`);
      return true;
    });
    const before = [await setting()].flat();
    expect(await taximeter("budget", "remove", known.id)).toContain("follow once a window is open");
    expect(await setting()).toEqual(before);
    await editor.openWindow(editor.server.url);
    await eventually("an entry to be gone", async () => {
      expect([await setting()].flat()).toHaveLength(before.length - 1);
      return true;
    });
    await expectBudget(known.id, undefined);
  });

  test("the log has no error of ours", async () => {
    expect(await editor.errorsInLogs()).toEqual([]);
  });
});

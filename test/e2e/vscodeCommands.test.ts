import { exec } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { waitForUpdate } from "@pydantic/genai-prices";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatUsd } from "../../shared/money.ts";
import { makeReport } from "../builders.ts";
import { keepScreenshot } from "./lib/browser.ts";
import { type Editor, EXTENSION, openEditor } from "./lib/editor.ts";
import { eventually } from "./lib/processes.ts";

const shell = promisify(exec);

/** The list of prices as its publishers write it, with gpt-4o-mini dearer. */
async function dearerList(): Promise<string> {
  const providers = structuredClone((await waitForUpdate()) ?? []);
  const openai = providers.find(({ id }) => id === "openai");
  const model = openai?.models.find(({ id }) => id === "gpt-4o-mini");
  if (model === undefined) throw new Error("the list has no gpt-4o-mini");
  model.prices = [{ prices: { input_mtok: 3, output_mtok: 0.6 } }];
  return JSON.stringify(providers, (key, value) => (key === "type" ? undefined : value));
}

/** Every report and action by its command, as a person would use it. One story, told in order. */
describe("commands in VS Code", () => {
  let editor: Editor;
  let workspace: string;

  beforeAll(async () => {
    editor = await openEditor({
      name: "vscode-commands",
      async workspace(directory) {
        workspace = join(directory, "shop");
        await mkdir(workspace);
        return workspace;
      },
    });
    await editor.daemon.request("ingest", {
      body: [
        makeReport({ source: "/api/chat", conversationId: "c-1", workspace }),
        makeReport({ source: "/api/chat", conversationId: "c-2", workspace: "/elsewhere" }),
        makeReport({ source: "/api/chat", status: "error", httpStatus: 500, usage: {}, workspace }),
        makeReport({ source: "/api/own", requestModel: "our-own-model", workspace }),
      ],
    });
  });
  afterAll(async () => {
    await editor?.close();
  });

  const spend = (query: object = {}) =>
    editor.daemon.request("spend", { query: { from: "today", ...query } });

  /** The text of the report that is open, as its preview shows it. */
  async function expectReport(...words: (string | RegExp)[]): Promise<void> {
    const page = editor.workbench.webview();
    await eventually("the report", async () => {
      const text = (await page.locator("body").textContent({ timeout: 2_000 })) ?? "";
      for (const word of words) {
        if (typeof word === "string" ? !text.includes(word) : !word.test(text)) {
          throw new Error(`no ${word} in: ${text}`);
        }
      }
      return true;
    });
  }

  async function closeEditors(): Promise<void> {
    await editor.workbench.runCommand("View: Close All Editors");
  }

  test("the ticker's period and scope are switched by command", async () => {
    const { workbench, expectStatusBar } = editor;
    const { total } = await spend();
    await expectStatusBar(`${formatUsd(total.costUsd)} today`);
    await workbench.runCommand("Taximeter: Switch Status Bar Period…");
    await workbench.choose("This month");
    await expectStatusBar(`${formatUsd(total.costUsd)} this month`);
    await workbench.runCommand("Taximeter: Switch Status Bar Scope…");
    await workbench.choose("The folders open in this window");
    const own = await spend({ from: "month", filters: { workspace: [workspace] } });
    expect(own.total.costUsd).not.toBe(total.costUsd);
    await expectStatusBar(`${formatUsd(own.total.costUsd)} this month`);
    await workbench.runCommand("Taximeter: Switch Status Bar Period…");
    await workbench.choose("This session");
    await expectStatusBar(/this session$/);
    await workbench.runCommand("Taximeter: Switch Status Bar Scope…");
    await workbench.choose("All projects");
    await workbench.runCommand("Taximeter: Switch Status Bar Period…");
    await workbench.choose("Today");
    await expectStatusBar(`${formatUsd(total.costUsd)} today`);
  });

  test("a report by source has the daemon's figures", async () => {
    const { workbench } = editor;
    await workbench.runCommand("Taximeter: Show Report…");
    await workbench.choose("Source");
    await workbench.choose("Today");
    const { rows, total } = await spend({ groupBy: ["source"] });
    expect(rows.length).toBe(2);
    await expectReport(...rows.map(({ key }) => key ?? ""), formatUsd(total.costUsd), "no price");
    await keepScreenshot(workbench.page, "vscode-report");
    await closeEditors();
  });

  test("performance and top conversations are reports too", async () => {
    const { workbench, daemon } = editor;
    await workbench.runCommand("Taximeter: Show Performance…");
    await workbench.choose("Model");
    await workbench.choose("Today");
    const { total } = await daemon.request("performance", { query: { from: "today", groupBy: "model" } });
    await expectReport("p95", `1 (${Math.round(100 / total.calls)}%)`, "our-own-model");
    await closeEditors();
    await workbench.runCommand("Taximeter: Show Top Conversations…");
    await workbench.choose("Today");
    await expectReport("c-1", "c-2");
    await closeEditors();
  });

  test("a model without a price gets one, and history is priced by it", async () => {
    const { workbench, daemon, expectStatusBar } = editor;
    await workbench.statusBarItem(EXTENSION).hover();
    const tooltip = workbench.page.locator(".monaco-hover", { hasText: "1 call has no price" });
    await tooltip.waitFor();
    await keepScreenshot(workbench.page, "vscode-tooltip");
    await tooltip.getByRole("link", { name: "Set Price…" }).click();
    await workbench.choose("our-own-model");
    await workbench.answerAll(["3", "12", ""]);
    await workbench
      .notification(/our-own-model has a price now\. 1 call \(our-own-model\): \$0\.0042 in place of/)
      .waitFor();
    await workbench.runCommand("Notifications: Clear All Notifications");
    const { total } = await spend();
    expect(total.unpricedCalls).toBe(0);
    const { calls } = await daemon.request("calls", {
      query: { from: "today", filters: { model: ["our-own-model"] } },
    });
    expect(calls.map(({ costUsd }) => costUsd)).toEqual(["0.0042"]);
    await expectStatusBar(`${formatUsd(total.costUsd)} today`);
  });

  test("history is repriced only after it was said what would change", async () => {
    const { workbench } = editor;
    await workbench.runCommand("Taximeter: Reprice History…");
    await workbench.choose("Today");
    await workbench.notification("Every call keeps the cost that it has.").waitFor();
    await workbench.runCommand("Notifications: Clear All Notifications");
  });

  test("newer prices are taken from a file, and history follows once it was said what would change", async () => {
    const { workbench, expectStatusBar } = editor;
    const before = await spend();
    const file = join(editor.directory, "data.json");
    await writeFile(file, await dearerList());
    await workbench.runCommand("Taximeter: Update Prices…");
    await workbench.giveFile(file);
    const taken = workbench.notification(/Prices of .* hold for new calls\./);
    await taken.getByRole("button", { name: "Reprice History…" }).click();
    await workbench.choose("Today");
    const question = workbench.page.locator(".monaco-dialog-box", { hasText: "To be changed: 2 calls." });
    await question.waitFor();
    await keepScreenshot(workbench.page, "vscode-reprice");
    expect((await spend()).total.costUsd).toBe(before.total.costUsd);
    await question.getByRole("button", { name: "Reprice", exact: true }).click();
    await workbench.notification(/2 calls \(gpt-4o-mini\): .* in place of/).waitFor();
    const { total } = await spend();
    expect(Number(total.costUsd)).toBeGreaterThan(Number(before.total.costUsd));
    await expectStatusBar(`${formatUsd(total.costUsd)} today`);
    await workbench.runCommand("Notifications: Clear All Notifications");
  });

  test("calls are exported to a file", async () => {
    const { workbench, daemon } = editor;
    const file = join(editor.directory, "calls.csv");
    await workbench.runCommand("Taximeter: Export Calls…");
    await workbench.choose("Today");
    await workbench.giveFile(file);
    await workbench.notification(`The calls were exported to ${file}.`).waitFor();
    const [header, ...rows] = (await readFile(file, "utf8")).trimEnd().split("\n");
    expect(header).toContain("callId");
    const { calls } = await daemon.request("calls", { query: { from: "today" } });
    expect(rows.length).toBe(calls.length);
    for (const { callId } of calls) expect(rows.filter((row) => row.includes(callId))).toHaveLength(1);
    await workbench.runCommand("Notifications: Clear All Notifications");
  });

  test("metering is paused and resumed, and says so", async () => {
    const { workbench, daemon, expectStatusBar } = editor;
    await workbench.runCommand("Taximeter: Pause Metering");
    await expectStatusBar(/today, paused$/);
    expect((await daemon.request("status", {})).recording).toBe(false);
    await workbench.runCommand("Taximeter: Resume Metering");
    await expectStatusBar(/today$/);
    expect((await daemon.request("status", {})).recording).toBe(true);
  });

  test("circuit breakers are on for this folder by command, and off by the setting", async () => {
    const { workbench, daemon } = editor;
    const areOn = async () => (await daemon.request("breakers", {})).settings.workspaces[workspace] ?? false;
    await workbench.runCommand("Taximeter: Switch Circuit Breakers On or Off…");
    await workbench.choose("On in this workspace");
    await eventually("breakers on", async () => ((await areOn()) ? true : undefined));
    const settingsFile = join(workspace, ".vscode", "settings.json");
    expect(JSON.parse(await readFile(settingsFile, "utf8"))).toEqual({ "taximeter.circuitBreaker": true });
    await writeFile(settingsFile, "{}");
    await eventually("breakers off", async () => ((await areOn()) ? undefined : true));
  });

  test("a breaker that opens stands in the tooltip, and leads to the switch", async () => {
    const { workbench, daemon } = editor;
    await daemon.request("setBreakers", { body: { enabled: true, workspace } });
    const failed = () =>
      makeReport({ workspace, requestModel: "gpt-4o", status: "error", httpStatus: 503, usage: {} });
    await daemon.request("ingest", { body: Array.from({ length: 8 }, failed) });
    await eventually("an open circuit", async () =>
      (await daemon.request("status", {})).openCircuits?.length ? true : undefined,
    );
    await workbench.page.mouse.move(0, 0);
    await workbench.statusBarItem(EXTENSION).hover();
    const tooltip = workbench.page.locator(".monaco-hover", {
      hasText: "Calls to gpt-4o (openai) are stopped until",
    });
    await tooltip.waitFor();
    await keepScreenshot(workbench.page, "vscode-breaker");
    await tooltip.getByRole("link", { name: "Circuit Breakers…" }).click();
    await workbench.page.locator(".quick-input-widget", { hasText: "as it is now" }).waitFor();
    await workbench.page.keyboard.press("Escape");
    await daemon.request("setBreakers", { body: { enabled: false, workspace } });
  });

  test("the doctor finds that all is well, in a terminal of its own", async () => {
    const { workbench } = editor;
    await workbench.runCommand("Taximeter: Run Doctor");
    await eventually(
      "the doctor's word",
      async () => {
        const text = await workbench.terminalText();
        if (!text.includes("Everything works.")) throw new Error(text);
        return true;
      },
      60_000,
    );
    await keepScreenshot(workbench.page, "vscode-doctor");
  });

  test("the line for other terminals is copied, and works", async () => {
    const { workbench } = editor;
    await workbench.runCommand('Taximeter: Copy "taximeter run" Line');
    await workbench.notification("Copied. Paste it before a command").waitFor();
    await workbench.page.context().grantPermissions(["clipboard-read"]);
    const line = await workbench.page.evaluate<string>("navigator.clipboard.readText()");
    expect(line).toMatch(/^node ".*cli\.mjs" run -- $/);
    const env = { ...process.env, NODE_OPTIONS: "", TAXIMETER_HOME: editor.home };
    const { stdout } = await shell(`${line}node -p process.env.NODE_OPTIONS`, { env });
    expect(stdout).toContain("--require=");
  });

  test("the log opens, and the settings", async () => {
    const { workbench } = editor;
    await workbench.runCommand("Taximeter: Show Log");
    await workbench.page.locator(".part.panel", { hasText: "Live from daemon" }).waitFor();
    await workbench.runCommand("Taximeter: Open Settings");
    const settings = workbench.page.locator(".settings-editor");
    await settings.getByText("Status Bar: Period").first().waitFor();
    await keepScreenshot(workbench.page, "vscode-settings");
    await workbench.page.keyboard.press("Escape");
    await settings.waitFor({ state: "detached" });
  });

  test("the daemon is restarted and stopped, in words", async () => {
    const { workbench, daemon, expectStatusBar } = editor;
    const { pid } = await daemon.request("status", {});
    const figure = formatUsd((await spend()).total.costUsd);
    await workbench.runCommand("Taximeter: Restart Daemon");
    await eventually("another daemon", async () =>
      (await daemon.request("status", {})).pid === pid ? undefined : true,
    );
    await expectStatusBar(/today$/);
    await workbench.runCommand("Taximeter: Stop Daemon");
    await expectStatusBar("Taximeter: daemon stopped");
    await keepScreenshot(workbench.page, "vscode-stopped");
    await workbench.runCommand("Taximeter: Restart Daemon");
    await expectStatusBar(`${figure} today`);
  });

  test("nothing of it is an error in the log", async () => {
    expect(await editor.errorsInLogs()).toEqual([]);
  });
});

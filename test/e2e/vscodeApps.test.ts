import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Standin, startStandin } from "../../examples/standin/standin.mjs";
import { keepScreenshot } from "./lib/browser.ts";
import { type Editor, EXTENSION, openEditor } from "./lib/editor.ts";
import { eventually } from "./lib/processes.ts";

/** Asks a model once, and says so. */
const asks = `
const response = await fetch(process.env.OPENAI_BASE_URL + "/chat/completions", {
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer none" },
  body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] }),
});
await response.text();
console.log("asked");
`;

const ways = [
  "terminal",
  "task",
  "npmScript",
  "debugTerminal",
  "debugged",
  "switchedOff",
  "reopened",
  "uninstalled",
];

async function makeWorkspace(directory: string): Promise<string> {
  const workspace = join(directory, "an app");
  await mkdir(join(workspace, ".vscode"), { recursive: true });
  const write = (file: string, content: unknown) =>
    writeFile(
      join(workspace, file),
      typeof content === "string" ? content : JSON.stringify(content, null, 2),
    );
  for (const way of ways) await write(`${way}.mjs`, asks);
  await write("package.json", { name: "an-app", scripts: { ask: "node npmScript.mjs" } });
  await write(".vscode/tasks.json", {
    version: "2.0.0",
    tasks: [{ label: "ask by task", type: "shell", command: "node task.mjs", problemMatcher: [] }],
  });
  await write(".vscode/launch.json", {
    version: "0.2.0",
    configurations: [
      { name: "ask", type: "node", request: "launch", program: `\${workspaceFolder}/debugged.mjs` },
    ],
  });
  return workspace;
}

/** However an app is started in VS Code, it is metered. One story, told in order. */
describe("apps in VS Code", () => {
  let standin: Standin;
  let editor: Editor;

  beforeAll(async () => {
    standin = await startStandin();
    const providers = Object.fromEntries(standin.providers.split(",").map((entry) => entry.split("=")));
    editor = await openEditor({
      name: "vscode-apps",
      workspace: makeWorkspace,
      env: standin.environment,
      settings: { "taximeter.providers": providers, "npm.enableScriptExplorer": true },
    });
  });
  afterAll(async () => {
    await editor?.close();
    await standin?.close();
  });

  /** The call of the app `<way>.mjs`, of this folder. */
  async function expectMetered(way: string): Promise<void> {
    const { workbench, daemon, directory } = editor;
    await eventually(
      `the call of ${way}.mjs`,
      async () => {
        const { calls } = await daemon.request("calls", { query: { from: "today" } });
        const call = calls.find(({ source }) => source === `script:${way}.mjs`);
        if (call === undefined) {
          const text = await workbench.terminalText().catch(() => "");
          throw new Error(`of ${calls.map(({ source }) => source)}; the terminal: ${text}`);
        }
        expect(call.workspace).toBe(join(directory, "an app"));
        expect(call.requestModel).toBe("gpt-4o-mini");
        return true;
      },
      60_000,
    );
  }

  test("the walkthrough waits for the first call", async () => {
    const { workbench } = editor;
    await workbench.runCommand("Taximeter: Get Started");
    const page = workbench.page.locator(".gettingStartedContainer");
    await page.getByText("Get started with Taximeter").first().waitFor();
    expect(await page.locator(".step-list-container .getting-started-step").count()).toBe(4);
    await page.getByText("Run your app").first().click();
    await workbench.page.waitForTimeout(1_000);
    await keepScreenshot(workbench.page, "vscode-walkthrough");
    expect(await page.locator('.getting-started-step:has-text("Run your app") .complete').count()).toBe(0);
  });

  test("in a terminal", async () => {
    const { workbench } = editor;
    await workbench.openTerminal();
    await workbench.typeInTerminal("node terminal.mjs");
    await expectMetered("terminal");
  });

  test("the walkthrough's last step is done by it", async () => {
    const { workbench } = editor;
    const step = workbench.page.locator('.getting-started-step:has-text("Run your app")');
    await eventually("the step to be complete", async () =>
      (await step.locator(".codicon-getting-started-step-checked.complete").count()) > 0 ? true : undefined,
    );
    await keepScreenshot(workbench.page, "vscode-walkthrough-done");
  });

  test("as a task", async () => {
    const { workbench } = editor;
    await workbench.runCommand("Tasks: Run Task");
    await workbench.choose("ask by task");
    await expectMetered("task");
  });

  test("by the view of npm scripts", async () => {
    const { workbench } = editor;
    await workbench.runCommand("Explorer: Focus on NPM Scripts View");
    const script = workbench.page.locator(".monaco-list-row", { hasText: /^ask/ }).first();
    const folder = workbench.page.locator(".monaco-list-row", { hasText: "package.json" }).last();
    if (!(await script.isVisible())) await folder.click();
    await script.waitFor();
    await script.hover();
    await script.getByRole("button", { name: "Run", exact: true }).click();
    await expectMetered("npmScript");
  });

  test("in a JavaScript debug terminal", async () => {
    const { workbench } = editor;
    await workbench.runCommand("Debug: JavaScript Debug Terminal");
    await workbench.page.waitForTimeout(3_000);
    await workbench.typeInTerminal("node debugTerminal.mjs");
    await expectMetered("debugTerminal");
  });

  test("in a debug session of Node", async () => {
    await editor.workbench.runCommand("Debug: Start Debugging");
    await expectMetered("debugged");
  });

  test("terminals that were opened while metering was off are told once to be opened anew", async () => {
    const { workbench, directory } = editor;
    const told = workbench.notification("Apps run in terminals that are open already are not metered");
    const settingsFile = join(directory, "an app", ".vscode", "settings.json");
    const enable = (enabled: boolean) =>
      writeFile(settingsFile, JSON.stringify({ "taximeter.enabled": enabled }));
    const item = workbench.statusBarItem(EXTENSION);
    await enable(false);
    await item.waitFor({ state: "hidden" });
    await workbench.openTerminal();
    await workbench.typeInTerminal("node switchedOff.mjs");
    await eventually("the app's word", async () =>
      (await workbench.terminalText()).includes("asked") ? true : undefined,
    );
    expect(await told.count()).toBe(0);
    await enable(true);
    await told.waitFor();
    await keepScreenshot(workbench.page, "vscode-reopen-terminals");
    await told.getByRole("button", { name: "New Terminal" }).click();
    await workbench.page.waitForTimeout(2_000);
    await workbench.typeInTerminal("node reopened.mjs");
    await expectMetered("reopened");
    await enable(false);
    await item.waitFor({ state: "hidden" });
    await enable(true);
    await item.waitFor();
    await workbench.page.waitForTimeout(1_000);
    expect(await told.count()).toBe(0);
    const { calls } = await editor.daemon.request("calls", { query: { from: "today" } });
    expect(calls.map(({ source }) => source)).not.toContain("script:switchedOff.mjs");
  });

  test("after the extension is uninstalled, node and npm run in its old terminal as before", async () => {
    const { workbench, server, directory } = editor;
    await server.run(["--uninstall-extension", EXTENSION]);
    const extensions = join(directory, "extensions");
    for (const name of await readdir(extensions)) {
      if (name.startsWith(EXTENSION)) await rm(join(extensions, name), { recursive: true });
    }
    await workbench.typeInTerminal("clear; node uninstalled.mjs && npm --version && echo all of it runs");
    await eventually("the end of both", async () => {
      const text = await workbench.terminalText();
      if (!/^asked$/m.test(text) || !/^all of it runs/m.test(text)) throw new Error(text);
      return true;
    });
  });
});

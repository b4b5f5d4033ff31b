import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatUsd } from "../../shared/money.ts";
import { proveIdentity, SERVICE_NAME } from "../../shared/protocol.ts";
import { makeReport } from "../builders.ts";
import { keepScreenshot } from "./lib/browser.ts";
import { discovered } from "./lib/daemon.ts";
import { type Editor, EXTENSION, openEditor } from "./lib/editor.ts";
import type { Workbench } from "./lib/workbench.ts";

const FOLDERS = 50;
const FLOOD_PER_SECOND = 50;
const FLOOD_SECONDS = 4;

/** What a user meets when things are not as they should be. One story, told in order. */
describe("VS Code in hard times", () => {
  let editor: Editor;
  const servers: Server[] = [];

  beforeAll(async () => {
    editor = await openEditor({
      name: "vscode-hard-times",
      restricted: true,
      async workspace(directory) {
        const workspace = join(directory, "untrusted");
        await mkdir(join(workspace, ".vscode"), { recursive: true });
        // What a stranger's repository may try.
        const settings = { "taximeter.enabled": false, "taximeter.circuitBreaker": true };
        await writeFile(join(workspace, ".vscode", "settings.json"), JSON.stringify(settings));
        return workspace;
      },
      settings: {
        "taximeter.enabled": "no",
        "taximeter.providers": ["not", "a", "map"],
        "taximeter.budgets": { day: 5 },
        "taximeter.circuitBreaker": "yes",
        "taximeter.statusBar.period": 7,
        "taximeter.statusBar.scope": null,
      },
    });
  });
  afterAll(async () => {
    for (const server of servers) server.close();
    await editor?.close();
  });

  const total = async () => (await editor.daemon.request("spend", { query: { from: "today" } })).total;

  async function tooltip(window: Workbench, words: string) {
    await window.page.mouse.move(0, 0);
    await window.statusBarItem(EXTENSION).hover();
    const hover = window.page.locator(".monaco-hover", { hasText: words });
    await hover.waitFor();
    return hover;
  }

  test("settings of wrong types are as if they were not there, and the log says which", async () => {
    const { expectStatusBar, daemon } = editor;
    await expectStatusBar("$0.00 today, no calls yet");
    expect((await daemon.request("budgets", {})).budgets).toEqual([]);
    const log = await editor.log();
    for (const setting of ["taximeter.providers", "taximeter.budgets"]) expect(log).toContain(setting);
  });

  test("in Restricted Mode the folder's settings are not followed, and it is said", async () => {
    const { workbench, daemon, directory } = editor;
    await tooltip(
      workbench,
      "Restricted Mode: what the settings of this workspace say of Taximeter is not followed.",
    );
    await keepScreenshot(workbench.page, "vscode-restricted");
    const { settings } = await daemon.request("breakers", {});
    expect(settings.workspaces[join(directory, "untrusted")] ?? false).toBe(false);
  });

  test("a model's name full of HTML and Markdown is text", async () => {
    const { workbench, daemon } = editor;
    const evil = '<img src=x onerror="alert(1)">[x](command:workbench.quit)$(trash)|`\n# y';
    await daemon.request("ingest", { body: [makeReport({ requestModel: evil, source: evil })] });
    const hover = await tooltip(workbench, "<img src=x");
    expect(await hover.textContent()).toContain("[x](command:workbench.quit)$");
    expect(await hover.locator("img, h1, .codicon-trash").count()).toBe(0);
    const links = await hover
      .locator("a")
      .evaluateAll((all) => all.map((a) => a.getAttribute("data-href") ?? ""));
    expect(links.filter((href) => !href.startsWith("command:taximeter."))).toEqual([]);
    await keepScreenshot(workbench.page, "vscode-evil-name");
  });

  test("at fifty calls a second the ticker keeps its width and changes a few times a second", async () => {
    const { workbench, daemon, expectStatusBar } = editor;
    await daemon.request("ingest", { body: [makeReport()] });
    await expectStatusBar(/today$/);
    await workbench.page.evaluate(`{
      globalThis.widths = new Set();
      globalThis.changes = 0;
      const item = document.querySelector('.statusbar-item[id^="${EXTENSION}"]');
      const note = () => { changes += 1; widths.add(item.getBoundingClientRect().width); };
      globalThis.watchingItem = new MutationObserver(note);
      watchingItem.observe(item, { subtree: true, childList: true, characterData: true });
    }`);
    for (let tenth = 0; tenth < FLOOD_SECONDS * 10; tenth += 1) {
      // Costs that take the figure through every number of digits, to above a dollar.
      const usage = { inputTokens: Math.round(1.35 ** tenth), outputTokens: 10 };
      const body = Array.from({ length: FLOOD_PER_SECOND / 10 }, () => makeReport({ usage }));
      await daemon.request("ingest", { body });
      await sleep(100);
    }
    await expectStatusBar(`${formatUsd((await total()).costUsd)} today`);
    const { widths, changes } = await workbench.page.evaluate<{ widths: number[]; changes: number }>(
      "({ widths: [...widths], changes })",
    );
    expect(changes).toBeGreaterThan(5);
    expect(changes).toBeLessThanOrEqual(7 * (FLOOD_SECONDS + 3));
    // Once it has grown to what it needs, a pixel's fraction is all that may differ.
    expect(Math.max(...widths) - Math.min(...widths.slice(1))).toBeLessThan(1);
  });

  test("a daemon that hangs is said to, within ten seconds, and is back at once", async () => {
    const { workbench, home, daemon, expectStatusBar } = editor;
    const figure = `${formatUsd((await total()).costUsd)} today`;
    await expectStatusBar(figure);
    const { pid } = (await discovered(home)) ?? { pid: 0 };
    process.kill(pid, "SIGSTOP");
    const stoppedAt = performance.now();
    try {
      await expectStatusBar("Taximeter: daemon not answering");
      expect(performance.now() - stoppedAt).toBeLessThan(10_000);
      await tooltip(workbench, `The daemon (process ${pid}) is there and does not answer.`);
      await keepScreenshot(workbench.page, "vscode-hung");
    } finally {
      process.kill(pid, "SIGCONT");
    }
    const continuedAt = performance.now();
    await expectStatusBar(figure);
    expect(performance.now() - continuedAt).toBeLessThan(3_000);
    expect((await daemon.request("status", {})).pid).toBe(pid);
  });

  test("a daemon that talks nonsense, or a later protocol, is said not to be understood", async () => {
    const { workbench, home, expectStatusBar } = editor;
    const found = await discovered(home);
    if (found === undefined) throw new Error("there is no daemon");
    // A daemon of another making: it proves itself by the token, and then says what nobody knows.
    const asked: string[] = [];
    const odd = createServer(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
      asked.push(pathname);
      if (pathname === "/v1/health") {
        const proof = await proveIdentity(found, searchParams.get("challenge") ?? "");
        const body = JSON.stringify({ name: SERVICE_NAME, protocol: found.protocol, proof });
        response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
        response.end(body);
      } else if (pathname === "/v1/live") {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write('event: snapshot\ndata: {"spend":{"total":"<b>42</b>"},"budgets":7}\n\n');
      } else {
        response.writeHead(200, { "content-type": "application/json" });
        response.end("[[[");
      }
    });
    servers.push(odd);
    await new Promise<void>((resolve) => odd.listen(0, "127.0.0.1", resolve));
    const { port } = odd.address() as AddressInfo;
    const file = join(home, "daemon.json");
    await workbench.runCommand("Taximeter: Stop Daemon");
    await expectStatusBar("Taximeter: daemon stopped");
    await writeFile(file, JSON.stringify({ ...found, port }), { mode: 0o600 });
    await workbench.runCommand("Developer: Reload Window");
    await workbench.statusBarItem(EXTENSION).waitFor({ timeout: 60_000 });
    await expectStatusBar("Taximeter: daemon not answering");
    await tooltip(workbench, "What the daemon says is not understood here.");
    await keepScreenshot(workbench.page, "vscode-nonsense");
    // One that speaks a later protocol, as of a later version in another editor, is left alone.
    const newer = { ...found, port, version: "99.0.0", protocol: found.protocol + 1 };
    await writeFile(file, JSON.stringify(newer), { mode: 0o600 });
    await workbench.runCommand("Developer: Reload Window");
    await workbench.statusBarItem(EXTENSION).waitFor({ timeout: 60_000 });
    await expectStatusBar("Taximeter: daemon not answering");
    await tooltip(workbench, "The daemon that runs is version 99.0.0");
    expect(asked).not.toContain("/v1/shutdown");
    odd.close();
    odd.closeAllConnections();
    await expectStatusBar(/today$/);
  });

  test("a window without a folder counts all projects", async () => {
    const { openWindow, server, expectStatusBar } = editor;
    const window = await openWindow(server.urlOf(null));
    await expectStatusBar(`${formatUsd((await total()).costUsd)} today`, window);
    await window.page.context().close();
  });

  test("a workspace of fifty folders counts each of them, and no other", async () => {
    const { openWindow, server, directory, daemon, expectStatusBar } = editor;
    const folders = Array.from({ length: FOLDERS }, (_, index) => join(directory, `package ${index}`));
    for (const folder of folders) await mkdir(folder);
    const workspace = join(directory, "many.code-workspace");
    const settings = { "taximeter.statusBar.scope": "workspace" };
    await writeFile(workspace, JSON.stringify({ folders: folders.map((path) => ({ path })), settings }));
    await daemon.request("ingest", { body: folders.map((folder) => makeReport({ workspace: folder })) });
    const figure = `${formatUsd(String((FOLDERS * 210_000) / 1e9))} today`;
    const openIt = async () => {
      const window = await openWindow(server.urlOf({ workspace }));
      try {
        await expectStatusBar(figure, window);
      } finally {
        await window.page.context().close();
      }
    };
    // Now and then code-server opens such a workspace without its folders, and stays so in that browser.
    await openIt().catch(openIt).catch(openIt);
  });

  test("in German all of it is German, figures too", async () => {
    const { openWindow, server, expectStatusBar } = editor;
    const window = await openWindow(server.urlOf(null), { locale: "de-DE", language: "de" });
    await expectStatusBar(`${formatUsd((await total()).costUsd, "de")} heute`, window);
    await tooltip(window, "Teuerste Quellen");
    await keepScreenshot(window.page, "vscode-german");
    await window.page.context().close();
  });

  test("none of it is an error in the log", async () => {
    expect(await editor.errorsInLogs()).toEqual([]);
  });
});

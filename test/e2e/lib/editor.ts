import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions } from "playwright-core";
import type { DaemonConnection } from "../../../daemon/client/daemonConnection.ts";
import { packageExtension } from "../../../scripts/lib/extensionPackage.mjs";
import { keepScreenshot, launchBrowser } from "./browser.ts";
import { type CodeServer, type CodeServerOptions, startCodeServer } from "./codeServer.ts";
import { connectToDaemon, discovered, endDaemon } from "./daemon.ts";
import { eventually } from "./processes.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

export const EXTENSION = "taximeter.taximeter";

/** VS Code with the packaged extension, a window of it in a browser, and the daemon that it started. */
export interface Editor {
  directory: string;
  /** `TAXIMETER_HOME`. */
  home: string;
  server: CodeServer;
  browser: Browser;
  workbench: Workbench;
  daemon: DaemonConnection;
  /** Another window, of a person of their own. */
  openWindow(url: string, options?: WindowOptions): Promise<Workbench>;
  expectStatusBar(text: string | RegExp, window?: Workbench): Promise<void>;
  /** All that the extension has logged. */
  log(): Promise<string>;
  /** What VS Code and the extension logged that is an error of ours. */
  errorsInLogs(): Promise<string[]>;
  close(): Promise<void>;
}

export interface WindowOptions extends BrowserContextOptions {
  /** Display language, as though its language pack were installed: VS Code's own words stay English without. */
  language?: string;
}

export interface EditorOptions extends Omit<CodeServerOptions, "directory" | "vsix" | "workspace"> {
  /** Name of its screenshots. */
  name: string;
  /** The folder to be opened, which may be made in the story's own directory. */
  workspace(directory: string): Promise<string> | string;
}

export async function openEditor(options: EditorOptions): Promise<Editor> {
  const directory = await mkdtemp(join(tmpdir(), `taximeter-${options.name}-`));
  // A space in the path, since many people's home has one.
  const home = join(directory, "state of taximeter");
  const server = await startCodeServer({
    ...options,
    directory,
    vsix: process.env["TAXIMETER_TEST_VSIX"] ?? (await packageExtension()).vsix,
    workspace: await options.workspace(directory),
    env: { TAXIMETER_HOME: home, ...options.env },
  });
  const browser = await launchBrowser();
  const openWindow = async (url: string, { language, ...more }: WindowOptions = {}) => {
    const context = await browser.newContext({
      viewport: { width: 1400, height: 1000 },
      locale: "en-US",
      ...more,
    });
    if (language !== undefined) {
      await context.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(language)}`);
    }
    return openWorkbench(await context.newPage(), url);
  };
  const workbench = await openWindow(server.url);
  await eventually("the daemon", () => discovered(home), 60_000);
  const daemon = await connectToDaemon(home);
  return {
    directory,
    home,
    server,
    browser,
    workbench,
    daemon,
    openWindow,
    async expectStatusBar(text, window = workbench) {
      await eventually(`the status bar to read "${text}"`, async () => {
        const shown = (await window.statusBarItem(EXTENSION).textContent({ timeout: 1_000 }))?.trim() ?? "";
        if (typeof text === "string" ? shown !== text : !text.test(shown)) {
          throw new Error(`it reads "${shown}"`);
        }
        return true;
      });
    },
    log: () => logOf(server.logs),
    errorsInLogs: () => errorsIn(server.logs),
    async close() {
      await keepScreenshot(workbench.page, `${options.name}-at-the-end`).catch(() => {});
      await browser.close();
      await server.process.stop();
      daemon.dispose();
      await endDaemon(home);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function logOf(logs: string): Promise<string> {
  const files = (await readdir(logs, { recursive: true })).filter((file) => file.endsWith("Taximeter.log"));
  const texts = await Promise.all(files.map((file) => readFile(join(logs, file), "utf8")));
  return texts.join("");
}

async function errorsIn(logs: string): Promise<string[]> {
  const errors: string[] = [];
  for (const file of await readdir(logs, { recursive: true })) {
    const isOurs = file.endsWith("Taximeter.log");
    if (!isOurs && !/exthost.*\.log$/.test(file)) continue;
    // An entry begins with its time; a stack belongs to the line before it. Of other extensions there is plenty.
    const entries = (await readFile(join(logs, file), "utf8")).split(/\n(?=\d{4}-\d\d-\d\d )/);
    const isError = (entry: string) => /^\S+ \S+ \[error\]/.test(entry);
    errors.push(...entries.filter((entry) => isError(entry) && (isOurs || /taximeter/i.test(entry))));
  }
  return errors;
}

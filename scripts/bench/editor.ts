/**
 * What the extension costs in the editor: from the end of a provider's response in an app to the new figure in the status
 * bar, activation, and sizes on disk and in memory. Prints JSON lines.
 */
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startStandin } from "../../examples/standin/standin.mjs";
import { makeReport } from "../../test/builders.ts";
import { launchBrowser } from "../../test/e2e/lib/browser.ts";
import { startCodeServer } from "../../test/e2e/lib/codeServer.ts";
import {
  builtFile,
  connectToDaemon,
  discovered,
  endDaemon,
  projectDirectory,
} from "../../test/e2e/lib/daemon.ts";
import { eventually, startProcess } from "../../test/e2e/lib/processes.ts";
import { openWorkbench } from "../../test/e2e/lib/workbench.ts";
import { packageExtension } from "../lib/extensionPackage.mjs";
import { ownTarget } from "../lib/natives.mjs";
import { coreShare } from "./cpu.ts";
import { printFigure, quantile } from "./measure.ts";

const STARTS = 9;
const CALLS = 25;
const STORED_CALLS = 50_000;
const EXTENSION = "taximeter.taximeter";
const FLOOD_PER_SECOND = 50;
const FLOOD_MS = 10_000;

const directory = await mkdtemp(join(tmpdir(), "taximeter-bench-"));
const home = join(directory, "home-of-taximeter");
const { vsix, bytes } = await packageExtension();

for (const bundle of [
  "extension.js",
  "register.cjs",
  "daemon.mjs",
  "store-worker.mjs",
  "webview/dashboard.js",
]) {
  printFigure(`size of ${bundle}`, (await stat(builtFile(bundle))).size / 1e3, "kB");
}
printFigure(`size of the VSIX (${ownTarget()}, with libSQL)`, bytes / 1e6, "MB");

const server = await startCodeServer({
  directory,
  vsix,
  workspace: join(projectDirectory, "examples", "shop"),
  env: { TAXIMETER_HOME: home },
});
const browser = await launchBrowser();
const standin = await startStandin();
try {
  const workbench = await openWorkbench(await browser.newPage(), server.url);
  const { page } = workbench;
  await eventually("the daemon", () => discovered(home), 60_000);
  const item = workbench.statusBarItem(EXTENSION);
  await item.getByText("today").first().waitFor();

  // Page and app read the same clock. Each change of the item's text is noted with its time.
  await page.evaluate(`{
    globalThis.changes = [];
    const note = () => changes.push(performance.timeOrigin + performance.now());
    const item = document.querySelector('.statusbar-item[id^="${EXTENSION}"]');
    new MutationObserver(note).observe(item, { subtree: true, childList: true, characterData: true });
  }`);
  const app = startProcess(
    process.execPath,
    [
      "--require",
      builtFile("register.cjs"),
      join(projectDirectory, "scripts", "bench", "pacedCalls.mjs"),
      String(CALLS),
    ],
    {
      cwd: projectDirectory,
      env: {
        ...process.env,
        ...standin.environment,
        TAXIMETER_HOME: home,
        TAXIMETER_PROVIDERS: standin.providers,
      },
    },
  );
  if ((await app.exited) !== 0) throw new Error(app.output());
  const ends = [...app.output().matchAll(/^ended (\d+\.?\d*)$/gm)].map(([, time]) => Number(time));
  await page.waitForTimeout(1_000);
  const changes = await page.evaluate<number[]>("globalThis.changes");
  // The first call is left out: it finds the daemon.
  const latencies = ends.slice(1).map((end) => Math.min(...changes.filter((time) => time > end)) - end);
  if (latencies.length === 0 || !latencies.every(Number.isFinite)) throw new Error("a call did not show");
  printFigure("response end → status bar, median", quantile(latencies, 0.5), "ms");
  printFigure("response end → status bar, p95", quantile(latencies, 0.95), "ms");

  const daemon = await connectToDaemon(home);
  const idle = () => page.waitForTimeout(FLOOD_MS);
  const flood = async () => {
    const beats = FLOOD_MS / 100;
    const startedAt = performance.now();
    for (let beat = 1; beat <= beats; beat += 1) {
      const body = Array.from({ length: FLOOD_PER_SECOND / 10 }, () => makeReport());
      await daemon.request("ingest", { body });
      await page.waitForTimeout(Math.max(0, startedAt + beat * 100 - performance.now()));
    }
  };
  const host = /--type=extensionHost/;
  const renderers = /--type=renderer/;
  await page.evaluate("changes.length = 0");
  printFigure("CPU of the extension host, idle", await coreShare(host, idle), "% of a core");
  const flooded = await coreShare(host, flood);
  printFigure(`CPU of the extension host at ${FLOOD_PER_SECOND} calls/s`, flooded, "% of a core");
  const shown = await page.evaluate<number>("changes.length");
  printFigure(
    `changes of the status bar at ${FLOOD_PER_SECOND} calls/s`,
    shown / (FLOOD_MS / 1_000),
    "per second",
  );
  await workbench.runCommand("Taximeter: Open Dashboard");
  await workbench.webview().getByTestId("total").waitFor();
  await page.waitForTimeout(2_000);
  printFigure("CPU of window and dashboard, idle", await coreShare(renderers, idle), "% of a core");
  const drawn = await coreShare(renderers, flood);
  printFigure(`CPU of window and dashboard at ${FLOOD_PER_SECOND} calls/s`, drawn, "% of a core");
  const both = await coreShare(host, flood);
  printFigure(
    `CPU of the extension host at ${FLOOD_PER_SECOND} calls/s, dashboard open`,
    both,
    "% of a core",
  );

  const { storedCalls: madeCalls } = await daemon.request("status", {});
  const discovery = await discovered(home);
  if (discovery === undefined) throw new Error("the daemon is gone");
  printFigure(
    `memory of the daemon, after ${madeCalls.toLocaleString("en-US")} calls`,
    await residentMegabytes(discovery.pid),
    "MB",
  );
  for (let stored = 0; stored < STORED_CALLS; stored += 1_000) {
    await daemon.request("ingest", { body: Array.from({ length: 1_000 }, () => makeReport()) });
  }
  printFigure(
    `memory of the daemon, after ${STORED_CALLS.toLocaleString("en-US")} calls`,
    await residentMegabytes(discovery.pid),
    "MB",
  );
  daemon.dispose();

  // Last: the extension hosts of windows that were closed live on for a while, and would be in the figures above.
  const counted: number[] = [];
  for (let start = 0; start < STARTS; start += 1) counted.push(await countedActivationMs());
  printFigure("activation as VS Code counts it, loading included, median", quantile(counted, 0.5), "ms");
  printFigure("of it the call of activate, median", quantile(await ownActivationsMs(), 0.5), "ms");
} finally {
  await browser.close();
  await standin.close();
  await server.process.stop();
  await endDaemon(home);
  await rm(directory, { recursive: true, force: true });
}

/**
 * Of one more window, as its list of extensions shows it. VS Code counts from when it asks for the extension's code, and
 * loads that of its own extensions which start at the same time before it hands ours over.
 */
async function countedActivationMs(): Promise<number> {
  const context = await browser.newContext();
  const { page, runCommand, statusBarItem } = await openWorkbench(await context.newPage(), server.url);
  await statusBarItem(EXTENSION).getByText("today").first().waitFor();
  await runCommand("Extensions: Show Installed Extensions");
  const words = await page.locator(".extension-list-item .activationTime").first().textContent();
  await context.close();
  return Number.parseFloat(words ?? "");
}

/** Of all windows so far, as the extension itself logs it. */
async function ownActivationsMs(): Promise<number[]> {
  const logs = (await readdir(server.logs, { recursive: true })).filter((file) =>
    file.endsWith("Taximeter.log"),
  );
  const texts = await Promise.all(logs.map((file) => readFile(join(server.logs, file), "utf8")));
  return texts.flatMap((text) => [...text.matchAll(/activated in ([\d.]+) ms/g)].map(([, ms]) => Number(ms)));
}

/** Resident set of a process, from Linux's /proc. */
async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1e3;
}

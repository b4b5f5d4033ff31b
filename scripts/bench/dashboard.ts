/**
 * How soon the dashboard can be used over a million stored calls, and how smoothly a hundred thousand of them scroll: in
 * Chromium, on the page that the built daemon serves. Prints JSON lines.
 */
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import type { DaemonConnection } from "../../daemon/client/daemonConnection.ts";
import { openStore } from "../../daemon/store/workerStore.ts";
import { makeReport, makeStoredCall } from "../../test/builders.ts";
import { launchBrowser } from "../../test/e2e/lib/browser.ts";
import { endDaemon, startDaemon } from "../../test/e2e/lib/daemon.ts";
import { eventually } from "../../test/e2e/lib/processes.ts";
import { printFigure, quantile } from "./measure.ts";

const STORED_CALLS = 1_000_000;
const STORED_DAYS = 30;
const SCROLLED_CALLS = 100_000;
const BATCH = 1_000;
const DAY_MS = 24 * 3_600_000;
const OPENINGS = 10;
const FIRST_OPENINGS = 7;
const SETTLED_MS = 1_500;
const FEW_CALLS = 1_000;
/** The first ones find neither the page nor the database's pages in memory. */
const WARM_UP = 2;
const BUSY_CALLS_PER_SECOND = 50;
const BUSY_SECONDS = 10;

const window = { viewport: { width: 1240, height: 900 }, locale: "en-US" };
const models = ["gpt-4o-mini", "gpt-4o", "claude-sonnet-4-5", "gemini-2.5-flash"];

const browser = await launchBrowser();
await benchFewCalls();
const home = mkdtempSync(join(tmpdir(), "taximeter-bench-"));
await fillStore();
const daemon = await startDaemon(home);
try {
  const page = await openDashboard(daemon);

  for (const [period, words] of [
    ["today", "today"],
    ["30d", "30 days"],
  ] as const) {
    await page.getByTestId(`period-${period}`).click();
    await page.waitForTimeout(1_000);
    const times = await openings(page);
    printFigure(
      `dashboard interactive, a million calls stored, ${words}, median`,
      quantile(times, 0.5),
      "ms",
    );
    printFigure(`dashboard interactive, a million calls stored, ${words}, p95`, quantile(times, 0.95), "ms");
    printFigure(
      `the same in a browser that was never there, ${words}, median`,
      quantile(await firstOpenings(page), 0.5),
      "ms",
    );
  }

  await page.getByTestId("view-calls").click();
  await page.getByTestId("calls").waitFor();
  print("standing still", { times: await page.evaluate<number[]>("probe.stand(3000)"), rows: 0 });
  const reading = await framesWhileScrolling(page, SCROLLED_CALLS);
  print("while they are read", reading);
  const again = await framesWhileScrolling(page, 0);
  print("back to the newest", again);

  await page.getByTestId("view-overview").click();
  await page.getByTestId("period-today").click();
  await page.getByTestId("breakdown").waitFor();
  printFigure(
    `main thread of the page at ${BUSY_CALLS_PER_SECOND} calls/s`,
    (await busyShare(page)) * 100,
    "%",
  );
} finally {
  await browser.close();
  daemon.dispose();
  await endDaemon(home);
  await rm(home, { recursive: true, force: true });
}

async function openDashboard(of: DaemonConnection): Promise<Page> {
  const page = await newPage(await browser.newContext(window));
  await page.goto((await of.request("inviteBrowser", { body: {} })).url);
  await page.getByTestId("breakdown").waitFor();
  return page;
}

async function newPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript({ path: join(import.meta.dirname, "dashboardProbe.js") });
  return page;
}

/** The same with next to nothing stored: what the machine and the page take by themselves. */
async function benchFewCalls(): Promise<void> {
  const other = mkdtempSync(join(tmpdir(), "taximeter-bench-"));
  const few = await startDaemon(other);
  try {
    await few.request("ingest", { body: Array.from({ length: FEW_CALLS }, () => makeReport()) });
    const times = await openings(await openDashboard(few));
    printFigure("dashboard interactive, a thousand calls stored, today, median", quantile(times, 0.5), "ms");
  } finally {
    few.dispose();
    await endDaemon(other);
    await rm(other, { recursive: true, force: true });
  }
}

async function fillStore(): Promise<void> {
  const workerUrl = new URL("../../dist/store-worker.mjs", import.meta.url);
  const store = await openStore({ file: join(home, "taximeter.db"), workerUrl });
  const from = Date.now() - STORED_DAYS * DAY_MS;
  for (let stored = 0; stored < STORED_CALLS; stored += BATCH) {
    await store.putCalls(
      Array.from({ length: BATCH }, (_, index) => {
        const number = stored + index;
        return makeStoredCall({
          startedAt: new Date(from + (number * STORED_DAYS * DAY_MS) / STORED_CALLS).toISOString(),
          source: `/api/route-${number % 12}`,
          requestModel: models[number % models.length] ?? null,
          responseModel: null,
          status: number % 97 === 0 ? "error" : "ok",
          durationMs: 200 + ((number * 7_919) % 6_000),
          timeToFirstTokenMs: 80 + ((number * 104_729) % 900),
          conversationId: `conversation-${number >> 5}`,
          costNanoUsd: 150_000 + ((number * 31) % 90_000),
          runId: `run-${number >> 14}`,
        });
      }),
    );
  }
  await store.close();
}

/** Milliseconds from the start of the navigation. */
async function openings(page: Page): Promise<number[]> {
  const times: number[] = [];
  for (let opening = 0; opening < OPENINGS + WARM_UP; opening += 1) {
    // What the page before had asked for is answered by then.
    await page.waitForTimeout(SETTLED_MS);
    await page.reload();
    const time = await eventually("the overview", () => page.evaluate<number | undefined>("probe.readyMs"));
    if (opening >= WARM_UP) times.push(time);
  }
  return times;
}

/** Where nothing of the page is kept, and the browser starts a process for it; what `page` has chosen is chosen. */
async function firstOpenings(page: Page): Promise<number[]> {
  const storageState = await page.context().storageState();
  const times: number[] = [];
  for (let opening = 0; opening < FIRST_OPENINGS; opening += 1) {
    const context = await browser.newContext({ ...window, storageState });
    const other = await newPage(context);
    await page.waitForTimeout(SETTLED_MS);
    await other.goto(page.url());
    times.push(await eventually("the overview", () => other.evaluate<number | undefined>("probe.readyMs")));
    await context.close();
  }
  return times;
}

interface Frames {
  times: number[];
  rows: number;
}

function framesWhileScrolling(page: Page, calls: number): Promise<Frames> {
  return page.evaluate<Frames>(`probe.scroll(${calls})`);
}

function print(words: string, { times }: Frames): void {
  const name = `scrolling 100,000 calls, ${words}, a frame`;
  printFigure(`${name}, median`, quantile(times, 0.5), "ms");
  printFigure(`${name}, p99`, quantile(times, 0.99), "ms");
  printFigure(`${name}, longest`, Math.max(...times), "ms");
}

/** Of the time, how much the page's main thread was at work while calls came in. */
async function busyShare(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const taskSeconds = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
  };
  const before = await taskSeconds();
  const startedAt = performance.now();
  for (let beat = 0; beat < BUSY_SECONDS * 10; beat += 1) {
    const body = Array.from({ length: BUSY_CALLS_PER_SECOND / 10 }, () => makeReport());
    await daemon.request("ingest", { body });
    await page.waitForTimeout(Math.max(0, startedAt + (beat + 1) * 100 - performance.now()));
  }
  return ((await taskSeconds()) - before) / ((performance.now() - startedAt) / 1_000);
}

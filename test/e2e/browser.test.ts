import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DaemonConnection } from "../../daemon/client/daemonConnection.ts";
import { formatUsd } from "../../shared/money.ts";
import { makeReport } from "../builders.ts";
import { keepScreenshot, launchBrowser } from "./lib/browser.ts";
import { discovered, endDaemon, startDaemon } from "./lib/daemon.ts";
import { eventually } from "./lib/processes.ts";

/** The dashboard that the daemon serves, in a real browser. */
describe("the dashboard in the browser", () => {
  let home: string;
  let daemon: DaemonConnection;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let invitation: string;
  const troubles: string[] = [];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "taximeter-browser-"));
    daemon = await startDaemon(home);
    await daemon.request("ingest", { body: reports() });
    browser = await launchBrowser();
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-US" });
    page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error") troubles.push(message.text());
    });
    page.on("response", (answer) => {
      if (answer.status() >= 400) troubles.push(`${answer.status()} for ${answer.url()}`);
    });
    page.on("pageerror", (error) => troubles.push(error.message));
  });

  afterAll(async () => {
    await browser?.close();
    daemon?.dispose();
    await endDaemon(home);
    await rm(home, { recursive: true, force: true });
  });

  /** Three routes, a job and nothing; two providers; one model without a price. */
  function reports() {
    const usage = (inputTokens: number, outputTokens: number) => ({ inputTokens, outputTokens });
    return [
      ...Array.from({ length: 12 }, () => makeReport({ source: "/api/chat", usage: usage(4_000, 900) })),
      ...Array.from({ length: 3 }, () =>
        makeReport({
          source: "background_job:ENRICH_LEAD",
          provider: "anthropic",
          requestModel: "claude-sonnet-4-5",
          usage: usage(20_000, 2_000),
        }),
      ),
      makeReport({
        source: "/api/search",
        operation: "embeddings",
        requestModel: "text-embedding-3-small",
        usage: { inputTokens: 800_000 },
      }),
      makeReport({ source: "/api/chat", status: "error", httpStatus: 429, usage: {} }),
      makeReport({ source: "<img src=x onerror=alert(1)>", requestModel: "a-model-nobody-knows" }),
    ];
  }

  async function invite(): Promise<string> {
    return (await daemon.request("inviteBrowser", { body: {} })).url;
  }

  async function origin(): Promise<string> {
    const discovery = await discovered(home);
    return `http://127.0.0.1:${discovery?.port}`;
  }

  test("opens by a one-time address and shows the daemon's own figures", async () => {
    invitation = await invite();
    expect(new URL(invitation).origin).toBe(await origin());
    await page.goto(invitation);

    const { total, rows } = await daemon.request("spend", { query: { from: "today", groupBy: ["source"] } });
    expect(total.calls).toBe(reports().length);
    await expectText("total", formatUsd(total.costUsd));
    for (const row of rows) {
      const spend = page.getByTestId(`row-${row.key ?? "unattributed"}`).locator('[data-column="spend"]');
      const calls = page.getByTestId(`row-${row.key ?? "unattributed"}`).locator('[data-column="calls"]');
      if (row.unpricedCalls === 0)
        await eventually(row.key ?? "none", async () =>
          (await spend.textContent()) === formatUsd(row.costUsd) ? true : undefined,
        );
      expect(await calls.textContent()).toBe(String(row.calls));
    }
    await keepScreenshot(page, "browser-dashboard");
  });

  test("breaks down by model", async () => {
    await page.getByTestId("dimension-model").click();
    const { rows } = await daemon.request("spend", { query: { from: "today", groupBy: ["model"] } });
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) await page.getByTestId(`row-${row.key}`).waitFor();
    // What has no price is said in words, never as $0.00.
    const unpriced = page.getByTestId("row-a-model-nobody-knows").locator('[data-column="spend"]');
    expect(await unpriced.textContent()).not.toContain("0.00");
  });

  test("ticks when a call comes in", async () => {
    const before = await page.getByTestId("total").textContent();
    await daemon.request("ingest", {
      body: [makeReport({ usage: { inputTokens: 900_000, outputTokens: 90_000 } })],
    });
    const { total } = await daemon.request("spend", { query: { from: "today" } });
    await expectText("total", formatUsd(total.costUsd));
    expect(await page.getByTestId("total").textContent()).not.toBe(before);
  });

  test("keeps its session in a cookie that no script and no other site can use", async () => {
    const cookies = await context.cookies();
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
    // The code is gone from the address, and so from the history.
    expect(page.url()).not.toContain(new URL(invitation).search || "no-search");
    expect(await page.evaluate("document.cookie")).toBe("");
  });

  test("can be loaded again with its session", async () => {
    await page.reload();
    await page.getByTestId("total").waitFor();
  });

  test("does not open twice by the same address", async () => {
    const stranger = await browser.newContext();
    const theirs = await stranger.newPage();
    const answer = await theirs.goto(invitation);
    expect(answer?.status()).toBeGreaterThanOrEqual(400);
    expect(await theirs.getByTestId("total").count()).toBe(0);
    expect(await stranger.cookies()).toEqual([]);
    await stranger.close();
  });

  test("shows nothing to a page without a session", async () => {
    const stranger = await browser.newContext();
    const theirs = await stranger.newPage();
    for (const path of ["/v1/spend", "/v1/calls", "/v1/live", "/v1/status"]) {
      const answer = await theirs.goto((await origin()) + path);
      expect(answer?.status(), path).toBe(401);
    }
    await stranger.close();
  });

  test("runs under a policy that lets nothing foreign in, without an error", async () => {
    const answer = await page.goto(await invite());
    await page.getByTestId("total").waitFor();
    const policy = (await answer?.allHeaders())?.["content-security-policy"] ?? "";
    expect(policy).toMatch(/default-src 'none'|default-src 'self'/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(troubles).toEqual([]);
  });

  test("says so when the daemon is gone", async () => {
    await endDaemon(home);
    await page.getByTestId("note-lost").waitFor();
    await keepScreenshot(page, "browser-daemon-gone");
  });

  async function expectText(testId: string, text: string): Promise<void> {
    const element = page.getByTestId(testId);
    await eventually(`${testId} to read ${text}`, async () => {
      const shown = (await element.textContent({ timeout: 1_000 }))?.trim();
      if (shown !== text) throw new Error(`it reads ${shown}`);
      return true;
    });
  }
});

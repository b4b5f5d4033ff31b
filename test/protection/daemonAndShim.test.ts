import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { renderStatus } from "../../daemon/cli/commands/status.ts";
import { createTheme } from "../../daemon/cli/format/theme.ts";
import type { DaemonConnection } from "../../daemon/client/daemonConnection.ts";
import type { ProtectionState, WorstPrices } from "../../shared/protection.ts";
import { makeReport } from "../builders.ts";
import { connect, eventually, runningDaemon, temporaryHome } from "../daemon/realDaemon.ts";
import { buildShim, runHost, type ShimBundles } from "../shim/lib/hostProcess.ts";
import { startProvider, type TestProvider } from "../shim/lib/provider.ts";

let shim: ShimBundles;
let provider: TestProvider;
beforeAll(async () => {
  shim = await buildShim();
  provider = await startProvider();
});
afterAll(async () => {
  await Promise.all([provider.close(), shim.remove()]);
});
beforeEach(() => {
  provider.requests.length = 0;
});

const stateFile = (home: string) => join(home, "protection.json");
function stateIn(home: string): ProtectionState | null {
  return existsSync(stateFile(home)) ? JSON.parse(readFileSync(stateFile(home), "utf8")) : null;
}

/** A call of gpt-4o-mini, of 18 tokens: 5.85 micro-dollars; by its request up to 66. */
const prelude = () => `
import { stats } from ${JSON.stringify(shim.apiMjs)};
import { setTimeout as sleep } from "node:timers/promises";
const call = (over = {}) => fetch(${JSON.stringify(provider.url)} + "/v1/chat/completions", {
  method: "POST",
  body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "the prompt" }], max_tokens: 100, ...over }),
}).then((response) => response.json());
`;

async function host(home: string, code: string): Promise<string> {
  const { stdout, stderr } = await runHost(dirname(home), {
    code: prelude() + code,
    flags: ["--import", shim.registerMjs],
    env: { TAXIMETER_HOME: home, TAXIMETER_PROVIDERS: `${provider.host}=openai` },
  });
  expect(stderr).toBe("");
  return stdout;
}

async function spentNanoUsd(client: DaemonConnection): Promise<number> {
  const { total } = await client.request("spend", { query: {} });
  return Math.round(Number(total.costUsd) * 1e9);
}

it("the daemon keeps the files while a hard stop is on, and only then", async () => {
  const home = temporaryHome();
  await runningDaemon({ home });
  const client = await connect({ home, launches: null });
  await client.request("setBudget", { body: { period: "month", limitUsd: "10" } });
  await sleep(400);
  expect(stateIn(home)).toBeNull();

  const budget = await client.request("setBudget", {
    body: { period: "day", limitUsd: "5", hardStop: true },
  });
  expect(budget.hardStop).toBe(true);
  const state = await eventually(() => stateIn(home));
  expect(state).toMatchObject({
    version: 1,
    budgets: [
      {
        id: "day",
        limitNanoUsd: 5e9,
        spentNanoUsd: 0,
        startsAt: budget.periodStart,
        endsAt: budget.periodEnd,
      },
    ],
  });
  if (process.platform !== "win32") expect(statSync(stateFile(home)).mode & 0o777).toBe(0o600);
  const prices: WorstPrices = JSON.parse(readFileSync(join(home, "protection-prices.json"), "utf8"));
  expect(prices.providers["openai"]?.models["gpt-4o-mini"]).toEqual([150, 600, 0]);
  expect(prices.providers["anthropic"]?.models["claude-haiku-4-5"]).toEqual([2_000, 5_000, 0]);
  expect(prices.providers["azure.ai.openai"]?.models["gpt-4o-mini"]).toEqual([150, 600, 0]);
  expect(prices.providers["aws.bedrock"]?.most[1]).toBeGreaterThan(10_000);

  // What is stored is in the file soon after it.
  await client.request("ingest", { body: [makeReport()] });
  await eventually(() => stateIn(home)?.budgets[0]?.spentNanoUsd === 210_000);

  await client.request("setBudget", { body: { period: "day", limitUsd: "5", hardStop: false } });
  await eventually(() => !existsSync(stateFile(home)));
});

it("a hard stop that goes by what is not known in time is refused", async () => {
  const home = temporaryHome();
  await runningDaemon({ home });
  const client = await connect({ home, launches: null });
  const scope = { dimension: "callSite", value: "app.ts:1" } as const;
  await expect(
    client.request("setBudget", { body: { period: "day", limitUsd: "5", scope, hardStop: true } }),
  ).rejects.toThrow(/hardStop|callSite/);
});

it("two hundred calls at once stay below the limit, and what they really took makes room for more", async () => {
  const home = temporaryHome();
  await runningDaemon({ home });
  const client = await connect({ home, launches: null });
  await client.request("setBudget", { body: { period: "day", limitUsd: "0.001", hardStop: true } });
  await eventually(() => stateIn(home));
  const stdout = await host(
    home,
    `
    const burst = async () => (await Promise.allSettled(Array.from({ length: 200 }, () => call()))).filter(({ status }) => status === "fulfilled").length;
    console.log(await burst());
    await sleep(2_000);
    console.log(await burst());
    await sleep(2_000);
    console.log(stats().refused);
    `,
  );
  const [first = 0, second = 0, refused = 0] = stdout.split("\n").map(Number);
  expect(refused).toBe(400 - first - second);
  const status = await client.request("status", {});
  expect(status.refusedCalls).toBe(refused);
  expect(renderStatus(status, { theme: createTheme(false) }).at(-1)).toBe(
    `${refused} calls were stopped by hard stops or circuit breakers since the daemon started.`,
  );
  expect(first).toBeGreaterThan(10);
  expect(first).toBeLessThan(20);
  // All that they may take is held back until it is known what they took.
  expect(second).toBeGreaterThan(first / 2);
  expect(provider.requests).toHaveLength(first + second);
  const spent = await spentNanoUsd(client);
  expect(spent).toBe((first + second) * 5_850);
  expect(spent).toBeLessThanOrEqual(1_000_000);
});

it("while the daemon is gone it goes by what was known and by the process's own calls", async () => {
  const home = temporaryHome();
  const { child } = await runningDaemon({ home });
  const client = await connect({ home, launches: null });
  await client.request("setBudget", { body: { period: "day", limitUsd: "0.001", hardStop: true } });
  await eventually(() => stateIn(home));
  await client.request("ingest", {
    body: [makeReport({ usage: { inputTokens: 2_000, outputTokens: 1_000 } })],
  });
  await eventually(() => stateIn(home)?.budgets[0]?.spentNanoUsd === 900_000);
  child.kill("SIGKILL");
  const stdout = await host(
    home,
    `
    let made = 0;
    for (; made < 100; made += 1) {
      const error = await call().then(() => null, (error) => error);
      if (error !== null) {
        console.log(error.message);
        break;
      }
    }
    console.log(made);
    `,
  );
  const [message, made] = stdout.trim().split("\n");
  expect(message).toMatch(/the daemon is not running\.$/);
  // 0.1 milli-dollars are left, of which the last call must leave room for all that it may take.
  expect(Number(made)).toBeGreaterThanOrEqual(5);
  expect(Number(made) * 5_850).toBeLessThanOrEqual(100_000);

  // When it is back it counts what was left for it, and nothing went beyond the limit.
  await runningDaemon({ home });
  const again = await connect({ home, launches: null });
  const spent = 900_000 + Number(made) * 5_850;
  await eventually(async () => (await spentNanoUsd(again)) === spent);
  await eventually(() => stateIn(home)?.budgets[0]?.spentNanoUsd === spent);
});

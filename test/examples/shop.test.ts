import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { type Standin, startStandin } from "../../examples/standin/standin.mjs";
import type { Call } from "../../shared/call.ts";
import { cleanEnvironment, installation, startCli, taximeter } from "../cli/installation.ts";
import { eventually, temporaryHome } from "../daemon/realDaemon.ts";

const shop = fileURLToPath(new URL("../../examples/shop/", import.meta.url));

async function ownStandin(): Promise<Standin> {
  const standin = await startStandin();
  onTestFinished(() => standin.close());
  return standin;
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the shop has no output");
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\S+/.exec(line)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error("the shop did not start");
}

/** Tokens in and out as the stand-in billed them, in the words of whichever provider. */
function billedTokens(usage: Record<string, unknown> | null): number {
  const tokens = (name: string) => Number(usage?.[name] ?? 0);
  return [
    "prompt_tokens",
    "completion_tokens",
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "promptTokenCount",
    "candidatesTokenCount",
    "thoughtsTokenCount",
  ].reduce((sum, name) => sum + tokens(name), 0);
}

test("every call that the shop makes is metered once, with its tokens, its price and its source", async () => {
  const home = temporaryHome();
  const standin = await ownStandin();
  const server = await startCli(["run", "--", process.execPath, join(shop, "server.mjs")], {
    home,
    env: { ...standin.environment, TAXIMETER_PROVIDERS: standin.providers, PORT: "0" },
  });
  const url = await addressOf(server.child);

  const visitors = spawn(process.execPath, [join(shop, "traffic.mjs"), url, "16", "20"], {
    env: cleanEnvironment(home),
  });
  let visits = "";
  visitors.stdout.setEncoding("utf8").on("data", (text: string) => {
    visits += text;
  });
  expect(await new Promise((resolve) => visitors.on("close", resolve))).toBe(0);
  expect(visits.match(/^200 /gm)).toHaveLength(16);

  const calls = await eventually(async () => {
    const { out } = await taximeter(["export"], { home });
    const lines = out.split("\n").filter(Boolean);
    if (lines.length < 20) return null;
    const found: Call[] = lines.map((line) => JSON.parse(line));
    return found.every(({ status }) => status !== "pending") ? found : null;
  });

  expect(standin.exchanges).toHaveLength(20);
  expect(calls).toHaveLength(20);
  const metered = calls.reduce(
    (sum, { usage }) => sum + (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0),
    0,
  );
  expect(metered).toBe(standin.exchanges.reduce((sum, { usage }) => sum + billedTokens(usage), 0));
  for (const exchange of standin.exchanges.filter(({ responseId }) => responseId !== null)) {
    const matching = calls.filter(({ responseId }) => responseId === exchange.responseId);
    expect(matching, `${exchange.provider} ${exchange.responseId}`).toHaveLength(1);
    expect(matching[0]).toMatchObject({ provider: exchange.provider, stream: exchange.stream, status: "ok" });
  }
  for (const call of calls) {
    expect(call.costStatus, call.responseModel ?? "").toBe("computed");
    expect(Number(call.costUsd)).toBeGreaterThan(0);
    if (call.provider !== "anthropic") expect(call.callSite?.file).toBe("examples/shop/assistant.mjs");
  }

  const bySource = new Map<string | null, number>();
  for (const { source } of calls) bySource.set(source, (bySource.get(source) ?? 0) + 1);
  expect(Object.fromEntries(bySource)).toEqual({
    "/api/chat": 4,
    "/api/search": 4,
    "/api/suggest": 2,
    "/api/products/:id/describe": 2,
    "/api/products/:id/translate": 2,
    "background_job:ENRICH_LEAD": 4,
    "action:draft.send": 2,
  });
});

test("without keys it plays on by itself: one command, metered, and it ends", async () => {
  const home = temporaryHome();
  const run = await taximeter(["run", "--", process.execPath, "app.mjs", "--visits", "8", "--every", "10"], {
    home,
    cwd: shop,
  });
  expect([run.code, run.err]).toEqual([0, ""]);
  expect(run.out.match(/^visit \d: \S+ 200$/gm)).toHaveLength(8);
  const { out } = await taximeter(["export"], { home });
  expect(out.split("\n").filter(Boolean)).toHaveLength(10);
});

test("runs as well where nobody meters it", async () => {
  const home = temporaryHome();
  const child = spawn(process.execPath, ["app.mjs", "--visits", "8", "--every", "10"], {
    cwd: shop,
    env: cleanEnvironment(home),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
  expect(out.match(/^visit \d: \S+ 200$/gm)).toHaveLength(8);
});

test("its only metering code is one job and one action", async () => {
  await installation();
  const lines = readdirSync(shop)
    .filter((file) => file.endsWith(".mjs"))
    .flatMap((file) => readFileSync(join(shop, file), "utf8").split("\n"))
    .filter((line) => /taximeter|\bwith[A-Z]\w*\(/.test(line) && !/^\s*(\*|\/)/.test(line));
  expect(lines.map((line) => line.trim())).toEqual([
    'import { withAction, withJob } from "taximeter";',
    'withJob("ENRICH_LEAD", async () => {',
    'withAction("draft.send", async () => {',
  ]);
});

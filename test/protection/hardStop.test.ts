import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Standin, startStandin } from "../../examples/standin/standin.mjs";
import type { ProtectionState } from "../../shared/protection.ts";
import { buildShim, readSpool, runHost, type ShimBundles } from "../shim/lib/hostProcess.ts";
import { startProvider, type TestProvider } from "../shim/lib/provider.ts";
import { makeHardBudget, makeState, putState } from "./stateFiles.ts";

let shim: ShimBundles;
let provider: TestProvider;
let http2Provider: TestProvider;
let standin: Standin;
let exchangesBefore = 0;
let folder: string;
let home: string;

beforeAll(async () => {
  shim = await buildShim();
  provider = await startProvider();
  http2Provider = await startProvider({ http2: true });
  standin = await startStandin();
});
afterAll(async () => {
  await Promise.all([provider.close(), http2Provider.close(), standin.close(), shim.remove()]);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "taximeter-protection-"));
  home = join(folder, "home");
  await symlink(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(folder, "node_modules"));
  provider.requests.length = 0;
  http2Provider.requests.length = 0;
  exchangesBefore = standin.exchanges.length;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** At the top of each host: `seen(error)` tells what the host could make of an error. */
const prelude = () => `
import { BudgetExceededError, CircuitOpenError } from ${JSON.stringify(shim.apiMjs)};
import { setTimeout as sleep } from "node:timers/promises";
const url = ${JSON.stringify(provider.url)} + "/v1/chat/completions";
const chat = (over = {}) => JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "the prompt" }], max_tokens: 100, ...over });
const call = (over = {}) => fetch(url, { method: "POST", body: chat(over) });
const seen = (error) => {
  const chain = [];
  for (let each = error; each && chain.length < 5; each = each.cause) chain.push(each);
  const ours = chain.find((each) => each instanceof BudgetExceededError);
  return ours === undefined ? String(error) : \`\${chain.map((each) => each.constructor.name).join(" < ")}: \${ours.name} \${ours.code} \${ours.budgetId} \${ours.limitUsd}\`;
};
`;

async function run(code: string, env: Record<string, string> = {}): Promise<string> {
  const {
    stdout,
    stderr,
    code: exit,
  } = await runHost(folder, {
    code: prelude() + code,
    flags: ["--import", shim.registerMjs],
    env: {
      TAXIMETER_HOME: home,
      TAXIMETER_PROVIDERS: `${provider.host}=openai,${http2Provider.host}=openai,${standin.providers}`,
      ...standin.environment,
      ...env,
    },
  });
  expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
  return stdout;
}

const spent = (over: Partial<ProtectionState> = {}) =>
  makeState({ budgets: [makeHardBudget({ spentNanoUsd: 10_000_000 })], ...over });
const ours = "BudgetExceededError TAXIMETER_BUDGET_EXCEEDED day 0.01";

describe("a budget that is spent", () => {
  beforeEach(() => putState(home, spent()));

  it("stops fetch, in whatever way it is given its request", async () => {
    const stdout = await run(`
      const body = chat();
      for (const ask of [
        () => call(),
        () => fetch(new Request(url, { method: "POST", body })),
        () => fetch(new URL(url), { method: "POST", body: new TextEncoder().encode(body) }),
        () => fetch(url, { method: "POST", body: new Blob([body]).stream(), duplex: "half" }),
      ]) console.log(await ask().catch(seen));
    `);
    expect(stdout).toBe(`BudgetExceededError: ${ours}\n`.repeat(4));
    expect(provider.requests).toEqual([]);
    expect(await readSpool(home)).toEqual([]);
  });

  it("stops node:http in every way of writing, and tells of it once", async () => {
    const stdout = await run(`
      import http from "node:http";
      const body = chat();
      const ways = {
        end: (request) => request.end(body),
        parts: (request) => { request.write(body.slice(0, 9)); request.end(body.slice(9)); },
        later: (request) => { request.flushHeaders(); setTimeout(() => request.end(body), 5); },
        callbacks: (request) => { request.write(body, () => {}); request.end(() => {}); },
      };
      for (const [name, write] of Object.entries(ways)) {
        const errors = [];
        await new Promise((resolve) => {
          const request = http.request(url, { method: "POST" }, () => console.log("an answer came"));
          request.on("error", (error) => errors.push(seen(error)));
          request.on("close", () => setTimeout(resolve, 10));
          write(request);
        });
        console.log(name, errors);
      }
    `);
    const told = ["end", "parts", "later", "callbacks"].map(
      (name) => `${name} [\n  'BudgetExceededError: ${ours}'\n]\n`,
    );
    expect(stdout).toBe(told.join(""));
    expect(provider.requests).toEqual([]);
  });

  it("stops a stream of HTTP/2, on a new connection and on one that is open", async () => {
    const stdout = await run(`
      import http2 from "node:http2";
      const session = http2.connect(${JSON.stringify(http2Provider.url)});
      const post = (path) => new Promise((resolve) => {
        const stream = session.request({ ":method": "POST", ":path": path });
        let told = "";
        stream.on("error", (error) => { told += seen(error); });
        stream.on("close", () => resolve(told));
        stream.resume();
        stream.end(chat());
      });
      console.log(await post("/v1/chat/completions"));
      console.log(await post("/v1/models"), "passes");
      console.log(await post("/v1/chat/completions"));
      session.close();
    `);
    expect(stdout).toBe(`BudgetExceededError: ${ours}\n passes\nBudgetExceededError: ${ours}\n`);
    // Its headers may have gone, but no body that could be answered.
    expect(http2Provider.requests.filter(({ body }) => body.includes("prompt"))).toMatchObject([
      { path: "/v1/models" },
    ]);
  });

  it("stops the SDKs, which wrap it in errors of their own", async () => {
    const stdout = await run(`
      import OpenAI from "openai";
      import Anthropic from "@anthropic-ai/sdk";
      import { GoogleGenAI } from "@google/genai";
      const openai = new OpenAI({ maxRetries: 1 });
      const messages = [{ role: "user", content: "the prompt" }];
      console.log(await openai.chat.completions.create({ model: "gpt-4o-mini", messages }).catch(seen));
      console.log(await openai.chat.completions.create({ model: "gpt-4o-mini", messages, stream: true }).catch(seen));
      const anthropic = new Anthropic({ maxRetries: 0 });
      console.log(await anthropic.messages.create({ model: "claude-haiku-4-5", max_tokens: 10, messages }).catch(seen));
      const google = new GoogleGenAI({ apiKey: "stand-in" });
      console.log(await google.models.generateContent({ model: "gemini-2.5-flash", contents: "the prompt" }).catch(seen));
    `);
    const lines = stdout.trim().split("\n");
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line).toContain(ours);
    expect(lines[0]).toMatch(/^APIConnectionError < .*BudgetExceededError: /);
    expect(lines[2]).toMatch(/^APIConnectionError < .*BudgetExceededError: /);
    expect(standin.exchanges).toHaveLength(exchangesBefore);
    expect(await readSpool(home)).toEqual([]);
  });

  it("leaves alone whatever is no call", async () => {
    const stdout = await run(`
      console.log((await fetch(${JSON.stringify(provider.url)} + "/v1/models")).status);
      console.log((await fetch(${JSON.stringify(provider.url)} + "/v1/elsewhere", { method: "POST", body: "{}" })).status);
    `);
    expect(stdout).toBe("200\n200\n");
  });

  it("says what it goes by where the daemon is not there", async () => {
    const stdout = await run("console.log(await call().catch((error) => error.message));");
    expect(stdout).toMatch(
      /^Taximeter stopped this call: of the budget of \$0\.010 a day, \$0\.01 is spent, and it may cost up to \$0\.001\d{3}\. As known at \d\d:\d\d:\d\d: the daemon is not running\.\n$/,
    );
  });
});

describe("a budget with room", () => {
  it("is never spent beyond, by calls at once", async () => {
    await putState(home, makeState());
    // 18 tokens of the answer cost 81 thousandths of a milli-dollar, but each may take up to 100 of output: 1 milli-dollar.
    const stdout = await run(`
      const ends = await Promise.all(Array.from({ length: 200 }, () => call().then((r) => r.json()).then(() => "ok", () => "stopped")));
      console.log(ends.filter((end) => end === "ok").length);
    `);
    expect(Number(stdout)).toBe(provider.requests.length);
    expect(provider.requests.length).toBeGreaterThan(5);
    // No more than could leave if each took all that it may.
    expect(provider.requests.length).toBeLessThanOrEqual(9);
  });

  it("is settled by what calls report, while the daemon is down as well", async () => {
    await putState(home, makeState());
    const stdout = await run(`
      let made = 0;
      for (; made < 500; made += 1) {
        const response = await call().catch(() => null);
        if (response === null) break;
        await response.json();
        // The report is written a moment later; until then all that the call may cost is held back.
        if (made % 5 === 4) await sleep(150);
      }
      console.log(made);
    `);
    // 11 × 0.001 + 7 × 0.01 milli-dollars each, of 10, the last of them only while 1.02 are left.
    const made = Number(stdout);
    expect(made * 81_000).toBeLessThanOrEqual(10_000_000);
    expect(made).toBeGreaterThan(80);
  });

  it("is not held back by what was refused, though nobody reads that", async () => {
    await putState(home, makeState());
    const stdout = await run(`
      const limited = url.replace("/v1/", "/limited/v1/");
      const ask = () => fetch(limited, { method: "POST", body: chat({ max_tokens: 900 }) });
      for (let made = 0; made < 3; made += 1) console.log(await ask().then(({ status }) => status, seen));
    `);
    expect(stdout).toBe("429\n429\n429\n");
  });

  it("covers what its scope says", async () => {
    const scope = { dimension: "label:lead", value: "acme" } as const;
    const source = { dimension: "source", value: "background_job:digest" } as const;
    const full = { spentNanoUsd: 10_000_000 };
    await putState(
      home,
      makeState({
        budgets: [
          makeHardBudget({ ...full, id: "lead", scope }),
          makeHardBudget({ ...full, id: "job", scope: source }),
          makeHardBudget({ ...full, id: "model", scope: { dimension: "model", value: "gpt-4o" } }),
          makeHardBudget({
            ...full,
            id: "elsewhere",
            scope: { dimension: "workspace", value: "/elsewhere" },
          }),
          makeHardBudget({ ...full, id: "here", scope: { dimension: "provider", value: "google" } }),
        ],
      }),
    );
    const stdout = await run(`
      import { withAttributes, withJob } from ${JSON.stringify(shim.apiMjs)};
      const tell = (promise) => promise.then((response) => response.status, (error) => error.budgetId).then((line) => console.log(line));
      await tell(call());
      await tell(withAttributes({ lead: "acme" }, () => call()));
      await tell(withAttributes({ lead: "other" }, () => call()));
      await tell(withJob("digest", () => call()));
      await tell(call({ model: "gpt-4o" }));
    `);
    expect(stdout).toBe("200\nlead\n200\njob\nmodel\n");
  });

  it("goes by the request: its model, its length, its limit", async () => {
    await putState(home, makeState());
    const stdout = await run(`
      const tell = async (over) => console.log(await call(over).then(() => "leaves", () => "stopped"));
      await tell({ max_tokens: 2000 });
      await tell({ max_tokens: 900 });
      await tell({ max_tokens: 100, n: 12 });
      await tell({ max_tokens: undefined });
      await tell({ model: "gpt-4o-mini-2024-07-18", max_tokens: 100 });
      await tell({ model: "gpt-unknown", max_tokens: 100 });
      await tell({ max_tokens: 1, messages: [{ role: "user", content: "x".repeat(40_000) }] });
    `);
    expect(stdout).toBe("stopped\nleaves\nstopped\nstopped\nstopped\nstopped\nstopped\n");
  });
});

it("a period that has ended is spent no more, and a new file holds within a second", async () => {
  const ended = {
    startsAt: new Date(Date.now() - 90_000_000).toISOString(),
    endsAt: new Date(Date.now() - 1_000).toISOString(),
  };
  await putState(home, makeState({ budgets: [makeHardBudget({ spentNanoUsd: 10_000_000, ...ended })] }));
  expect(await run("console.log((await call()).status);")).toBe("200\n");
  await putState(home, spent());
  const stdout = await run(`
    import { rm } from "node:fs/promises";
    console.log(await call().catch(seen));
    await rm(${JSON.stringify(join(home, "protection.json"))});
    await sleep(1_100);
    console.log((await call()).status);
  `);
  expect(stdout).toBe(`BudgetExceededError: ${ours}\n200\n`);
});

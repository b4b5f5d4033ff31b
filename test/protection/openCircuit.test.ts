import { mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Standin, startStandin } from "../../examples/standin/standin.mjs";
import type { ProtectionState } from "../../shared/protection.ts";
import { makeReport } from "../builders.ts";
import { makeApp } from "../daemon/testApp.ts";
import { buildShim, readSpool, runHost, type ShimBundles } from "../shim/lib/hostProcess.ts";
import { startProvider, type TestProvider } from "../shim/lib/provider.ts";
import { makeState, putState } from "./stateFiles.ts";

let shim: ShimBundles;
let provider: TestProvider;
let standin: Standin;
let folder: string;
let home: string;

beforeAll(async () => {
  shim = await buildShim();
  provider = await startProvider();
  standin = await startStandin();
});
afterAll(async () => {
  await Promise.all([provider.close(), standin.close(), shim.remove()]);
});
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "taximeter-breaker-")));
  home = join(folder, "home");
  await symlink(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(folder, "node_modules"));
  // A clock that the host can put forward: half a minute is long for a test.
  await writeFile(
    join(folder, "clock.cjs"),
    "const now = Date.now; globalThis.skippedMs = 0; Date.now = () => now() + globalThis.skippedMs;",
  );
  provider.requests.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const breakersOn = (over: Partial<ProtectionState> = {}) =>
  makeState({ budgets: [], breakers: { everywhere: true, workspaces: {} }, ...over });

/** `tell(path, times)` makes calls one after the other and prints what became of them; `/limited` is answered by 429. */
const prelude = () => `
import { CircuitOpenError, withSource } from ${JSON.stringify(shim.apiMjs)};
const call = (path, model = "gpt-4o-mini", init = {}) =>
  fetch(${JSON.stringify(provider.url)} + path + "/v1/chat/completions", { method: "POST", body: JSON.stringify({ model, messages: [] }), ...init })
    .then(async (response) => { await response.text(); return response.status; }, (error) => error instanceof CircuitOpenError ? "stopped" : error.name);
const tell = async (path, times = 1, model = undefined) => {
  const ends = [];
  for (let time = 0; time < times; time += 1) ends.push(await call(path, model));
  console.log(ends.join(" "));
};
`;

async function run(code: string, env: Record<string, string> = {}): Promise<string[]> {
  const { stdout, stderr } = await runHost(folder, {
    code: prelude() + code,
    flags: ["--require", join(folder, "clock.cjs"), "--import", shim.registerMjs],
    env: {
      TAXIMETER_HOME: home,
      TAXIMETER_PROVIDERS: `${provider.host}=openai,127.0.0.1:9=openai,${standin.providers}`,
      ...standin.environment,
      ...env,
    },
  });
  expect(stderr).toBe("");
  return stdout.trim().split("\n");
}

it("a circuit opens, lets one call try, and closes", async () => {
  await putState(home, breakersOn());
  const lines = await run(`
    await tell("/limited", 7);
    await tell("", 2);
    await tell("", 1, "gpt-4o");
    skippedMs += 29_000;
    await tell("");
    skippedMs += 1_500;
    console.log((await Promise.all([call("/limited"), call(""), call("")])).join(" "));
    skippedMs += 31_000;
    await tell("");
    skippedMs += 30_000;
    await tell("", 3);
  `);
  expect(lines).toEqual([
    "429 429 429 429 429 stopped stopped",
    "stopped stopped",
    "200",
    "stopped",
    "429 stopped stopped",
    "stopped",
    "200 200 200",
  ]);
  // What was stopped never left, and is in no report.
  expect(provider.requests).toHaveLength(10);
  expect(await readSpool(home)).toHaveLength(10);
});

it("connections that fail count; what the host gives up and what was its own fault do not", async () => {
  await putState(home, breakersOn());
  const lines = await run(`
    for (let time = 0; time < 6; time += 1) await call("/hang", "hung", { signal: AbortSignal.timeout(20) });
    await tell("", 1, "hung");
    const ends = [];
    for (let time = 0; time < 6; time += 1)
      ends.push(await fetch("http://127.0.0.1:9/v1/chat/completions", { method: "POST", body: '{"model":"gone"}' }).catch((error) => error.name));
    console.log(ends.join(" "));
  `);
  expect(lines).toEqual(["200", `${"TypeError ".repeat(5)}CircuitOpenError`]);
});

it("says what was stopped, where, and until when", async () => {
  const until = new Date(Date.now() + 20_000).toISOString();
  await putState(home, breakersOn({ open: [{ provider: "openai", model: "gpt-4o-mini", until }] }));
  const lines = await run(`
    import OpenAI from "openai";
    const client = new OpenAI({ maxRetries: 0 });
    const error = await withSource("/api/chat", () => client.chat.completions.create({ model: "gpt-4o-mini", messages: [] }).catch((each) => each));
    let ours = error;
    while (!(ours instanceof CircuitOpenError)) ours = ours.cause;
    console.log(error.constructor.name, ours.name, ours.code, ours.source);
    console.log(ours.message);
    console.log((await client.chat.completions.create({ model: "gpt-4o", messages: [] })).object);
  `);
  expect(lines[0]).toBe("APIConnectionError CircuitOpenError TAXIMETER_CIRCUIT_OPEN /api/chat");
  expect(lines[1]).toMatch(
    /^Taximeter stopped this call: too many calls to gpt-4o-mini at openai just failed\. The next one is let through after \d\d:\d\d:\d\d\.$/,
  );
  expect(lines[2]).toBe("chat.completion");
});

it.each([
  ["google", "/v1beta/models/gemini-2.5-flash:generateContent", "gemini-2.5-flash"],
  ["azure.ai.openai", "/openai/deployments/our-chat/chat/completions", "our-chat"],
  [
    "aws.bedrock",
    "/model/us.anthropic.claude-haiku-4-5-v1%3A0/converse",
    "us.anthropic.claude-haiku-4-5-v1:0",
  ],
  ["vercel", "/v3/ai/language-model", "openai/gpt-5"],
])("of %s goes by the model as calls to it are stored", async (name, path, model) => {
  const until = new Date(Date.now() + 20_000).toISOString();
  const ask = `console.log(await fetch(${JSON.stringify(provider.url + path)}, {
    method: "POST",
    headers: { "ai-language-model-id": "openai/gpt-5" },
    body: "{}",
  }).then(({ status }) => status, ({ name }) => name));`;
  const env = { TAXIMETER_PROVIDERS: `${provider.host}=${name}` };

  await putState(home, breakersOn({ open: [{ provider: name, model: "another", until }] }));
  expect(await run(ask, env)).toEqual(["200"]);
  const app = await makeApp();
  const reports = await readSpool(home);
  await app.json("POST", "/v1/calls", { body: reports });
  const { calls } = await app.json("GET", "/v1/calls");
  expect(calls).toMatchObject([{ provider: name, requestModel: model }]);

  await putState(home, breakersOn({ open: [{ provider: name, model, until }] }));
  expect(await run(ask, env)).toEqual(["CircuitOpenError"]);
});

it("is on where it was switched on", async () => {
  const failing = 'await tell("/limited", 7);';
  const all = "429 429 429 429 429 429 429";
  await writeFile(join(folder, "package.json"), "{}");
  await putState(home, breakersOn({ breakers: { everywhere: false, workspaces: { "/elsewhere": true } } }));
  expect(await run(failing)).toEqual([all]);
  await putState(home, breakersOn({ breakers: { everywhere: true, workspaces: { [folder]: false } } }));
  expect(await run(failing)).toEqual([all]);
  await putState(home, breakersOn({ breakers: { everywhere: false, workspaces: { [folder]: true } } }));
  expect(await run(failing)).toEqual(["429 429 429 429 429 stopped stopped"]);
  await putState(home, null);
  expect(await run(failing)).toEqual([all]);
});

it("the daemon knows what all processes together have opened", async () => {
  let nowMs = Date.parse("2026-11-20T12:00:00.000Z");
  const app = await makeApp({ nowMs: () => nowMs });
  const fail = (over = {}) =>
    app.json("POST", "/v1/calls", {
      body: [
        makeReport({
          startedAt: new Date(nowMs).toISOString(),
          status: "error",
          httpStatus: 529,
          usage: {},
          ...over,
        }),
      ],
    });
  const breakers = () => app.json("GET", "/v1/breakers");
  expect(await breakers()).toEqual({ settings: { everywhere: false, workspaces: {} }, circuits: [] });
  for (let time = 0; time < 6; time += 1) await fail();
  expect((await breakers()).circuits).toEqual([]);

  await app.json("PUT", "/v1/breakers", { body: { enabled: true } });
  for (let time = 0; time < 4; time += 1) await fail();
  await fail({ httpStatus: 400 });
  await fail({ requestModel: "other", startedAt: new Date(nowMs - 600_000).toISOString() });
  expect((await breakers()).circuits).toMatchObject([
    { provider: "openai", model: "gpt-4o-mini", state: "closed", calls: 5, failures: 4 },
  ]);
  expect((await app.json("GET", "/v1/status")).openCircuits).toBeUndefined();
  await fail();
  const until = new Date(nowMs + 30_000).toISOString();
  expect((await breakers()).circuits).toMatchObject([{ state: "open", until }]);
  expect((await app.json("GET", "/v1/status")).openCircuits).toEqual([
    { provider: "openai", model: "gpt-4o-mini", until },
  ]);
  nowMs += 31_000;
  expect((await breakers()).circuits).toMatchObject([{ state: "half-open", until: null }]);
  await fail({ status: "ok", httpStatus: 200 });
  expect((await breakers()).circuits).toEqual([]);
});

it("settings say no more than they must, and nonsense is refused", async () => {
  const app = await makeApp();
  const set = async (enabled: boolean, workspace?: string | null) =>
    (
      await app.json("PUT", "/v1/breakers", {
        body: { enabled, ...(workspace === undefined ? {} : { workspace }) },
      })
    ).settings;
  expect(await set(true, "/shop")).toEqual({ everywhere: false, workspaces: { "/shop": true } });
  expect(await set(true)).toEqual({ everywhere: true, workspaces: {} });
  expect(await set(false, "/shop")).toEqual({ everywhere: true, workspaces: { "/shop": false } });
  expect(await set(true, "/shop")).toEqual({ everywhere: true, workspaces: {} });
  expect(await set(false, null)).toEqual({ everywhere: false, workspaces: {} });
  for (const body of [
    {},
    { enabled: "yes" },
    { enabled: true, workspace: "" },
    { enabled: true, workspace: 7 },
  ]) {
    expect((await app.send("PUT", "/v1/breakers", { body })).status).toBe(400);
  }
});

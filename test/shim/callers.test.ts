import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { beforeEachHost, type HostPlace } from "./lib/hostPlace.ts";
import { readSpool, runHost } from "./lib/hostProcess.ts";

let place: HostPlace;
beforeEachHost((given) => {
  place = given;
});

/** Goes on apart from its caller: nothing waits for what it begins. */
const detached = (url: string) => `
  const ask = () => new Promise((done) => {
    (async () => {
      await undefined;
      const body = JSON.stringify({ model: "gpt-4o-mini", messages: [] });
      const response = await fetch("${url}/v1/chat/completions", { method: "POST", body });
      await response.text();
      done();
    })();
  });`;

/** The functions of the host that called, as far as they are known, and where the code of its packages stands. */
async function callersIn(packages: Record<string, string>, host: string): Promise<unknown[]> {
  const { shim, provider, folder, home } = place;
  for (const [path, code] of Object.entries(packages)) {
    const file = join(folder, "node_modules", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, detached(provider.url) + code);
  }
  const run = await runHost(folder, {
    code: `const pause = () => new Promise((resolve) => setTimeout(resolve, 600));\n${host}`,
    flags: ["--require", shim.registerCjs],
    env: { TAXIMETER_HOME: home, TAXIMETER_PROVIDERS: `${provider.host}=openai` },
  });
  expect(run).toMatchObject({ code: 0, stderr: "", stdout: "" });
  return (await readSpool(home)).map(({ callSite }) => callSite?.function ?? null);
}

const twice = `
  async function first() { await work(); }
  async function second() { await work(); }
  await first(); await pause(); await second();`;

describe("work that goes on apart from its caller is found where a package was called", () => {
  it.each([
    ["@openai/agents-core/dist/run.mjs", "export class Runner { run() { return ask(); } }", "Runner", "run"],
    // Its bundler gives files and exports other names with each version.
    [
      "@mastra/core/dist/agent-b0x.js",
      "class Agent { stream() { return ask(); } } export { Agent as t };",
      "t",
      "stream",
    ],
    [
      "@google/genai/dist/node/index.mjs",
      "export class Chat { sendMessageStream() { return ask(); } }",
      "Chat",
      "sendMessageStream",
    ],
  ])("%s", async (path, code, name, method) => {
    const host = `
      import { ${name} as Met } from "./node_modules/${path}";
      const work = () => new Met().${method}();`;
    expect(await callersIn({ [path]: code }, host + twice)).toEqual([null, "work"]);
  });

  const aiSdk =
    "export const streamText = () => { globalThis.AI_SDK_TELEMETRY_INTEGRATIONS; return ask(); };";

  it("the AI SDK, but not what others do after it", async () => {
    const host = `
      import { streamText } from "./node_modules/ai/index.mjs";
      import { other } from "./node_modules/other/index.mjs";
      async function one() { await streamText(); }
      async function two() { await streamText(); await other(); }
      await one(); await pause(); await one(); await two();`;
    const packages = { "ai/index.mjs": aiSdk, "other/index.mjs": "export const other = ask;" };
    expect(await callersIn(packages, host)).toEqual([null, "one", "two", null]);
  });

  it("the AI SDK from its first call on, where a package.json names it", async () => {
    await writeFile(join(place.folder, "package.json"), '{"dependencies":{"ai":"7"}}');
    const host = `
      import { streamText } from "./node_modules/ai/index.mjs";
      async function one() { await streamText(); }
      await one(); await pause(); await one();`;
    expect(await callersIn({ "ai/index.mjs": aiSdk }, host)).toEqual(["one", "one"]);
  });

  it("the AI SDK again, after long nobody needed it", async () => {
    await writeFile(join(place.folder, "package.json"), '{"dependencies":{"ai":"7"}}');
    const host = `
      import { streamText } from "./node_modules/ai/index.mjs";
      async function one() { await streamText(); }
      for (let n = 0; n < 300; n += 1) globalThis.AI_SDK_TELEMETRY_INTEGRATIONS;
      await one(); await pause(); await one();`;
    expect(await callersIn({ "ai/index.mjs": aiSdk }, host)).toEqual([null, "one"]);
  });

  it("the AI SDK, whose host sees what it has put there itself", async () => {
    const host = `
      import { streamText } from "./node_modules/ai/index.mjs";
      globalThis.AI_SDK_TELEMETRY_INTEGRATIONS = ["mine"];
      async function one() { await streamText(); }
      await one(); await pause();
      if (globalThis.AI_SDK_TELEMETRY_INTEGRATIONS[0] !== "mine") console.log("gone");
      globalThis.AI_SDK_TELEMETRY_INTEGRATIONS = undefined;
      if (globalThis.AI_SDK_TELEMETRY_INTEGRATIONS !== undefined) console.log("still there");
      await one();`;
    expect(await callersIn({ "ai/index.mjs": aiSdk }, host)).toEqual([null, "one"]);
  });

  it("but where the developer's own code is nearer, there", async () => {
    const host = `
      import { Runner } from "./node_modules/@openai/agents-core/dist/run.mjs";
      const tool = () => fetch(url, { method: "POST", body: '{"model":"gpt-4o","messages":[]}' }).then((answer) => answer.text());
      const url = ${JSON.stringify(`${place.provider.url}/v1/chat/completions`)};
      const runner = new Runner();
      const work = () => runner.run(tool);`;
    const code = "export class Runner { async run(tool) { await ask(); await tool(); } }";
    const found = await callersIn({ "@openai/agents-core/dist/run.mjs": code }, host + twice);
    expect(found).toEqual([null, "tool", "work", "tool"]);
  });
});

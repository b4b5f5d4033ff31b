import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startStandin } from "../../examples/standin/standin.mjs";
import { ensureNode20, ensurePackages } from "../../scripts/lib/provision.mjs";
import type { CallSite } from "../../shared/call.ts";
import { runNode } from "../shim/lib/hostProcess.ts";
import { builtFile, endDaemon, projectDirectory, startDaemon } from "./lib/daemon.ts";
import { temporaryFolder } from "./runtimes/meteredHost.ts";

/** What a developer wrote. Types and comments that go away move every line below them. */
const source = `import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

// What is asked.
interface Question {
  text: string;
  language?: string;
}

type Answer = { text: string | null };

const openai = new OpenAI({ maxRetries: 0 });
const anthropic = new Anthropic({ maxRetries: 0 });

export async function draftReply(question: Question): Promise<Answer> {
  const answer = await openai.chat.completions.create({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: question.text }],
  });
  return { text: answer.choices[0]?.message.content ?? null };
}

export async function translateReply(question: Question): Promise<number> {
  const message = await anthropic.messages.create({
    model: "claude-haiku-4-5",
    max_tokens: 20,
    messages: [{ role: "user", content: question.text }],
  });
  return message.content.length;
}

export async function streamReply(question: Question): Promise<number> {
  let parts = 0;
  const stream = await anthropic.messages.create({
    model: "claude-haiku-4-5",
    max_tokens: 20,
    stream: true,
    messages: [{ role: "user", content: question.text }],
  });
  for await (const _part of stream) parts += 1;
  return parts;
}
`;
const entry = `import { draftReply, streamReply, translateReply } from "./reply.EXTENSION";

const question: { text: string } = { text: "How much is the fish?" };
await draftReply(question);
await translateReply(question);
await streamReply(question);
`;
const lineOf = (text: string) => source.slice(0, source.indexOf(text)).split("\n").length;
const sites: CallSite[] = [
  { file: "src/reply.ts", line: lineOf("openai.chat"), function: "draftReply" },
  { file: "src/reply.ts", line: lineOf("await anthropic.messages"), function: "translateReply" },
  { file: "src/reply.ts", line: lineOf("const stream = await"), function: "streamReply" },
];

/** For what is required within a bundle that is an ES module. */
const banner = {
  js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
};

let place: Awaited<ReturnType<typeof temporaryFolder>>;
let home: string;
let loaders: string;
let bundlers: string;
let matrix: string;
let node20: string;
let standin: Awaited<ReturnType<typeof startStandin>>;

beforeAll(async () => {
  loaders = await ensurePackages(join(import.meta.dirname, "runtimes", "loaders"));
  bundlers = await ensurePackages(join(import.meta.dirname, "runtimes", "bundlers"));
  matrix = await ensurePackages(join(import.meta.dirname, "matrix"));
  node20 = await ensureNode20();
  standin = await startStandin();
  place = await temporaryFolder("call-sites");
  home = join(place.folder, "state");
  await mkdir(home);
});
afterAll(async () => {
  await endDaemon(home);
  await standin.close();
  await place.remove();
});

interface Project {
  folder: string;
  src: string;
}

/** A project of its own for each way to run it, so that its calls are found by their workspace. */
async function makeProject(name: string, extension: "ts" | "js"): Promise<Project> {
  const folder = join(place.folder, name);
  const src = join(folder, "src");
  await mkdir(src, { recursive: true });
  await symlink(join(projectDirectory, "node_modules"), join(folder, "node_modules"), "dir");
  await writeFile(join(folder, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
  await writeFile(join(src, "reply.ts"), source);
  await writeFile(join(src, "main.ts"), entry.replace("EXTENSION", extension));
  return { folder, src };
}

/** The call sites as the daemon has them, in the order of the calls. */
async function sitesOf(
  folder: string,
  args: readonly string[],
  {
    node,
    env = {},
    calls = sites.length,
  }: { node?: string; env?: Record<string, string>; calls?: number } = {},
): Promise<(CallSite | null)[]> {
  const run = await runNode({
    ...(node === undefined ? {} : { node }),
    args: ["--require", builtFile("register.cjs"), ...args],
    cwd: folder,
    env: {
      HOME: folder,
      ...standin.environment,
      TAXIMETER_HOME: home,
      TAXIMETER_PROVIDERS: standin.providers,
      ...env,
    },
  });
  expect(run).toMatchObject({ code: 0, stdout: "", stderr: "" });
  const connection = await startDaemon(home);
  await expect.poll(async () => (await callsOf(connection, folder)).length, { timeout: 10_000 }).toBe(calls);
  return (await callsOf(connection, folder)).map(({ callSite }) => callSite);
}

async function callsOf(connection: Awaited<ReturnType<typeof startDaemon>>, workspace: string) {
  const query = { from: "all", order: "asc" as const, filters: { workspace: [workspace] } };
  const { calls } = await connection.request("calls", { query });
  return calls.filter(({ status }) => status === "ok");
}

describe("the line of the developer's own code", () => {
  it("through Node's own stripping of types", async () => {
    const { folder } = await makeProject("stripped", "ts");
    expect(await sitesOf(folder, ["src/main.ts"])).toEqual(sites);
  });

  for (const version of [20, 24]) {
    it(`through tsx, on Node ${version}`, async () => {
      const { folder } = await makeProject(`tsx-${version}`, "ts");
      const tsx = pathToFileURL(createRequire(join(loaders, "..", "package.json")).resolve("tsx")).href;
      const node = version === 20 ? node20 : process.execPath;
      expect(await sitesOf(folder, ["--import", tsx, "src/main.ts"], { node })).toEqual(sites);
    });
  }

  it("through ts-node", async () => {
    const { folder, src } = await makeProject("ts-node", "ts");
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "ts-node", private: true }));
    const main = entry
      .replace("./reply.EXTENSION", "./reply")
      .replace(/\nawait ([\s\S]*)$/, "\n(async () => {\nawait $1})();\n");
    await writeFile(join(src, "main.ts"), main);
    const { resolve } = createRequire(join(loaders, "..", "package.json"));
    const runner = resolve("ts-node/register/transpile-only");
    const options = JSON.stringify({ module: "commonjs", moduleResolution: "node10", esModuleInterop: true });
    // The TypeScript beside it, and not this project's, which has no such API.
    const env = { TS_NODE_COMPILER_OPTIONS: options, TS_NODE_COMPILER: resolve("typescript") };
    expect(await sitesOf(folder, ["--require", runner, "src/main.ts"], { env })).toEqual(sites);
  });

  it("through a build of file by file, with maps beside the files", async () => {
    const { folder, src } = await makeProject("compiled", "js");
    await esbuild.build({
      entryPoints: [join(src, "main.ts"), join(src, "reply.ts")],
      outdir: join(folder, "dist"),
      format: "esm",
      sourcemap: true,
    });
    expect(await sitesOf(folder, ["dist/main.js"])).toEqual(sites);
  });

  it("through a build whose maps are in the files", async () => {
    const { folder, src } = await makeProject("inline", "js");
    await esbuild.build({
      entryPoints: [join(src, "main.ts"), join(src, "reply.ts")],
      outdir: join(folder, "dist"),
      format: "esm",
      sourcemap: "inline",
    });
    expect(await sitesOf(folder, ["dist/main.js"])).toEqual(sites);
  });

  it("through a minified bundle with the SDKs in it, where no name is left", async () => {
    const { folder, src } = await makeProject("bundled", "ts");
    await esbuild.build({
      entryPoints: [join(src, "main.ts")],
      outfile: join(folder, "dist", "server.mjs"),
      bundle: true,
      minify: true,
      platform: "node",
      format: "esm",
      sourcemap: true,
      banner,
    });
    await rm(join(folder, "node_modules"));
    expect(await sitesOf(folder, ["dist/server.mjs"])).toEqual(
      sites.map((site) => ({ ...site, function: null })),
    );
  });

  it("through webpack", async () => {
    const { folder, src } = await makeProject("webpacked", "js");
    await esbuild.build({
      entryPoints: [join(src, "main.ts"), join(src, "reply.ts")],
      outdir: src,
      format: "esm",
      sourcemap: "inline",
    });
    const bundle = createRequire(join(bundlers, "..", "package.json"))("webpack");
    await new Promise<void>((resolve, reject) => {
      bundle(
        {
          mode: "development",
          target: "node24",
          context: folder,
          entry: "./src/main.js",
          devtool: "source-map",
          output: { path: join(folder, "dist"), filename: "server.cjs" },
        },
        (error: Error | null, stats: { hasErrors(): boolean; toString(): string }) =>
          error || stats.hasErrors() ? reject(error ?? new Error(stats.toString())) : resolve(),
      );
    });
    const found = await sitesOf(folder, ["dist/server.cjs"]);
    expect(found.map((site) => site?.file)).toEqual(["src/reply.js", "src/reply.js", "src/reply.js"]);
    expect(found.map((site) => site?.function)).toEqual(sites.map((site) => site.function));
  });

  const helpers = {
    "script.cjs": [
      'const { default: OpenAI } = require("openai");',
      'const { default: Anthropic } = require("@anthropic-ai/sdk");',
    ],
    "script.mjs": ['import OpenAI from "openai";', 'import Anthropic from "@anthropic-ai/sdk";'],
  };
  for (const [file, imports] of Object.entries(helpers)) {
    it(`of SDKs' helpers that ask apart from their caller, in ${file}`, async () => {
      const { folder } = await makeProject(file, "ts");
      const code = `${imports.join("\n")}
        const request = { model: "gpt-4o-mini", messages: [{ role: "user", content: "How much is the fish?" }] };
        const message = { ...request, model: "claude-haiku-4-5", max_tokens: 20 };
        const openai = new OpenAI({ maxRetries: 0 }), anthropic = new Anthropic({ maxRetries: 0 });
        const pause = () => new Promise((resolve) => setTimeout(resolve, 1_500));
        const ofOpenai = async () => await openai.chat.completions.create(request).withResponse();
        const ofAnthropic = () => anthropic.messages.stream(message).finalMessage();
        const parse = JSON.parse, parameters = { type: "object", properties: {} };
        const tool = { type: "function", function: { name: "f", description: "", function: () => "", parse, parameters } };
        const runTools = () => openai.chat.completions.runTools({ ...request, tools: [tool] }).finalContent();
        const chatStream = () => openai.chat.completions.stream(request).finalChatCompletion();
        const responseStream = () => openai.responses.stream({ model: "gpt-4o-mini", input: "fish" }).finalResponse();
        const whole = () => anthropic.messages.create(message).withResponse();
        (async function main() {
          // Its client is met with its first request.
          await ofOpenai(); await ofAnthropic(); await chatStream(); await pause();
          await ofOpenai(); await ofAnthropic(); await chatStream(); await responseStream(); await whole(); await runTools();
        })();`;
      await writeFile(join(folder, file), code);
      const found = await sitesOf(folder, [file], { calls: 9 });
      expect(found.slice(-6).map((site) => site?.function)).toEqual([
        "ofOpenai",
        "ofAnthropic",
        "chatStream",
        "responseStream",
        "whole",
        "runTools",
      ]);
    });
  }

  /** Each is called twice: by its first call it is met, and one of those that begin then may be no better off. */
  const frameworks = {
    LangChain: `
      import { ChatOpenAI } from "@langchain/openai";
      const fish = "How much is the fish?";
      const model = new ChatOpenAI({ model: "gpt-4o-mini" }), one = new ChatOpenAI({ model: "gpt-4o", maxConcurrency: 1 });
      const all = async (stream) => { for await (const _ of stream); };
      const ask = [
        async function streamed() { await all(await model.stream(fish)); },
        async function toldOf() { await all(model.streamEvents(fish, { version: "v2" })); },
        async function batched() { await model.batch([fish]); },
        async function first() { await Promise.all([one.invoke(fish), second()]); },
      ];
      async function second() { await one.invoke(fish); }`,
    "AI SDK 6": `
      import { streamText } from "ai-6";
      import { createOpenAI } from "@ai-sdk-3/openai";
      const ask = [
        async function streamed() { await streamText({ model: createOpenAI()("gpt-4o-mini"), prompt: "fish" }).text; },
        function begun() { return streamText({ model: createOpenAI()("gpt-4o"), prompt: "fish" }).text; },
      ];`,
    "AI SDK 7": `
      import { streamText } from "ai-7";
      import { createOpenAI } from "@ai-sdk-4/openai";
      const ask = [
        async function streamed() { await streamText({ model: createOpenAI()("gpt-4o-mini"), prompt: "fish" }).text; },
        function begun() { return streamText({ model: createOpenAI()("gpt-4o"), prompt: "fish" }).text; },
      ];`,
    "Gemini's chats": `
      import { GoogleGenAI } from "@google/genai";
      const { GEMINI_API_KEY: apiKey, GOOGLE_GEMINI_BASE_URL: baseUrl } = process.env;
      const google = new GoogleGenAI({ apiKey, httpOptions: { baseUrl } });
      const ask = [
        async function streamed() {
          const chat = google.chats.create({ model: "gemini-2.5-flash" });
          for await (const _ of await chat.sendMessageStream({ message: "fish" }));
        },
      ];`,
  };
  for (const [name, code] of [
    ...Object.entries(frameworks),
    ["AI SDK 7, bundled", frameworks["AI SDK 7"]] as const,
  ]) {
    it(`of frameworks that ask apart from their caller: ${name}`, async () => {
      const { folder } = await makeProject(name.replaceAll(/\W/g, "-"), "ts");
      await rm(join(folder, "node_modules"));
      await symlink(matrix, join(folder, "node_modules"), "dir");
      await writeFile(
        join(folder, "package.json"),
        JSON.stringify({ name: "app", private: true, dependencies: { "@langchain/core": "1" } }),
      );
      await writeFile(
        join(folder, "app.mjs"),
        `${code}
        globalThis.AI_SDK_LOG_WARNINGS = false;
        for (const each of ask) await each();
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        for (const each of ask) await each();`,
      );
      if (name.endsWith("bundled")) {
        await esbuild.build({
          entryPoints: [join(folder, "app.mjs")],
          outfile: join(folder, "dist", "app.mjs"),
          bundle: true,
          platform: "node",
          format: "esm",
          sourcemap: true,
          banner,
        });
      }
      const script = name.endsWith("bundled") ? "dist/app.mjs" : "app.mjs";
      const names = [...code.matchAll(/function (\w+)/g)].map(([, name]) => name);
      const found = await sitesOf(folder, [script], { calls: 2 * names.length });
      const asked = found.slice(names.length).map((site) => `${site?.file} ${site?.function}`);
      expect(asked.toSorted()).toEqual(names.map((name) => `app.mjs ${name}`).toSorted());
    });
  }
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildShim, readSpool, runHost, type ShimBundles } from "./lib/hostProcess.ts";

/** What a call's price needs and only its request says, in a real process. */

let shim: ShimBundles;
let folder: string;

beforeAll(async () => {
  shim = await buildShim();
  folder = await mkdtemp(join(tmpdir(), "taximeter-request-"));
});
afterAll(async () => {
  await shim.remove();
  await rm(folder, { recursive: true, force: true });
});

const host = `
import { createServer, request } from "node:http";
const answers = {
  "/v3/ai/language-model": { usage: { inputTokens: 3, outputTokens: 4 } },
  "/v1/audio/transcriptions": { text: "secret", usage: { type: "duration", seconds: 3 } },
};
const server = createServer((asked, answer) => {
  asked.resume().on("end", () => {
    answer.setHeader("content-type", "application/json");
    answer.statusCode = asked.headers["x-refuse"] ? 401 : 200;
    answer.end(JSON.stringify(answers[asked.url] ?? {}));
  });
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const url = "http://127.0.0.1:" + server.address().port;
const post = async (path, body, headers = {}) => {
  const response = await fetch(url + path, { method: "POST", body, headers });
  await response.text();
};
const named = { "ai-language-model-id": "anthropic/claude-haiku-4-5", authorization: "secret" };
await post("/v3/ai/language-model", JSON.stringify({ prompt: "secret" }), named);
await new Promise((ended) => {
  const call = request(url + "/v3/ai/language-model", { method: "POST", headers: named }, (response) => {
    response.resume().on("end", ended);
  });
  call.end("{}");
});
const form = new FormData();
form.set("file", new Blob([new Uint8Array(200_000)]), "secret.wav");
form.set("model", "whisper-1");
await post("/v1/audio/transcriptions", form);
const speech = JSON.stringify({ model: "tts-1", input: "secret", voice: "alloy" });
await post("/v1/audio/speech", speech);
await post("/v1/audio/speech", speech, { "x-refuse": "1" });
server.close();
`;

it.each([
  ["vercel", "/v3/ai/language-model", ["anthropic/claude-haiku-4-5", "anthropic/claude-haiku-4-5"]],
  ["openai", "/v1/audio/transcriptions", ["whisper-1"]],
])("%s: the model of %s is found in a header or a form", async (provider, path, models) => {
  const home = join(folder, provider);
  const env = { TAXIMETER_HOME: home, TAXIMETER_PROVIDERS: `127.0.0.1:*=${provider}` };
  await runHost(folder, { code: host, flags: ["--require", shim.registerCjs], env });
  const reports = await readSpool(home);
  expect(JSON.stringify(reports)).not.toContain("secret");
  const asked = reports.filter(({ endpoint }) => endpoint?.path === path);
  expect(asked.map(({ requestModel }) => requestModel)).toEqual(models);
  const spoken = reports.filter(({ endpoint }) => endpoint?.path === "/v1/audio/speech");
  // What was refused took nothing.
  expect(spoken.map(({ rawUsage }) => rawUsage)).toEqual(
    provider === "openai" ? [{ request: { input: 6 } }, undefined] : [],
  );
});

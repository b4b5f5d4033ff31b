/**
 * A local stand-in for OpenAI, Anthropic and Gemini that speaks their wire formats, so that the example and the tests
 * run real SDKs without a key, a bill or a network. See `standin.d.mts` for its interface, `tokens.mjs` for how it
 * counts, and `directives.mjs` for what a test may ask of it.
 */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { anthropic, anthropicError } from "./anthropic.mjs";
import { directiveNumber, readDirectives } from "./directives.mjs";
import { google, googleError } from "./google.mjs";
import { openai, openaiError } from "./openai.mjs";
import { sendReply } from "./wire.mjs";

export { answerTokens, countTokens, REASONING_TOKENS } from "./tokens.mjs";

const providers = {
  openai: { answer: openai, error: openaiError, basePath: "/v1" },
  anthropic: { answer: anthropic, error: anthropicError, basePath: "" },
  google: { answer: google, error: googleError, basePath: "" },
};

/** Exchanges are kept for tests to look at; a demonstration that runs for days must not fill its memory with them. */
const MAX_EXCHANGES = 10_000;

export async function startStandin({ ports = {}, latencyMs = 0 } = {}) {
  const exchanges = [];
  const servers = [];
  const standin = {};
  for (const [name, provider] of Object.entries(providers)) {
    const server = createServer(handler(name, provider, latencyMs, exchanges));
    servers.push(server);
    const port = await listen(server, ports[name] ?? 0);
    standin[name] = { port, url: `http://127.0.0.1:${port}${provider.basePath}` };
  }
  return {
    ...standin,
    providers: Object.keys(providers)
      .map((name) => `127.0.0.1:${standin[name].port}=${name}`)
      .join(","),
    environment: {
      OPENAI_BASE_URL: standin.openai.url,
      OPENAI_API_KEY: "stand-in",
      ANTHROPIC_BASE_URL: standin.anthropic.url,
      ANTHROPIC_API_KEY: "stand-in",
      GOOGLE_GEMINI_BASE_URL: standin.google.url,
      GEMINI_API_KEY: "stand-in",
    },
    exchanges,
    async close() {
      await Promise.all(
        servers.map(
          (server) =>
            new Promise((resolve) => {
              server.close(resolve);
              server.closeAllConnections();
            }),
        ),
      );
    },
  };
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server.address().port));
  });
}

function handler(name, provider, latencyMs, exchanges) {
  const prefix = randomBytes(6).toString("hex");
  let made = 0;
  const nextId = (kind) => `${kind}${prefix}${(made++).toString(36).padStart(6, "0")}`;
  const memory = new Map();
  const failures = new Map();
  return async (incoming, response) => {
    const url = new URL(incoming.url, "http://standin");
    const text = await readBody(incoming);
    const body = parseBody(text);
    const inPath = /\/models\/([^/:]+):/.exec(url.pathname)?.[1];
    const { model, directives } = readDirectives(
      incoming.headers["x-standin"],
      body?.model ?? (inPath && decodeURIComponent(inPath)),
    );
    const method = incoming.method;
    const path = url.pathname;
    const record = (reply) => {
      exchanges.push({
        provider: name,
        method,
        path,
        status: reply.status,
        model: model ?? null,
        stream: reply.events !== undefined,
        responseId: reply.id ?? null,
        usage: directives.has("no-usage") ? null : (reply.usage ?? null),
      });
      if (exchanges.length > MAX_EXCHANGES) exchanges.shift();
    };

    if (directives.has("redirect") && url.searchParams.get("redirected") === null) {
      url.searchParams.set("redirected", "1");
      record({ status: 307 });
      response.writeHead(307, { location: url.pathname + url.search }).end();
      return;
    }
    const request = {
      method,
      path,
      query: url.searchParams,
      body,
      model: model ?? "unknown",
      directives,
      memory,
      nextId,
    };
    const reply =
      body === undefined ? provider.error(400, directives) : failOrAnswer(provider, request, text, failures);
    record(reply);
    await sendReply(response, reply, directives, latencyMs);
  };
}

/** An error where one was asked for, and as often as it was; the provider's answer otherwise. */
function failOrAnswer(provider, request, text, failures) {
  const status = directiveNumber(request.directives, "status", 0);
  if (status === 0) return provider.answer(request);
  const key = `${request.path} ${text}`;
  const failed = failures.get(key) ?? 0;
  if (failed >= directiveNumber(request.directives, "times", Number.POSITIVE_INFINITY)) {
    failures.delete(key);
    return provider.answer(request);
  }
  failures.set(key, failed + 1);
  return provider.error(status, request.directives);
}

async function readBody(incoming) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** The body as an object, an empty one where there is none, or `undefined` where it is no JSON. */
function parseBody(text) {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

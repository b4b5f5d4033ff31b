import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import type { Usage } from "../shared/usage.ts";

/** Real exchanges that lie beside the project on some machines; tests that need them skip elsewhere, saying so. */
const file = new URL("../../shared/recordings/exchanges.ndjson", import.meta.url);

const exchangeSchema = z.object({
  id: z.string(),
  host: z.string(),
  method: z.string(),
  path: z.string(),
  request: z.record(z.string(), z.unknown()).nullable(),
  response: z.object({
    status: z.number(),
    headers: z.record(z.string(), z.string()),
    body: z.string(),
  }),
});

export type RecordedExchange = z.infer<typeof exchangeSchema>;

/** The providers by the host they were recorded at. */
export const recordedHosts = {
  "api.openai.com": "openai",
  "api.anthropic.com": "anthropic",
  "generativelanguage.googleapis.com": "google",
  "aiplatform.googleapis.com": "gcp.vertex_ai",
  "pydanticai7521574644.openai.azure.com": "azure.ai.openai",
  "bedrock-runtime.us-east-1.amazonaws.com": "aws.bedrock",
  "bedrock-mantle.us-east-1.api.aws": "aws.bedrock",
  "api.cerebras.ai": "cerebras",
  "api.cohere.com": "cohere",
  "api.deepseek.com": "deepseek",
  "api.groq.com": "groq",
  "api.inference.crusoecloud.com": "crusoe",
  "api.mistral.ai": "mistral_ai",
  "api.voyageai.com": "voyage",
  "api.z.ai": "z_ai",
  "myorg-myaccount.snowflakecomputing.com": "snowflake",
  "ollama.com": "ollama_cloud",
  "openrouter.ai": "openrouter",
  "router.huggingface.co": "huggingface",
  "us.inference.heroku.com": "heroku",
} as const;

export type RecordedHost = keyof typeof recordedHosts;

/** All exchanges, or `null` where there are none on this machine. Some recorders wrote methods in lower case. */
export function readRecordedExchanges(): RecordedExchange[] | null {
  if (!existsSync(file)) return null;
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => exchangeSchema.parse(JSON.parse(line)))
    .map((exchange) => ({ ...exchange, method: exchange.method.toUpperCase() }));
}

export const noRecordings = "../shared/recordings/exchanges.ndjson is not on this machine";

/** The row that an exchange must leave. */
export interface ExpectedRow {
  provider: string;
  status: "ok" | "error" | "pending";
  responseModel: string | null;
  responseId: string | null;
  usage: Usage;
}

type Json = Record<string, unknown>;

/** What is billed, spelled out path by path, unlike the product's table of patterns. */
const billedPaths: Partial<Record<string, (path: string) => boolean>> = {
  "api.openai.com": (path) =>
    ["/v1/chat/completions", "/v1/responses", "/v1/responses/compact", "/v1/embeddings"].includes(path),
  "api.anthropic.com": (path) => path === "/v1/messages",
  "generativelanguage.googleapis.com": (path) =>
    ["generateContent", "streamGenerateContent", "embedContent", "batchEmbedContents"].includes(
      path.split(":")[1] ?? "",
    ),
  "aiplatform.googleapis.com": (path) =>
    ["generateContent", "streamGenerateContent", "predict"].includes(path.split(":")[1] ?? ""),
  "bedrock-runtime.us-east-1.amazonaws.com": (path) =>
    ["converse", "invoke"].includes(path.split("/").at(-1) ?? ""),
  "bedrock-mantle.us-east-1.api.aws": (path) => path === "/openai/v1/responses",
  "api.cohere.com": (path) => ["/v2/chat", "/v2/embed"].includes(path),
  "api.voyageai.com": (path) => path === "/v1/embeddings",
};

function isBilled({ host, method, path }: RecordedExchange): boolean {
  const name = path.split("?")[0] ?? "";
  if (method !== "POST" || !(host in recordedHosts)) return false;
  return billedPaths[host]?.(name) ?? ["completions", "responses"].includes(name.split("/").at(-1) ?? "");
}

/** How each provider's answers are read, where they are not in OpenAI's words. */
function readingOf(exchange: RecordedExchange, documents: Json[]): Reading {
  switch (exchange.host) {
    case "api.anthropic.com":
      return readAnthropic(documents);
    case "generativelanguage.googleapis.com":
      return readGoogle(documents);
    case "aiplatform.googleapis.com":
      return exchange.path.includes(":predict") ? readPredictions(documents) : readGoogle(documents);
    case "bedrock-runtime.us-east-1.amazonaws.com":
      return readBedrock(exchange, documents);
    case "api.cohere.com":
      return readCohere(documents);
    case "api.voyageai.com":
      return {
        responseModel: text(documents[0]?.["model"]) ?? null,
        responseId: null,
        usage: compact({ inputTokens: objectOf(documents[0]?.["usage"])["total_tokens"] }),
      };
    default:
      return readOpenai(documents);
  }
}

/**
 * The row that an exchange must leave by itself, or `null`. Read from the whole body with `JSON.parse` and arithmetic
 * written down from the providers' documentation: nothing here is the meter's own code.
 */
export function expectedRow(exchange: RecordedExchange): ExpectedRow | null {
  if (!isBilled(exchange)) return null;
  const provider = recordedHosts[exchange.host as RecordedHost];
  if (exchange.response.status >= 400) {
    return { provider, status: "error", responseModel: null, responseId: null, usage: {} };
  }
  const documents = documentsOf(exchange);
  const isBackground =
    exchange.host === "api.openai.com" && documents.some(({ status }) => status === "queued");
  const isBroken = isStream(exchange) && documents.some(({ error }) => isObject(error));
  const status = isBroken ? "error" : isBackground ? "pending" : "ok";
  return { provider, status, ...readingOf(exchange, documents) };
}

/** What the provider says that the exchange cost, in dollars, or `null`. */
export function expectedDeclaredCost(exchange: RecordedExchange): number | null {
  if (exchange.host !== "openrouter.ai" || !isBilled(exchange)) return null;
  const usage = documentsOf(exchange)
    .map((document) => objectOf(document["usage"]))
    .findLast(({ cost }) => typeof cost === "number");
  return usage === undefined ? null : Number(usage["cost"]);
}

/** Response id and usage that a read of a stored response brings to the call that made it, or `null`. */
export function expectedCompletion(exchange: RecordedExchange): { responseId: string; usage: Usage } | null {
  if (exchange.method !== "GET" || !exchange.path.startsWith("/v1/responses/")) return null;
  const { responseId, usage } = readOpenai(documentsOf(exchange));
  return responseId === null || usage.inputTokens === undefined ? null : { responseId, usage };
}

export function isStream({ response }: RecordedExchange): boolean {
  return (response.headers["content-type"] ?? "").startsWith("text/event-stream");
}

function documentsOf(exchange: RecordedExchange): Json[] {
  const { body } = exchange.response;
  if (!isStream(exchange)) return [objectOf(JSON.parse(body))];
  return body
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data:") && !line.includes("[DONE]"))
    .map((line) => objectOf(JSON.parse(line.slice("data:".length))));
}

type Reading = Pick<ExpectedRow, "responseModel" | "responseId" | "usage">;

function readOpenai(documents: Json[]): Reading {
  const answers = documents.map((document) =>
    "response" in document ? objectOf(document["response"]) : document,
  );
  const answer =
    answers.findLast(({ usage }) => isObject(usage)) ??
    answers.findLast(({ id }) => id !== undefined) ??
    answers.at(-1) ??
    {};
  const usage = objectOf(answer["usage"]);
  const of = (...names: string[]) => names.map((name) => usage[name]).find((value) => value !== undefined);
  const inputDetails = objectOf(of("prompt_tokens_details", "input_tokens_details"));
  const outputDetails = objectOf(of("completion_tokens_details", "output_tokens_details"));
  const toolUsage = objectOf(objectOf(answer["tool_usage"])["web_search"]);
  const searches = Array.isArray(answer["output"])
    ? answer["output"].filter((item) => objectOf(item)["type"] === "web_search_call").length
    : 0;
  return {
    responseModel: text(answer["model"]) ?? null,
    responseId: answer["object"] === "list" ? null : text(answer["id"]) || null,
    usage: compact({
      inputTokens: of("prompt_tokens", "input_tokens"),
      outputTokens: of("completion_tokens", "output_tokens"),
      cacheReadInputTokens: inputDetails["cached_tokens"] ?? usage["num_cached_tokens"],
      cacheCreationInputTokens: inputDetails["cache_write_tokens"],
      reasoningOutputTokens: outputDetails["reasoning_tokens"],
      inputAudioTokens: inputDetails["audio_tokens"],
      outputAudioTokens: outputDetails["audio_tokens"],
      inputImageTokens: inputDetails["image_tokens"],
      outputImageTokens: outputDetails["image_tokens"],
      webSearches:
        toolUsage["num_requests"] ??
        objectOf(usage["server_tool_use_details"])["web_search_requests"] ??
        (searches > 0 ? searches : undefined),
    }),
  };
}

function readAnthropic(documents: Json[]): Reading {
  const messages = documents.map((document) =>
    "message" in document ? objectOf(document["message"]) : document,
  );
  // Later events overwrite; what they do not mention stays.
  const usage: Json = Object.assign({}, ...messages.map((message) => objectOf(message["usage"])));
  const split = objectOf(usage["cache_creation"]);
  const compactions = (Array.isArray(usage["iterations"]) ? usage["iterations"] : [])
    .map(objectOf)
    .filter(({ type }) => type === "compaction");
  const all = [usage, ...compactions];
  const total = (...names: string[]) =>
    all.reduce((sum, each) => sum + names.reduce((part, name) => part + Number(each[name] ?? 0), 0), 0);
  return {
    responseModel: text(messages.find(({ model }) => model !== undefined)?.["model"]) ?? null,
    responseId: text(messages.find(({ id }) => id !== undefined)?.["id"]) ?? null,
    usage: compact({
      inputTokens: total("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"),
      outputTokens: total("output_tokens"),
      cacheReadInputTokens: total("cache_read_input_tokens"),
      cacheCreationInputTokens: total("cache_creation_input_tokens"),
      cacheCreation1hInputTokens: split["ephemeral_1h_input_tokens"],
      reasoningOutputTokens: objectOf(usage["output_tokens_details"])["thinking_tokens"],
      webSearches: objectOf(usage["server_tool_use"])["web_search_requests"],
    }),
  };
}

function readBedrock({ path, response }: RecordedExchange, documents: Json[]): Reading {
  const document = documents[0] ?? {};
  const usage = objectOf(document["usage"]);
  if ("input_tokens" in usage) return readAnthropic(documents);
  const isConverse = path.endsWith("/converse");
  const number = (name: string) => Number(usage[name] ?? 0);
  return {
    responseModel: null,
    responseId: null,
    usage: isConverse
      ? compact({
          inputTokens:
            number("inputTokens") + number("cacheReadInputTokens") + number("cacheWriteInputTokens"),
          outputTokens: usage["outputTokens"],
          cacheReadInputTokens: usage["cacheReadInputTokens"],
          cacheCreationInputTokens: usage["cacheWriteInputTokens"],
        })
      : { inputTokens: Number(response.headers["x-amzn-bedrock-input-token-count"]) },
  };
}

/** Of Vertex' old embeddings only what they say of the whole is copied: the tokens stand too deep among the vectors. */
function readPredictions(documents: Json[]): Reading {
  const predictions = documents[0]?.["predictions"];
  const tokens = (Array.isArray(predictions) ? predictions : []).map((prediction) =>
    Number(objectOf(objectOf(objectOf(prediction)["embeddings"])["statistics"])["token_count"]),
  );
  const inputTokens = tokens.reduce((sum, count) => sum + count, 0);
  return { responseModel: null, responseId: null, usage: { inputTokens } };
}

function readCohere(documents: Json[]): Reading {
  const document = documents[0] ?? {};
  const billed = objectOf(objectOf(document["usage"] ?? document["meta"])["billed_units"]);
  return {
    responseModel: null,
    responseId: text(document["id"]) ?? null,
    usage: compact({
      inputTokens: Number(billed["input_tokens"]) + Number(billed["image_tokens"] ?? 0),
      outputTokens: billed["output_tokens"],
      inputImageTokens: billed["image_tokens"],
    }),
  };
}

function readGoogle(documents: Json[]): Reading {
  const last = documents.findLast(({ usageMetadata }) => usageMetadata !== undefined) ?? documents[0] ?? {};
  const usage = objectOf(last["usageMetadata"]);
  const number = (name: string) => (usage[name] === undefined ? 0 : Number(usage[name]));
  const ofModality = (modality: string, ...lists: string[]) => {
    const entries = lists
      .flatMap((list) => (Array.isArray(usage[list]) ? usage[list] : []))
      .map(objectOf)
      .filter((entry) => entry["modality"] === modality);
    return entries.length === 0
      ? undefined
      : entries.reduce((sum, entry) => sum + Number(entry["tokenCount"]), 0);
  };
  const searches = documents.map((document) =>
    (Array.isArray(document["candidates"]) ? document["candidates"] : [])
      .map((candidate) => objectOf(objectOf(candidate)["groundingMetadata"])["webSearchQueries"])
      .reduce((sum: number, queries) => sum + (Array.isArray(queries) ? queries.length : 0), 0),
  );
  // Any event of a stream may tell of them.
  const webSearches = Math.max(0, ...searches);
  const hasOutput = "candidatesTokenCount" in usage || "thoughtsTokenCount" in usage;
  const inputLists = ["promptTokensDetails", "toolUsePromptTokensDetails", "promptTokenDetails"];
  return {
    responseModel: text(last["modelVersion"]) ?? null,
    responseId: text(last["responseId"]) ?? null,
    usage: compact({
      inputTokens:
        "promptTokenCount" in usage
          ? number("promptTokenCount") + number("toolUsePromptTokenCount")
          : undefined,
      outputTokens: hasOutput ? number("candidatesTokenCount") + number("thoughtsTokenCount") : undefined,
      cacheReadInputTokens: usage["cachedContentTokenCount"],
      reasoningOutputTokens: usage["thoughtsTokenCount"],
      inputAudioTokens: ofModality("AUDIO", ...inputLists),
      inputImageTokens: ofModality("IMAGE", ...inputLists),
      outputAudioTokens: ofModality("AUDIO", "candidatesTokensDetails"),
      outputImageTokens: ofModality("IMAGE", "candidatesTokensDetails"),
      webSearches: webSearches > 0 ? webSearches : undefined,
    }),
  };
}

function compact(usage: Record<string, unknown>): Usage {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => typeof value === "number"));
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

import { describe, expect, it } from "vitest";
import { type Interpretation, interpret } from "../../daemon/usage/interpret.ts";
import { surchargesIn } from "../../daemon/usage/surcharges.ts";
import type { CallReport, JsonObject } from "../../shared/call.ts";
import { makeCallId } from "../builders.ts";

/** `POST https://host/path` or `GET …` of an answer that said `rawUsage`. */
function meaningOf(request: string, rawUsage?: JsonObject, over: Partial<CallReport> = {}) {
  const [method = "", url = ""] = request.split(" ");
  const [, host = "", path = ""] = /^https?:\/\/([^/]+)(\/.*)$/.exec(url) ?? [];
  return interpret({
    callId: makeCallId(),
    startedAt: "2026-11-20T10:00:00.000Z",
    status: "ok",
    httpStatus: 200,
    endpoint: { host, path, method },
    ...(rawUsage === undefined ? {} : { rawUsage }),
    ...over,
  });
}

function callOf(request: string, rawUsage?: JsonObject, over: Partial<CallReport> = {}): Interpretation {
  const meaning = meaningOf(request, rawUsage, over);
  if ("ignored" in meaning) throw new Error(`ignored: ${meaning.ignored}`);
  return meaning;
}

const chatUsage = { prompt_tokens: 30, completion_tokens: 7, total_tokens: 37 };
const chatTokens = { inputTokens: 30, outputTokens: 7 };

describe("providers that speak OpenAI's words", () => {
  it.each([
    ["azure.ai.openai", "https://acme.openai.azure.com/openai/deployments/prod/chat/completions"],
    ["azure.ai.openai", "https://acme.openai.azure.com/openai/v1/chat/completions"],
    ["azure.ai.openai", "https://acme.cognitiveservices.azure.com/openai/v1/chat/completions"],
    ["alibaba", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions"],
    ["azure.ai.inference", "https://acme.eastus.models.ai.azure.com/chat/completions"],
    ["baseten", "https://inference.baseten.co/v1/chat/completions"],
    ["cloudflare", "https://api.cloudflare.com/client/v4/accounts/a/ai/v1/chat/completions"],
    ["deepinfra", "https://api.deepinfra.com/v1/openai/chat/completions"],
    ["github", "https://models.github.ai/inference/chat/completions"],
    ["minimax", "https://api.minimax.io/v1/chat/completions"],
    ["nebius", "https://api.studio.nebius.com/v1/chat/completions"],
    ["novita", "https://api.novita.ai/v3/openai/chat/completions"],
    ["nvidia", "https://integrate.api.nvidia.com/v1/chat/completions"],
    ["ovhcloud", "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1/chat/completions"],
    ["sambanova", "https://api.sambanova.ai/v1/chat/completions"],
    ["aws.bedrock", "https://bedrock-mantle.us-east-1.api.aws/v1/chat/completions"],
    ["aws.bedrock", "https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1/chat/completions"],
    ["cerebras", "https://api.cerebras.ai/v1/chat/completions"],
    ["cohere", "https://api.cohere.ai/compatibility/v1/chat/completions"],
    ["crusoe", "https://api.inference.crusoecloud.com/v1/chat/completions"],
    ["deepseek", "https://api.deepseek.com/chat/completions"],
    ["deepseek", "https://api.deepseek.com/beta/completions"],
    ["fireworks", "https://api.fireworks.ai/inference/v1/chat/completions"],
    [
      "gcp.vertex_ai",
      "https://aiplatform.googleapis.com/v1/projects/p/locations/global/endpoints/openapi/chat/completions",
    ],
    ["google", "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions"],
    ["groq", "https://api.groq.com/openai/v1/chat/completions"],
    ["heroku", "https://us.inference.heroku.com/v1/chat/completions"],
    ["huggingface", "https://router.huggingface.co/together/v1/chat/completions"],
    ["huggingface", "https://router.huggingface.co/v1/chat/completions"],
    ["mistral_ai", "https://api.mistral.ai/v1/chat/completions"],
    ["mistral_ai", "https://codestral.mistral.ai/v1/fim/completions"],
    ["moonshot_ai", "https://api.moonshot.ai/v1/chat/completions"],
    ["ollama", "http://localhost:11434/v1/chat/completions"],
    ["ollama_cloud", "https://ollama.com/v1/chat/completions"],
    ["openrouter", "https://openrouter.ai/api/v1/chat/completions"],
    ["perplexity", "https://api.perplexity.ai/chat/completions"],
    ["snowflake", "https://acme-eu.snowflakecomputing.com/api/v2/cortex/v1/chat/completions"],
    ["together", "https://api.together.xyz/v1/chat/completions"],
    ["vercel", "https://ai-gateway.vercel.sh/v1/chat/completions"],
    ["x_ai", "https://api.x.ai/v1/chat/completions"],
    ["z_ai", "https://api.z.ai/api/paas/v4/chat/completions"],
  ])("%s: %s", (provider, url) => {
    const meaning = callOf(`POST ${url}`, { id: "chatcmpl-1", model: "m", usage: chatUsage });
    expect(meaning).toMatchObject({
      effect: "creates",
      provider,
      operation: "chat",
      responseModel: "m",
      responseId: "chatcmpl-1",
      usage: chatTokens,
    });
    expect(meaning.usage).toEqual(chatTokens);
  });

  it.each([
    ["DeepSeek", "https://api.deepseek.com/chat/completions", { prompt_cache_hit_tokens: 20 }],
    ["Mistral", "https://api.mistral.ai/v1/chat/completions", { num_cached_tokens: 20 }],
    ["Moonshot", "https://api.moonshot.ai/v1/chat/completions", { cached_tokens: 20 }],
  ])("%s counts cached tokens under a name of its own", (_, url, cached) => {
    const { usage } = callOf(`POST ${url}`, { usage: { ...chatUsage, ...cached } });
    expect(usage).toEqual({ ...chatTokens, cacheReadInputTokens: 20 });
  });

  it("xAI's reasoning is beside the completion, which its total gives away, and is no surplus then", () => {
    const usage = {
      prompt_tokens: 32,
      completion_tokens: 9,
      total_tokens: 135,
      completion_tokens_details: { reasoning_tokens: 94 },
    };
    expect(callOf("POST https://api.x.ai/v1/chat/completions", { usage }).usage).toEqual({
      inputTokens: 32,
      outputTokens: 103,
      reasoningOutputTokens: 94,
    });
    expect(surchargesIn({ usage }).unpriceable).toEqual([]);
  });

  it("Groq's streams may have the usage in x_groq alone", () => {
    const rawUsage = { id: "chatcmpl-1", x_groq: { id: "req_1", usage: chatUsage } };
    expect(callOf("POST https://api.groq.com/openai/v1/chat/completions", rawUsage)).toMatchObject({
      responseId: "chatcmpl-1",
      usage: chatTokens,
    });
  });

  it("a deployment's name is what was asked for, not what answered", () => {
    const url = "POST https://acme.openai.azure.com/openai/deployments/prod/chat/completions";
    const meaning = callOf(url, { model: "gpt-4o-2024-11-20" });
    expect(meaning).toMatchObject({ requestModel: "prod", responseModel: "gpt-4o-2024-11-20" });
  });

  it.each([
    "POST https://us.inference.heroku.com/available-models",
    "GET https://api.cerebras.ai/v1/models",
    "GET https://openrouter.ai/api/v1/generation",
    "POST https://acme.snowflakecomputing.com/api/v2/statements",
    "POST https://acme.openai.azure.com/openai/files",
    "POST http://localhost:11434/api/pull",
    "GET http://localhost:11434/api/tags",
    "POST https://api.openai.com/v1/moderations",
    "POST https://api.openai.com/v1/responses/input_tokens",
    "POST https://api.openai.com/v1/responses/resp_1/cancel",
    "GET https://api.openai.com/v1/responses/resp_1/input_items",
    "POST https://api.openai.com/v1/conversations",
    "POST https://api.openai.com/v1/conversations/conv_1/items",
    "POST https://api.openai.com/v1/files",
    "POST https://api.openai.com/v1/uploads",
    "POST https://api.openai.com/v1/realtime/client_secrets",
    "GET https://api.openai.com/v1/realtime",
    "GET https://api.openai.com/v1/batches",
    "POST https://api.openai.com/v1/batches/batch_1/cancel",
    "GET https://api.openai.com/v1/videos/video_1/content",
    "POST https://api.openai.com/v1/videos/characters",
    "GET https://api.openai.com/v1/chat/completions/chatcmpl-1",
    "POST https://api.anthropic.com/v1/messages/batches/msgbatch_1/cancel",
    "GET https://api.anthropic.com/v1/messages/batches",
    "POST https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:countTokens",
    "POST https://generativelanguage.googleapis.com/v1beta/cachedContents",
    "GET https://generativelanguage.googleapis.com/v1beta/batches",
    "POST https://generativelanguage.googleapis.com/v1beta/batches/b1:cancel",
    "POST https://api.perplexity.ai/v1/responses/resp_1/cancel",
    "POST https://bedrock-runtime.us-east-1.amazonaws.com/guardrail/g/version/1/apply",
  ])("%s is no call", (request) => {
    expect(meaningOf(request)).toHaveProperty("ignored");
  });
});

describe("costs that the provider declares", () => {
  it("OpenRouter's, with what its servers searched", () => {
    const usage = {
      ...chatUsage,
      cost: 0.0133176,
      is_byok: false,
      cost_details: { upstream_inference_cost: 0.0133176 },
      server_tool_use_details: { web_search_requests: 1 },
    };
    expect(callOf("POST https://openrouter.ai/api/v1/chat/completions", { usage })).toMatchObject({
      declaredCostNanoUsd: 13_317_600,
      usage: { ...chatTokens, webSearches: 1 },
    });
  });

  it("with a key of the user's own OpenRouter's charge and the provider's come together", () => {
    const usage = {
      ...chatUsage,
      cost: 0.0005,
      is_byok: true,
      cost_details: { upstream_inference_cost: 0.01 },
    };
    const request = "POST https://openrouter.ai/api/v1/chat/completions";
    expect(callOf(request, { usage }).declaredCostNanoUsd).toBe(10_500_000);
  });

  it.each([
    ["perplexity", "https://api.perplexity.ai/chat/completions", { cost: { total_cost: 0.0061 } }, 6_100_000],
    ["perplexity", "https://api.perplexity.ai/v1/responses", { cost: { total_cost: 0.0061 } }, 6_100_000],
    ["perplexity", "https://api.perplexity.ai/v1/agent", { cost: { total_cost: 0.0061 } }, 6_100_000],
    ["x_ai", "https://api.x.ai/v1/chat/completions", { cost_in_usd_ticks: 37_756_000 }, 3_775_600],
    ["x_ai", "https://api.x.ai/v1/responses", { cost_in_usd_ticks: 37_756_000 }, 3_775_600],
  ])("%s: %s", (_, url, cost, nanoUsd) => {
    expect(callOf(`POST ${url}`, { usage: { ...chatUsage, ...cost } }).declaredCostNanoUsd).toBe(nanoUsd);
  });

  it.each([-1, "0.1", null, Number.NaN, { total_cost: "1" }])("%s is no cost", (cost) => {
    const request = "POST https://openrouter.ai/api/v1/chat/completions";
    expect(callOf(request, { usage: { ...chatUsage, cost } }).declaredCostNanoUsd).toBeNull();
    const other = "POST https://api.perplexity.ai/chat/completions";
    expect(callOf(other, { usage: { ...chatUsage, cost } }).declaredCostNanoUsd).toBeNull();
  });

  it("the same field of others means nothing", () => {
    const request = "POST https://api.openai.com/v1/chat/completions";
    expect(callOf(request, { usage: { ...chatUsage, cost: 3 } }).declaredCostNanoUsd).toBeNull();
  });

  it("Exa's dollars, of a search and of a research that is read until it has ended", () => {
    expect(
      callOf("POST https://api.exa.ai/search", { requestId: "r1", costDollars: { total: 0.005 } }),
    ).toMatchObject({
      provider: "exa",
      operation: "search",
      responseId: "r1",
      declaredCostNanoUsd: 5_000_000,
    });
    const started = callOf("POST https://api.exa.ai/research/v1", { researchId: "x1", status: "running" });
    expect(started).toMatchObject({ responseId: "x1", unfinished: true, declaredCostNanoUsd: null });
    const read = "GET https://api.exa.ai/research/v1/x1";
    expect(meaningOf(read, { researchId: "x1", status: "running" })).toHaveProperty("ignored");
    expect(
      callOf(read, { researchId: "x1", status: "completed", costDollars: { total: 0.12 } }),
    ).toMatchObject({ effect: "completes", responseId: "x1", declaredCostNanoUsd: 120_000_000 });
  });
});

describe("Perplexity", () => {
  it("what Deep Research read and thought comes on top", () => {
    const usage = {
      prompt_tokens: 33,
      completion_tokens: 7_163,
      total_tokens: 7_196,
      citation_tokens: 20_016,
      num_search_queries: 18,
      reasoning_tokens: 73_997,
    };
    const meaning = callOf("POST https://api.perplexity.ai/chat/completions", {
      model: "sonar-deep-research",
      usage,
    });
    expect(meaning.usage).toEqual({
      inputTokens: 20_049,
      outputTokens: 81_160,
      reasoningOutputTokens: 73_997,
      webSearches: 18,
    });
  });

  it("its agents have their own names for what was cached", () => {
    const details = { cache_read_input_tokens: 64, cache_creation_input_tokens: 0 };
    const usage = { input_tokens: 90, output_tokens: 12, input_tokens_details: details };
    expect(callOf("POST https://api.perplexity.ai/v1/agent", { id: "resp_1", usage })).toMatchObject({
      operation: "chat",
      usage: { inputTokens: 90, outputTokens: 12, cacheReadInputTokens: 64, cacheCreationInputTokens: 0 },
    });
  });
});

describe("Cohere", () => {
  it("is billed by billed_units, not tokens", () => {
    const usage = {
      billed_units: { input_tokens: 41, output_tokens: 28 },
      cached_tokens: 1040,
      tokens: { input_tokens: 1442, output_tokens: 29 },
    };
    expect(callOf("POST https://api.cohere.com/v2/chat", { id: "c1", usage })).toMatchObject({
      provider: "cohere",
      responseId: "c1",
      usage: { inputTokens: 41, outputTokens: 28 },
    });
  });

  it("embeddings, with images' tokens beside the text's, and rerankings by the search", () => {
    const meta = { billed_units: { input_tokens: 4, image_tokens: 6 } };
    expect(callOf("POST https://api.cohere.com/v2/embed", { id: "e1", meta })).toMatchObject({
      operation: "embeddings",
      usage: { inputTokens: 10, inputImageTokens: 6 },
    });
    const searches = { billed_units: { search_units: 2 } };
    expect(callOf("POST https://api.cohere.com/v2/rerank", { meta: searches })).toMatchObject({
      operation: "rerank",
      usage: { requests: 2 },
    });
    const old = { generation_id: "g1", meta: { billed_units: { input_tokens: 3, output_tokens: 2 } } };
    expect(callOf("POST https://api.cohere.com/v1/chat", old)).toMatchObject({
      responseId: "g1",
      usage: { inputTokens: 3, outputTokens: 2 },
    });
  });
});

describe("Bedrock", () => {
  const model = "us.anthropic.claude-sonnet-4-5-20250929-v1%3A0";
  const at = (verb: string, id = model) =>
    `POST https://bedrock-runtime.us-east-1.amazonaws.com/model/${id}/${verb}`;

  it("Converse's input excludes the cache", () => {
    const usage = {
      inputTokens: 22,
      outputTokens: 13,
      totalTokens: 2_627,
      cacheReadInputTokens: 100,
      cacheWriteInputTokens: 2_492,
      cacheDetails: [
        { ttl: "5m", inputTokens: 2_000 },
        { ttl: "1h", inputTokens: 492 },
      ],
    };
    for (const verb of ["converse", "converse-stream"]) {
      const meaning = callOf(at(verb), { usage, serviceTier: { type: "priority" } });
      expect(meaning).toMatchObject({
        provider: "aws.bedrock",
        operation: "chat",
        requestModel: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        serviceTier: "priority",
      });
      expect(meaning.usage).toEqual({
        inputTokens: 2_614,
        outputTokens: 13,
        cacheReadInputTokens: 100,
        cacheCreationInputTokens: 2_492,
        cacheCreation1hInputTokens: 492,
      });
    }
  });

  it.each([
    ["Anthropic's", { usage: { input_tokens: 68, output_tokens: 508, cache_read_input_tokens: 2 } }, 70, 508],
    ["OpenAI's", { usage: { prompt_tokens: 5, completion_tokens: 6 } }, 5, 6],
    ["Amazon's Nova", { usage: { inputTokens: 5, outputTokens: 6 } }, 5, 6],
    ["Meta's", { prompt_token_count: 5, generation_token_count: 6 }, 5, 6],
    [
      "its own at the end of a stream",
      { "amazon-bedrock-invocationMetrics": { inputTokenCount: 5, outputTokenCount: 6 } },
      5,
      6,
    ],
    [
      "its own in headers",
      { headers: { "x-amzn-bedrock-input-token-count": "5", "x-amzn-bedrock-output-token-count": "6" } },
      5,
      6,
    ],
  ])("Invoke hands through %s words", (_, rawUsage, inputTokens, outputTokens) => {
    expect(callOf(at("invoke"), rawUsage).usage).toMatchObject({ inputTokens, outputTokens });
  });

  it.each(["", "x", "-4", "1e3", "99999999999999"])("a header of %j is no count", (value) => {
    const headers = { "x-amzn-bedrock-input-token-count": value };
    expect(callOf(at("invoke"), { headers }).usage).toEqual({});
  });

  it("embeddings are embeddings, counting tokens is no call", () => {
    expect(callOf(at("invoke", "amazon.titan-embed-text-v2%3A0"), { inputTextTokenCount: 4 })).toMatchObject({
      operation: "embeddings",
      requestModel: "amazon.titan-embed-text-v2:0",
      usage: { inputTokens: 4 },
    });
    expect(callOf(at("invoke", "cohere.rerank-v3-5%3A0")).operation).toBe("rerank");
    expect(meaningOf(at("count-tokens"))).toHaveProperty("ignored");
  });

  it("an ARN names its model, but for the user's own profiles", () => {
    const arn = (end: string) => encodeURIComponent(`arn:aws:bedrock:us-east-1:123456789012:${end}`);
    expect(callOf(at("converse", arn("inference-profile/us.amazon.nova-lite-v1:0"))).requestModel).toBe(
      "us.amazon.nova-lite-v1:0",
    );
    expect(callOf(at("converse", arn("application-inference-profile/abc123"))).requestModel).toContain(
      "arn:",
    );
    expect(callOf(at("converse", "%E0%A4%A")).requestModel).toBe("%E0%A4%A");
  });
});

describe("Vertex AI", () => {
  const at = (host: string, path: string) =>
    `POST https://${host}/v1/projects/p/locations/us-east5/publishers/${path}`;

  it.each([
    "aiplatform.googleapis.com",
    "us-east5-aiplatform.googleapis.com",
    "aiplatform.eu.rep.googleapis.com",
  ])("Gemini at %s", (host) => {
    const usageMetadata = { promptTokenCount: 26, candidatesTokenCount: 7, thoughtsTokenCount: 68 };
    const rawUsage = { modelVersion: "gemini-3-flash-preview", usageMetadata };
    expect(callOf(at(host, "google/models/gemini-3-flash-preview:generateContent"), rawUsage)).toMatchObject({
      provider: "gcp.vertex_ai",
      operation: "chat",
      requestModel: "gemini-3-flash-preview",
      usage: { inputTokens: 26, outputTokens: 75, reasoningOutputTokens: 68 },
    });
  });

  it("Claude in Anthropic's words, others in OpenAI's, counting tokens not at all", () => {
    const host = "us-east5-aiplatform.googleapis.com";
    const claude = at(host, "anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict");
    expect(callOf(claude, { usage: { input_tokens: 2, cache_read_input_tokens: 3 } })).toMatchObject({
      requestModel: "claude-sonnet-4-5@20250929",
      usage: { inputTokens: 5, cacheReadInputTokens: 3 },
    });
    const mistral = at(host, "mistralai/models/mistral-small-2503:rawPredict");
    expect(callOf(mistral, { usage: chatUsage }).usage).toEqual(chatTokens);
    expect(meaningOf(at(host, "anthropic/models/count-tokens:rawPredict"))).toHaveProperty("ignored");
    expect(meaningOf(at(host, "google/models/gemini-2.5-pro:countTokens"))).toHaveProperty("ignored");
  });

  it("embeddings by predict say their tokens, the oldest only their characters", () => {
    const url = at("aiplatform.googleapis.com", "google/models/gemini-embedding-001:predict");
    const metadata = { billableCharacterCount: 12 };
    const meaning = callOf(url, { metadata, itemCounts: { token_count: 4 } });
    expect(meaning.operation).toBe("embeddings");
    expect(meaning.usage).toEqual({ inputTokens: 4 });
    expect(callOf(url, { metadata }).usage).toEqual({ characters: 12 });
  });
});

describe("Firecrawl", () => {
  const root = "https://api.firecrawl.dev/v2";

  it("a page and a search cost credits at once", () => {
    expect(callOf(`POST ${root}/scrape`, { creditsUsed: 5 })).toMatchObject({
      provider: "firecrawl",
      operation: "scrape",
      usage: { credits: 5 },
    });
    expect(callOf(`POST ${root}/search`, { creditsUsed: 2 }).operation).toBe("search");
  });

  it.each(["crawl", "batch/scrape", "extract", "agent"])(
    "%s is a job: started, then read until it has ended",
    (job) => {
      expect(callOf(`POST ${root}/${job}`, { id: "job-1" })).toMatchObject({
        effect: "creates",
        responseId: "job-1",
        unfinished: true,
        usage: {},
      });
      const read = `GET ${root}/${job}/job-1`;
      expect(meaningOf(read, { status: "scraping", creditsUsed: 3 })).toHaveProperty("ignored");
      expect(callOf(read, { status: "completed", creditsUsed: 7 })).toMatchObject({
        effect: "completes",
        responseId: "job-1",
        usage: { credits: 7 },
      });
      expect(meaningOf(`GET ${root}/crawl/active`, { status: "completed" })).toHaveProperty("ignored");
      expect(meaningOf(`GET ${root}/crawl/job-1/errors`)).toHaveProperty("ignored");
    },
  );

  it("a job that was refused is over", () => {
    const refused = callOf(`POST ${root}/crawl`, undefined, { status: "error", httpStatus: 402 });
    expect(refused.unfinished).toBe(false);
  });
});

describe("the rest", () => {
  it.each([
    [
      "voyage",
      "https://api.voyageai.com/v1/embeddings",
      "embeddings",
      { model: "voyage-3.5", usage: { total_tokens: 9 } },
      { inputTokens: 9 },
    ],
    [
      "voyage",
      "https://api.voyageai.com/v1/multimodalembeddings",
      "embeddings",
      { usage: { total_tokens: 9 } },
      { inputTokens: 9 },
    ],
    [
      "voyage",
      "https://api.voyageai.com/v1/rerank",
      "rerank",
      { usage: { total_tokens: 9 } },
      { inputTokens: 9 },
    ],
    [
      "jina",
      "https://api.jina.ai/v1/embeddings",
      "embeddings",
      { usage: { total_tokens: 9, prompt_tokens: 9 } },
      { inputTokens: 9 },
    ],
    ["jina", "https://r.jina.ai/", "scrape", { meta: { usage: { tokens: 700 } } }, { outputTokens: 700 }],
    [
      "tavily",
      "https://api.tavily.com/search",
      "search",
      { request_id: "t", usage: { credits: 2 } },
      { credits: 2 },
    ],
    ["tavily", "https://api.tavily.com/extract", "scrape", { usage: { credits: 0.5 } }, { credits: 0.5 }],
    ["tavily", "https://api.tavily.com/search", "search", { request_id: "t" }, {}],
    [
      "mistral_ai",
      "https://api.mistral.ai/v1/ocr",
      "other",
      { usage_info: { pages_processed: 3 } },
      { pages: 3 },
    ],
    [
      "ollama",
      "http://127.0.0.1:11434/api/chat",
      "chat",
      { prompt_eval_count: 26, eval_count: 290 },
      { inputTokens: 26, outputTokens: 290 },
    ],
    ["ollama", "http://localhost:11434/api/generate", "chat", { eval_count: 290 }, { outputTokens: 290 }],
    [
      "ollama",
      "http://localhost:11434/api/embed",
      "embeddings",
      { prompt_eval_count: 8 },
      { inputTokens: 8 },
    ],
    [
      "openai",
      "https://api.openai.com/v1/images/generations",
      "image",
      { itemCounts: { data: 2 } },
      { images: 2 },
    ],
    [
      "openai",
      "https://api.openai.com/v1/audio/transcriptions",
      "audio",
      { usage: { type: "duration", seconds: 9.5 } },
      { seconds: 9.5 },
    ],
    ["openai", "https://api.openai.com/v1/audio/speech", "audio", {}, {}],
  ] as const)("%s: %s", (provider, url, operation, rawUsage, usage) => {
    const meaning = callOf(`POST ${url}`, rawUsage as JsonObject);
    expect(meaning).toMatchObject({ provider, operation, effect: "creates", unfinished: false });
    expect(meaning.usage).toEqual(usage);
  });

  it("newer images and transcriptions are billed by the token, and not by the piece as well", () => {
    const images = {
      input_tokens: 50,
      output_tokens: 4_160,
      total_tokens: 4_210,
      input_tokens_details: { text_tokens: 10, image_tokens: 40 },
    };
    expect(
      callOf("POST https://api.openai.com/v1/images/edits", { usage: images, itemCounts: { data: 1 } }).usage,
    ).toEqual({ inputTokens: 50, outputTokens: 4_160, inputImageTokens: 40, outputImageTokens: 4_160 });
    const speech = {
      type: "tokens",
      input_tokens: 14,
      output_tokens: 45,
      input_token_details: { text_tokens: 0, audio_tokens: 14 },
    };
    expect(callOf("POST https://api.openai.com/v1/audio/transcriptions", { usage: speech }).usage).toEqual({
      inputTokens: 14,
      outputTokens: 45,
      inputAudioTokens: 14,
    });
  });

  it("a host named by the user takes the provider's own words, by its other names too", () => {
    const at = "POST http://127.0.0.1:4010/v2/chat";
    const usage = { billed_units: { input_tokens: 4 } };
    expect(callOf(at, { usage }, { provider: "cohere" }).usage).toEqual({ inputTokens: 4 });
    const mistral = callOf(
      "POST http://127.0.0.1:4010/v1/ocr",
      { usage_info: { pages_processed: 1 } },
      { provider: "mistral" },
    );
    expect(mistral).toMatchObject({ provider: "mistral", usage: { pages: 1 } });
  });

  it("a provider that nobody knows does not borrow the words of those who search", () => {
    const search = "POST http://127.0.0.1:4010/search";
    expect(meaningOf(search, { request_id: "r" }, { provider: "acme" })).toHaveProperty("ignored");
    const ollama = callOf(
      "POST http://127.0.0.1:4010/infer",
      { prompt_eval_count: 3, eval_count: 4 },
      { provider: "acme" },
    );
    expect(ollama.usage).toEqual({ inputTokens: 3, outputTokens: 4 });
  });
});

import { expect, it } from "vitest";
import { createPricer } from "../../daemon/pricing/pricer.ts";
import { interpret } from "../../daemon/usage/interpret.ts";
import { type CallReport, callStatuses, type JsonObject, type JsonValue } from "../../shared/call.ts";
import { providers } from "../../shared/providers.ts";
import { makeCallId } from "../builders.ts";
import { seededRandom } from "../seededRandom.ts";

const random = seededRandom(23);
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

/** Every name that a reader looks for. */
const names = [
  ..."usage usageMetadata tool_usage web_search num_requests itemCounts web_search_call model id status".split(
    " ",
  ),
  ..."prompt_tokens completion_tokens prompt_tokens_details completion_tokens_details cached_tokens".split(
    " ",
  ),
  ..."input_tokens output_tokens input_tokens_details output_tokens_details reasoning_tokens".split(" "),
  ..."cache_read_input_tokens cache_creation_input_tokens cache_creation ephemeral_1h_input_tokens".split(
    " ",
  ),
  ..."iterations type server_tool_use service_tier speed audio_tokens image_tokens total_tokens".split(" "),
  ..."promptTokenCount candidatesTokenCount thoughtsTokenCount promptTokensDetails modality tokenCount".split(
    " ",
  ),
  ..."cachedContentTokenCount toolUsePromptTokenCount totalTokenCount __proto__ constructor".split(" "),
  ..."billed_units meta metadata search_units x_groq creditsUsed credits cost costDollars total is_byok".split(
    " ",
  ),
  ..."cost_details upstream_inference_cost cost_in_usd_ticks total_cost search_context_size headers".split(
    " ",
  ),
  ..."inputTokens outputTokens cacheReadInputTokens cacheWriteInputTokens cacheDetails ttl citation_tokens".split(
    " ",
  ),
  ..."usages largestInput request input search_depth auto_parameters connectors connector_tokens item_id state".split(
    " ",
  ),
  ..."total_input_tokens total_output_tokens grounding_tool_count input_tokens_by_modality count token_count name".split(
    " ",
  ),
  ..."responseTokenCount input_token_details output_token_details predictions duration tokens reasoning success".split(
    " ",
  ),
  ..."prompt_eval_count eval_count usage_info pages_processed billableCharacterCount seconds data".split(" "),
];
const scalars: readonly JsonValue[] = [
  null,
  true,
  "",
  "12",
  "queued",
  "compaction",
  "claude-opus-5",
  "AUDIO",
  "constructor",
  "__proto__",
  0,
  -1,
  7,
  1.5,
  4_096,
  1e12,
  1e15,
  Number.NaN,
  Number.MAX_VALUE,
];

function anyValue(depth: number): JsonValue {
  const kind = random();
  if (depth === 0 || kind < 0.4) return pick(scalars);
  if (kind < 0.55) return Array.from({ length: Math.floor(random() * 4) }, () => anyValue(depth - 1));
  return anyObject(depth);
}

function anyObject(depth: number): JsonObject {
  return Object.fromEntries(
    Array.from({ length: 1 + Math.floor(random() * 8) }, () => [pick(names), anyValue(depth - 1)]),
  );
}

/** Addresses of every provider, in words that its endpoints are made of: some fit, some do not. */
const pathEnds = [
  ..."/chat/completions /responses /responses/resp_1 /embeddings /v1/messages /images/generations".split(" "),
  ..."/models/m:generateContent /models/text-embedding-5:predict /v2/chat /v2/embed /v2/rerank /search".split(
    " ",
  ),
  ..."/model/us.amazon.nova-lite-v1%3A0/converse /model/anthropic.claude-x/invoke /v2/crawl/job-1".split(" "),
  ..."/batches /batches/batch_1 /v1/messages/batches /v1/messages/batches/b/results /interactions /interactions/i".split(
    " ",
  ),
  ..."/v1beta/batches/b /models/imagen-4:predict /conversations /videos /videos/v /audio/speech /decisions".split(
    " ",
  ),
  ..."/ai/language-model /async/chat/completions /async/chat/completions/1 /agent/runs/1 /v2/map /realtime".split(
    " ",
  ),
  ..."/v2/scrape /v2/crawl /research/v1 /research/v1/x /api/chat /ocr /audio/transcriptions /".split(" "),
];
const endpoints = providers.flatMap(({ hosts: [host = ""] }) =>
  pathEnds.flatMap((path) =>
    ["POST", "GET", "WEBSOCKET"].map((method) => ({ host: host.replace("*", "x"), method, path })),
  ),
);
const unknown = { host: "127.0.0.1:4010", method: "POST", path: "/infer" };

it("whatever a provider says, the meaning has numbers that can be and the cost is whole, or neither is there", async () => {
  const pricer = await createPricer({ overridesFile: null, now: Date.now });
  let calls = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const rawUsage = anyObject(4);
    if (random() < 0.7) rawUsage[pick(["usage", "usageMetadata", "itemCounts"])] = anyObject(3);
    const report: CallReport = {
      callId: makeCallId(),
      startedAt: "2026-11-20T10:00:00.000Z",
      status: pick(callStatuses),
      httpStatus: pick([200, 400, null]),
      endpoint: pick([...endpoints, unknown]),
      rawUsage,
      requestModel: pick(["gpt-4o", "claude-sonnet-5", "gemini-2.5-pro", "nobody-knows", null]),
      ...(random() < 0.5
        ? {
            provider: pick([
              "openai",
              "anthropic",
              "google",
              "acme",
              "openrouter",
              "firecrawl",
              "aws.bedrock",
              "exa",
            ]),
          }
        : {}),
    };
    const meaning = interpret(report);
    if ("ignored" in meaning) continue;
    calls += 1;
    const cost = pricer.price({
      ...meaning,
      endpoint: report.endpoint ?? null,
      workspace: null,
      rawUsage,
      startedAtMs: Date.parse(report.startedAt),
      status: report.status,
      httpStatus: report.httpStatus ?? null,
    });
    const { credits = 0, seconds = 0, ...counts } = meaning.usage;
    const wrong = [
      ...[...Object.values(counts), cost.costNanoUsd ?? 0].filter((number) => !Number.isSafeInteger(number)),
      ...[...Object.values(meaning.usage), cost.costNanoUsd ?? 0].filter((number) => number < 0),
      ...[credits, seconds].filter((number) => !Number.isFinite(number)),
    ];
    const isPriced = cost.costStatus !== "unpriced";
    if (wrong.length > 0 || isPriced !== (cost.costNanoUsd !== null)) {
      expect.fail(JSON.stringify({ report, meaning, cost }));
    }
  }
  expect(calls).toBeGreaterThan(1_500);
});

import type { JsonObject } from "../../shared/call.ts";
import type { Usage } from "../../shared/usage.ts";
import { amount, countIn, isObject, sum, usageOf } from "../usage/fields.ts";
import { numberOf, type Span, type SpanAttributes, textOf } from "./span.ts";

/** Unit → the attributes that have told it, the latest conventions first. */
const names = {
  inputTokens: [
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "ai.usage.inputTokens",
    "ai.usage.promptTokens",
    "ai.usage.tokens",
    "llm.token_count.prompt",
    "llm.usage.prompt_tokens",
  ],
  outputTokens: [
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "ai.usage.outputTokens",
    "ai.usage.completionTokens",
    "llm.token_count.completion",
    "llm.usage.completion_tokens",
  ],
  cacheReadInputTokens: [
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.input_tokens.cached",
    "gen_ai.usage.details.cache_read_tokens",
    "ai.usage.inputTokenDetails.cacheReadTokens",
    "ai.usage.cachedInputTokens",
    "llm.token_count.prompt_details.cache_read",
    "llm.usage.cache_read_input_tokens",
  ],
  cacheCreationInputTokens: [
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "gen_ai.usage.details.cache_write_tokens",
    "ai.usage.inputTokenDetails.cacheWriteTokens",
    "llm.token_count.prompt_details.cache_write",
    "llm.usage.cache_creation_input_tokens",
  ],
  reasoningOutputTokens: [
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.reasoning_tokens",
    "gen_ai.usage.details.reasoning_tokens",
    "ai.usage.outputTokenDetails.reasoningTokens",
    "ai.usage.reasoningTokens",
    "llm.token_count.completion_details.reasoning",
    "llm.usage.reasoning_tokens",
  ],
  inputAudioTokens: ["llm.token_count.prompt_details.audio"],
  outputAudioTokens: ["llm.token_count.completion_details.audio"],
} as const satisfies { [Unit in keyof Usage]?: readonly string[] };

/** Hands on what Anthropic says, whose input is without what was read from a cache or written to it. */
const SAYS_INPUT_WITHOUT_CACHE = "@traceloop/instrumentation-anthropic";

/** Usage as a span tells it, in OpenTelemetry's meaning: cache within input, reasoning within output. */
export function spanUsage({ attributes, scope }: Span): Usage {
  const langfuse = langfuseDetails(attributes);
  if (langfuse !== null) return langfuseUsage(langfuse);
  const told = (unit: keyof typeof names) => whole(numberOf(attributes, ...names[unit]));
  const cacheReadInputTokens = told("cacheReadInputTokens");
  const cacheCreationInputTokens = told("cacheCreationInputTokens");
  const input = told("inputTokens");
  const cache = sum(cacheReadInputTokens, cacheCreationInputTokens) ?? 0;
  // More than the whole cannot be a part of it: then it stands beside it.
  const without = input !== undefined && (scope === SAYS_INPUT_WITHOUT_CACHE || cache > input);
  return usageOf({
    inputTokens: without ? input + cache : input,
    outputTokens: told("outputTokens"),
    cacheReadInputTokens,
    cacheCreationInputTokens,
    reasoningOutputTokens: told("reasoningOutputTokens"),
    inputAudioTokens: told("inputAudioTokens"),
    outputAudioTokens: told("outputAudioTokens"),
  });
}

function whole(value: number | undefined): number | undefined {
  return Number.isInteger(value) ? amount(value) : undefined;
}

/** Langfuse writes usage as JSON into one attribute. */
function langfuseDetails(attributes: SpanAttributes): JsonObject | null {
  const text = textOf(attributes, "langfuse.observation.usage_details");
  if (text === null) return null;
  try {
    const details = JSON.parse(text);
    return isObject(details) ? details : null;
  } catch {
    return null;
  }
}

/** Its parts stand beside each other: what was cached is not within `input`, what was reasoned not within `output`. */
function langfuseUsage(details: JsonObject): Usage {
  const total = (side: "input" | "output") => {
    const parts = Object.keys(details).filter((name) => name === side || name.startsWith(`${side}_`));
    return sum(...parts.map((name) => countIn(details, name)));
  };
  const cacheRead =
    countIn(details, "input_cached_tokens") ??
    countIn(details, "input_cache_read") ??
    countIn(details, "cache_read_input_tokens");
  const cacheCreation =
    countIn(details, "input_cache_creation") ?? countIn(details, "cache_creation_input_tokens");
  // By Anthropic's names the cache is beside the input as well.
  const beside = sum(
    countIn(details, "cache_read_input_tokens"),
    countIn(details, "cache_creation_input_tokens"),
  );
  return usageOf({
    inputTokens: sum(total("input"), beside),
    outputTokens: total("output"),
    cacheReadInputTokens: cacheRead,
    cacheCreationInputTokens: cacheCreation,
    reasoningOutputTokens:
      countIn(details, "output_reasoning_tokens") ?? countIn(details, "output_reasoning"),
    inputAudioTokens: countIn(details, "input_audio_tokens"),
    outputAudioTokens: countIn(details, "output_audio_tokens"),
  });
}

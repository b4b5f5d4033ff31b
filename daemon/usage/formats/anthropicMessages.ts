import type { JsonObject } from "../../../shared/call.ts";
import type { Usage } from "../../../shared/usage.ts";
import { countIn, isObject, listIn, objectIn, sum, textIn, usageOf } from "../fields.ts";
import type { FormatReader } from "./formatReader.ts";

/**
 * Messages. `input_tokens` excludes what was read from and written to the cache: the three together are the input. What a
 * compaction took is in `iterations` only ("a `compaction` entry's tokens are not included in the top-level `usage`
 * fields", @anthropic-ai/sdk 1.11, `BetaUsage.iterations`), and belongs to the call.
 */
export const readAnthropicMessages: FormatReader = (rawUsage) => {
  const usage = objectIn(rawUsage, "usage");
  const model = textIn(rawUsage, "model");
  const apart = iterationsIn(usage).filter(
    (iteration) => leftOut.has(textIn(iteration, "type") ?? "") && !isOtherModel(iteration, model),
  );
  return {
    responseModel: model,
    responseId: textIn(rawUsage, "id"),
    serviceTier: textIn(usage, "service_tier"),
    unfinished: false,
    usage: usageOf({
      ...addUsages([usage, ...apart].map(tokensOf)),
      webSearches: countIn(objectIn(usage, "server_tool_use"), "web_search_requests"),
    }),
  };
};

export interface OtherModel {
  model: string;
  usage: Usage;
  /** Of many answers, what went in of the longest. */
  largestInputTokens?: number | undefined;
}

/**
 * Usage of other models within the same exchange (an advisor, a fallback), which the top level leaves out; of a batch all
 * models but the first.
 */
export function otherModelsIn(rawUsage: JsonObject): OtherModel[] {
  const [first, ...others] = listIn(rawUsage, "usages").filter(isObject);
  if (first !== undefined) return [...otherModelsIn(first), ...others.flatMap(modelsOf)];
  const model = textIn(rawUsage, "model");
  return iterationsIn(objectIn(rawUsage, "usage")).flatMap((iteration) => {
    const other = textIn(iteration, "model");
    return other !== null && isOtherModel(iteration, model)
      ? [{ model: other, usage: tokensOf(iteration) }]
      : [];
  });
}

/** Of one model's answers its own usage, and that of others within it. */
function modelsOf(answers: JsonObject): OtherModel[] {
  const model = textIn(answers, "model");
  const { webSearches: _, ...usage } = readAnthropicMessages(answers).usage;
  const largestInputTokens = countIn(answers, "largestInput");
  return [...(model === null ? [] : [{ model, usage, largestInputTokens }]), ...otherModelsIn(answers)];
}

/** What went in of the longest of a batch's answers by its first model; `undefined` where this is no sum of answers. */
export function largestInputIn(rawUsage: JsonObject): number | undefined {
  const [first] = listIn(rawUsage, "usages").filter(isObject);
  return first && countIn(first, "largestInput");
}

function iterationsIn(usage: JsonObject): JsonObject[] {
  return listIn(usage, "iterations").filter(isObject);
}

/** What the top level leaves out even of the same model. */
const leftOut: ReadonlySet<string> = new Set(["compaction", "advisor_message"]);

/** An alias and the dated name behind it are one model. */
function isOtherModel(iteration: JsonObject, model: string | null): boolean {
  const other = textIn(iteration, "model");
  return other !== null && model !== null && withoutDate(other) !== withoutDate(model);
}

function withoutDate(model: string): string {
  return model.replace(/-\d{8}$/, "");
}

/** The token counts of a usage or of one of its iterations. */
function tokensOf(usage: JsonObject): Usage {
  const split = objectIn(usage, "cache_creation");
  const shortWrites = countIn(split, "ephemeral_5m_input_tokens");
  const longWrites = countIn(split, "ephemeral_1h_input_tokens");
  const cacheRead = countIn(usage, "cache_read_input_tokens");
  const cacheCreation = countIn(usage, "cache_creation_input_tokens") ?? sum(shortWrites, longWrites);
  const uncached = countIn(usage, "input_tokens");
  return usageOf({
    inputTokens: uncached === undefined ? undefined : sum(uncached, cacheRead, cacheCreation),
    outputTokens: countIn(usage, "output_tokens"),
    cacheReadInputTokens: cacheRead,
    cacheCreationInputTokens: cacheCreation,
    cacheCreation1hInputTokens: longWrites,
    reasoningOutputTokens: countIn(objectIn(usage, "output_tokens_details"), "thinking_tokens"),
  });
}

function addUsages(usages: readonly Usage[]): Usage {
  const total = (unit: keyof Usage) => sum(...usages.map((usage) => usage[unit]));
  return usageOf({
    inputTokens: total("inputTokens"),
    outputTokens: total("outputTokens"),
    cacheReadInputTokens: total("cacheReadInputTokens"),
    cacheCreationInputTokens: total("cacheCreationInputTokens"),
    cacheCreation1hInputTokens: total("cacheCreation1hInputTokens"),
    reasoningOutputTokens: total("reasoningOutputTokens"),
  });
}

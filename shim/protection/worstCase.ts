import type { JsonObject, JsonValue } from "../../shared/call.ts";
import { modelInPath } from "../../shared/modelNames.ts";
import { ownValue } from "../../shared/ownValue.ts";
import type { WorstPrice, WorstPrices } from "../../shared/protection.ts";
import { scanRequest } from "../extract/requestScan.ts";

/** A request as it is known before it leaves. */
export interface GuardedRequest {
  path: string;
  /** The body's text, or the beginning of it; `undefined` where it is not at hand. */
  text: string | undefined;
  /** The body's length, `undefined` where that is not known. */
  bytes: number | undefined;
}

/** What is read of it. */
export interface RequestSize {
  model: string | null;
  inputTokens: number;
  outputTokens: number;
}

/** Text of most languages takes three to four bytes for a token. */
const BYTES_PER_TOKEN = 3;
/** What providers let a model write where the request does not say how much, or more. */
const DEFAULT_OUTPUT_TOKENS = 16_384;
/** Of a body that is not at hand, or one that leans on what the provider has kept (a conversation, a file). */
const UNSEEN_INPUT_TOKENS = 100_000;

/** Quotes within a JSON string are escaped, so that none of these is found in the user's own text. */
const outputLimit =
  /"(?:max_tokens|max_completion_tokens|max_output_tokens|maxOutputTokens|maxTokens|max_new_tokens|max_gen_len|maxTokenCount|max_tokens_to_sample|num_predict)"\s*:\s*(\d{1,9})\b/g;
const answerCount = /"(?:n|best_of|candidateCount|num_generations)"\s*:\s*(\d{1,3})\b/g;
const keptElsewhere =
  /"(?:previous_response_id|conversation|file_id|file_uri|fileUri|cachedContent|input_file_id)"\s*:\s*["{]/;

/** How much a request may take, by its size and by what it says itself. */
export function sizeOf({ path, text, bytes }: GuardedRequest): RequestSize {
  const ofPath = modelInPath(path);
  if (text === undefined || text === "") {
    return { model: ofPath, inputTokens: inputOf(bytes, true), outputTokens: DEFAULT_OUTPUT_TOKENS };
  }
  const limit = highest(text, outputLimit) ?? DEFAULT_OUTPUT_TOKENS;
  return {
    model: scanRequest(text).model ?? ofPath,
    inputTokens: inputOf(bytes ?? Buffer.byteLength(text), keptElsewhere.test(text)),
    outputTokens: limit * Math.max(1, highest(text, answerCount) ?? 1),
  };
}

function inputOf(bytes: number | undefined, mayBeMore: boolean): number {
  const tokens = bytes === undefined ? 0 : Math.ceil(bytes / BYTES_PER_TOKEN);
  return mayBeMore ? Math.max(tokens, UNSEEN_INPUT_TOKENS) : tokens;
}

function highest(text: string, pattern: RegExp): number | undefined {
  let found: number | undefined;
  for (const match of text.matchAll(pattern)) found = Math.max(found ?? 0, Number(match[1]));
  return found;
}

const nothing: WorstPrice = [0, 0, 0];
/** Which issue of a model a name says; issues cost the same. */
const issue = /(?:-preview)?(?:[-@](?:latest|20\d{6}|20\d{2}-\d{2}-\d{2}|\d{2}-20\d{2}|\d{2}-\d{2}|\d{3}))?$/;
/** Bedrock's regions, before a model's name. */
const region = /^(?:us|us-gov|eu|apac|jp|au|ca|global)\./;

/**
 * The highest price that holds for a model: that of its name, else the provider's highest. A provider without any price
 * (one's own machine, or one that is not known) costs nothing as far as a hard stop can tell.
 */
export function worstPrice(prices: WorstPrices | null, provider: string, model: string | null): WorstPrice {
  const known = ownValue(prices?.providers, provider);
  if (known === undefined) return nothing;
  if (model === null) return known.most;
  const name = model.toLowerCase().replace(region, "");
  return ownValue(known.models, name) ?? ownValue(known.models, name.replace(issue, "")) ?? known.most;
}

/** What so many tokens cost at most, in whole nano-dollars. */
export function costAt(
  [input, output, call]: WorstPrice,
  { inputTokens, outputTokens }: Pick<RequestSize, "inputTokens" | "outputTokens">,
): number {
  return Math.ceil(inputTokens * input + outputTokens * output + call);
}

const inputNames: ReadonlySet<string> = new Set([
  "prompt_tokens",
  "input_tokens",
  "promptTokenCount",
  "toolUsePromptTokenCount",
  "inputTokens",
  "inputTokenCount",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
  "cacheReadInputTokens",
  "cacheWriteInputTokens",
  "prompt_eval_count",
]);
const outputNames: ReadonlySet<string> = new Set([
  "completion_tokens",
  "output_tokens",
  "candidatesTokenCount",
  "responseTokenCount",
  "thoughtsTokenCount",
  "outputTokens",
  "outputTokenCount",
  "eval_count",
]);

/** Tokens that a provider reported, near enough for a moment: what they cost is for the daemon to say. */
export function reportedTokens(
  rawUsage: JsonObject | undefined,
): Pick<RequestSize, "inputTokens" | "outputTokens"> | undefined {
  if (rawUsage === undefined) return undefined;
  let [inputTokens, outputTokens] = [0, 0];
  const add = (value: JsonValue | undefined) => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, count] of Object.entries(value)) {
      if (typeof count !== "number") continue;
      if (inputNames.has(name)) inputTokens += count;
      else if (outputNames.has(name)) outputTokens += count;
    }
  };
  add(rawUsage);
  for (const value of Object.values(rawUsage)) {
    for (const part of Array.isArray(value) ? value : [value]) add(part);
  }
  return inputTokens + outputTokens > 0 ? { inputTokens, outputTokens } : undefined;
}

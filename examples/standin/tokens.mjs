/**
 * How the stand-in counts. Everything follows from the request, so that a test can say beforehand what a call will use:
 *
 * - prompt: all texts of the prompt one after the other, four UTF-16 units a token (`countTokens`), at least 1;
 * - answer: `16 + prompt % 48` tokens (`answerTokens`), cut at the request's own limit; `output=N` says otherwise;
 * - reasoning: 32 tokens where the model thinks, else 0; `reasoning=N` says otherwise;
 * - cached: for OpenAI and Gemini 0 unless `cached=N` says otherwise; Anthropic's blocks with `cache_control` are written
 *   to the cache the first time a stand-in sees their text, and read from it ever after.
 */

export const REASONING_TOKENS = 32;

/**
 * @param {readonly string[]} texts
 * @returns {number} tokens
 */
export function countTokens(...texts) {
  return Math.max(1, Math.ceil(texts.join("").length / 4));
}

/**
 * @param {number} promptTokens
 * @param {number} [limit] the request's own limit on the answer, in tokens
 * @returns {number} tokens
 */
export function answerTokens(promptTokens, limit = Number.POSITIVE_INFINITY) {
  return Math.min(16 + (promptTokens % 48), limit);
}

const words =
  "Well, this one keeps its colour in the rain, folds flat, and was sewn twice along each seam — by hand.".split(
    " ",
  );

/** The answer's text in pieces, one a token. */
export function answerPieces(tokens) {
  return Array.from({ length: tokens }, (_, index) => (index === 0 ? "" : " ") + words[index % words.length]);
}

/** The smallest value that fits a JSON schema, for hosts that ask for structured output. */
export function instanceOf(schema) {
  if (schema.enum) return schema.enum[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.anyOf) return instanceOf(schema.anyOf[0]);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, property]) => [name, instanceOf(property)]),
      );
    case "array":
      return [instanceOf(schema.items ?? { type: "string" })];
    case "integer":
    case "number":
      return 42;
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return "linen";
  }
}

/** Pieces of the answer: a JSON document where a schema was given, prose of so many tokens otherwise. */
export function answer(tokens, schema) {
  return schema ? (JSON.stringify(instanceOf(schema)).match(/.{1,8}/gs) ?? []) : answerPieces(tokens);
}

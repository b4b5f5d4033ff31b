import type { JsonValue } from "../../shared/call.ts";

/** A code is a word: what has spaces or is long may be a message, and messages quote prompts. */
const CODE = /^[\w.:-]{1,100}$/;

function code(value: unknown): string | undefined {
  return typeof value === "string" && CODE.test(value) ? value : undefined;
}

/**
 * The code in a provider's error object: OpenAI's `code`, else `type` (Anthropic too), else Gemini's `status`.
 */
export function errorTypeOf(error: JsonValue): string | undefined {
  if (typeof error !== "object" || error === null || Array.isArray(error)) return undefined;
  return code(error["code"]) ?? code(error["type"]) ?? code(error["status"]);
}

/** An exception's name; for what `fetch` wraps in a TypeError, the system's code of its cause (`ECONNREFUSED`). */
export function exceptionType(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return "Error";
  const cause: unknown = "cause" in thrown ? thrown.cause : undefined;
  if (typeof cause === "object" && cause !== null && "code" in cause) {
    const causeCode = code(cause.code);
    if (causeCode !== undefined) return causeCode;
  }
  return ("name" in thrown ? code(thrown.name) : undefined) ?? "Error";
}

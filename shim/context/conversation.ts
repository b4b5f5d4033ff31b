import { sha256 } from "./fingerprint.ts";

/** The parts of a prompt as they stood in a request: of each its length, and a hash of all but its closing bracket. */
export interface Asked {
  parts: readonly { length: number; hash: string }[];
}

export function askedOf(prompts: readonly string[]): Asked {
  return { parts: prompts.map((text) => ({ length: text.length, hash: hashed(text, text.length) })) };
}

/** Names of what a tool has answered, in the formats of OpenAI, Anthropic and Gemini. */
const TOOL_ANSWER = /"(?:tool|tool_result|function_call_output|functionResponse)"/;

/**
 * Whether a prompt goes on from an earlier one, by what a tool has answered since: as that of an agent does, step by step,
 * and that of work for somebody else does not.
 */
export function goesOnFrom({ parts }: Asked, prompts: readonly string[]): boolean {
  if (parts.length !== prompts.length) return false;
  let answered = false;
  for (const [index, { length, hash }] of parts.entries()) {
    const text = prompts[index] ?? "";
    if (text.length < length || hashed(text, length) !== hash) return false;
    answered ||= TOOL_ANSWER.test(text.slice(length - 1));
  }
  return answered;
}

function hashed(text: string, length: number): string {
  return sha256(text.slice(0, length - 1));
}

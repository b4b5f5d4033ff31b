import { isTooDeep } from "./jsonDepth.ts";

/** One item of a body: parsed, or why it could not be. */
export type ReportItem = { value: unknown } | { error: string };

export type ReportBody = { items: ReportItem[]; single: boolean } | { error: string };

/** Longest batch of one request. */
export const MAX_ITEMS = 10_000;

const TOO_DEEP = "nested too deep";

/** The items of a JSON body: those of an array, or one object. Text that is no JSON at all refuses the whole. */
export function readJsonBody(text: string): ReportBody {
  const document = parseJson(text);
  if ("error" in document) return { error: `The body is not JSON: ${document.error}` };
  // One level above the items' own.
  if (isTooDeep(document.value)) return { error: `The body is ${TOO_DEEP}.` };
  if (!Array.isArray(document.value)) return { items: [{ value: document.value }], single: true };
  if (document.value.length > MAX_ITEMS) return { error: `A batch has at most ${MAX_ITEMS} items.` };
  return { items: document.value.map((value: unknown) => ({ value })), single: false };
}

/** The items of NDJSON: one a line, empty lines skipped. A line that is no JSON spoils itself alone. */
export function readNdjsonBody(text: string): ReportBody {
  const items: ReportItem[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const document = parseJson(line);
    if ("error" in document) items.push({ error: `is not JSON: ${document.error}` });
    else if (isTooDeep(document.value)) items.push({ error: `is ${TOO_DEEP}` });
    else items.push(document);
  }
  return { items, single: false };
}

const STRING_OR_NOT_A_NUMBER = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

function parseJson(text: string): { value: unknown } | { error: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    // Some languages write NaN and Infinity into JSON. As a string such a number spoils its own item, not the batch.
    const mended = text.replace(STRING_OR_NOT_A_NUMBER, (token) => (token[0] === '"' ? token : `"${token}"`));
    if (mended !== text) {
      try {
        return { value: JSON.parse(mended) };
      } catch {
        // Broken otherwise too: the first error tells.
      }
    }
    return { error: plainSyntaxError(error) };
  }
}

/** V8 quotes the text around an error, which may be anything: only the position is passed on. */
function plainSyntaxError(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const position = /at position \d+(?: \(line \d+ column \d+\))?/.exec(message);
  if (position !== null) return `unexpected text ${position[0]}`;
  return message.includes("end of JSON") ? "it ends too early" : "unexpected text";
}

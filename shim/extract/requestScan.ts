import type { JsonObject, JsonValue } from "../../shared/call.ts";
import type { RequestNeeds } from "../../shared/wireFormats.ts";

/** What is taken from a request's body. Of the messages only where they stand, for the fingerprint. */
export interface RequestFacts {
  model: string | null;
  stream: boolean;
  /** What the wire format needs of it: for `rawUsage.request`. Absent where nothing of it is there. */
  needed?: JsonObject;
  /** Where the values that make up the prompt stand in the body: start and end of each. */
  prompts: readonly (readonly [start: number, end: number])[];
}

const PROMPT_MEMBERS: ReadonlySet<string> = new Set([
  "messages",
  "input",
  "prompt",
  "instructions",
  "system",
  "contents",
  "content",
  "systemInstruction",
  "requests",
]);

const MAX_MODEL_LENGTH = 200;
/** Brackets and strings looked at in one body: beyond that it is taken as it stands. */
const MAX_STEPS = 200_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

/** Texts that are measured; what is longer is no text to be spoken. */
const MAX_MEASURED_LENGTH = 1_000_000;
/** A word of a choice (`advanced`, `1024x1024`): what has spaces or is long may be the user's own. */
const WORD = /^[\w.:-]{1,40}$/;

/**
 * Finds the top-level members of a JSON request body without parsing it, or the small fields of a form. What is neither yields
 * nothing.
 */
export function scanRequest(body: string, needs: RequestNeeds = {}): RequestFacts {
  const prompts: [number, number][] = [];
  const found = collector(needs);
  for (const { key, start, end } of body.startsWith("--") ? formFields(body) : topLevelMembers(body)) {
    if (found.wants(key)) found.take(key, valueIn(body, start, end));
    else if (PROMPT_MEMBERS.has(key)) prompts.push([start, end]);
    if (found.measures(key))
      found.measure(key, parsed(body.slice(start, Math.min(end, start + MAX_MEASURED_LENGTH))));
  }
  return { ...found.facts(), prompts };
}

/** Bedrock's work in the background names its model otherwise. */
const MODEL_MEMBERS: ReadonlySet<string> = new Set(["model", "modelId"]);

function collector({ words = [], lengths = [] }: RequestNeeds) {
  let model: string | null = null;
  let stream = false;
  const needed: JsonObject = {};
  return {
    wants: (key: string) => MODEL_MEMBERS.has(key) || key === "stream" || words.includes(key),
    measures: (key: string) => lengths.includes(key),
    take(key: string, value: JsonValue | undefined) {
      if (MODEL_MEMBERS.has(key)) model = typeof value === "string" ? value : model;
      else if (key === "stream") stream = value === true;
      if (!words.includes(key)) return;
      const isWord = typeof value === "string" && WORD.test(value);
      if (isWord || typeof value === "number" || typeof value === "boolean") needed[key] = value;
    },
    measure(key: string, value: JsonValue | undefined) {
      // By characters, as they are billed, not by UTF-16 units.
      if (typeof value === "string") needed[key] = [...value].length;
    },
    facts(): Pick<RequestFacts, "model" | "stream" | "needed"> {
      return { model, stream, ...(Object.keys(needed).length === 0 ? {} : { needed }) };
    },
  };
}

/** A small value: of what is longer than a model's name there is none. */
function valueIn(body: string, start: number, end: number): JsonValue | undefined {
  const text = body.slice(start, Math.min(end, start + MAX_MODEL_LENGTH + 2));
  return body.startsWith("--") ? fieldValue(text) : parsed(text);
}

/** Forms know texts only. */
function fieldValue(text: string): JsonValue {
  if (text.length > MAX_MODEL_LENGTH) return null;
  return text === "true" || (text === "false" ? false : text);
}

function parsed(json: string): JsonValue | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** A part of a form that is no file, with the name that it has among its headers. */
const FORM_FIELD =
  /\r\nContent-Disposition: form-data; name="([\w[\].-]{1,64})"\r\n(?:[\w-]+: [^\r\n]*\r\n)*\r\n/gi;
const MAX_FORM_FIELDS = 100;

function formFields(body: string): Member[] {
  const boundary = body.slice(0, Math.max(0, body.indexOf("\r\n")));
  if (boundary.length < 3 || boundary.length > 100) return [];
  const fields: Member[] = [];
  for (const match of body.matchAll(FORM_FIELD)) {
    const start = match.index + match[0].length;
    const end = body.indexOf(`\r\n${boundary}`, start);
    if (end === -1 || fields.length === MAX_FORM_FIELDS) break;
    fields.push({ key: match[1] ?? "", start, end });
  }
  return fields;
}

interface Member {
  key: string;
  start: number;
  end: number;
}

function topLevelMembers(body: string): Member[] {
  const members: Member[] = [];
  const open = /^[\s\uFEFF]*\{/.exec(body);
  if (open === null) return members;
  let depth = 1;
  let key: string | undefined;
  let lastString = "";
  let start = 0;
  let steps = 0;
  const finish = (end: number) => {
    if (key !== undefined) members.push({ key, start, end });
    key = undefined;
  };
  for (let index = open[0].length; index < body.length && depth > 0; index += 1) {
    const unit = body.charCodeAt(index);
    if (unit === QUOTE) {
      const end = endOfString(body, index + 1);
      if (end === -1) break;
      if (depth === 1 && key === undefined) lastString = body.slice(index + 1, end);
      index = end;
    } else if (unit === COLON) {
      if (depth === 1 && key === undefined) {
        key = lastString;
        start = index + 1;
      }
      continue;
    } else if (unit === COMMA) {
      if (depth === 1) finish(index);
      continue;
    } else if (unit === 0x7b || unit === 0x5b) depth += 1;
    else if (unit === 0x7d || unit === 0x5d) {
      if (depth === 1) finish(index);
      depth -= 1;
    } else continue;
    steps += 1;
    if (steps > MAX_STEPS) break;
  }
  return members;
}

function endOfString(body: string, from: number): number {
  let end = body.indexOf('"', from);
  while (end !== -1) {
    let backslashes = 0;
    while (end - 1 - backslashes >= from && body.charCodeAt(end - 1 - backslashes) === BACKSLASH)
      backslashes += 1;
    if (backslashes % 2 === 0) return end;
    end = body.indexOf('"', end + 1);
  }
  return -1;
}

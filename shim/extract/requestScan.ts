/** What is taken from a request's body. Of the messages only where they stand, for the fingerprint. */
export interface RequestFacts {
  model: string | null;
  stream: boolean;
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

/** Finds the top-level members of a JSON request body without parsing it. What is no JSON object yields nothing. */
export function scanRequest(body: string): RequestFacts {
  let model: string | null = null;
  let stream = false;
  const prompts: [number, number][] = [];
  for (const { key, start, end } of topLevelMembers(body)) {
    if (key === "model") model = modelIn(body.slice(start, Math.min(end, start + MAX_MODEL_LENGTH + 2)));
    else if (key === "stream") stream = body.slice(start, Math.min(end, start + 10)).trim() === "true";
    else if (PROMPT_MEMBERS.has(key)) prompts.push([start, end]);
  }
  return { model, stream, prompts };
}

function modelIn(json: string): string | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
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

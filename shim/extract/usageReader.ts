import type { JsonObject, JsonValue } from "../../shared/call.ts";
import {
  guessedFormats,
  type WireFormat,
  type WireFormatName,
  wireFormats,
} from "../../shared/wireFormats.ts";
import { errorTypeOf } from "./errorType.ts";
import { createEventStreamReader } from "./eventStream.ts";
import {
  createJsonScanner,
  type JsonScanner,
  type PreparedPlan,
  preparePlan,
  type ScannedDocument,
} from "./jsonScanner.ts";
import { createUsageSum, type UsageSum } from "./usageSum.ts";

/** What a response's body said, as far as it was read. */
export interface Reading {
  /** The fields that the wire format names, as they came, with `itemCounts`; absent where none was found. */
  rawUsage: JsonObject | undefined;
  hasUsage: boolean;
  /** The provider's own code for what went wrong, never its message. */
  errorType: string | undefined;
  /** Whether the provider had said everything when reading stopped. */
  complete: boolean;
}

/** Reads a response's body as its bytes pass by: JSON, NDJSON or server-sent events, whichever it turns out to be. */
export interface UsageReader {
  /** The bytes are valid during the call only. */
  write(bytes: Uint8Array): void;
  /** No more will be read. Call once. */
  end(): Reading;
}

/** Of a host that the user named and an endpoint that nobody knows, anything that looks like usage is taken. */
export type ReadableFormat = WireFormatName | "any";

interface Plan {
  format: WireFormat;
  usageFields: readonly string[];
  scan: PreparedPlan;
  /** What makes a streamed event worth a look: a usage or an error that is an object, */
  needles: readonly Buffer[];
  /** or a list that is counted. */
  listNeedles: readonly Buffer[];
  /** Says that a stream is complete although the host may not read it to its very end. */
  endMarks: readonly Buffer[];
}

const unique = (texts: readonly string[]) => [...new Set(texts)];
const guesses: readonly WireFormat[] = guessedFormats.map((name) => wireFormats[name]);

const anyFormat: WireFormat = {
  fields: unique(guesses.flatMap((format) => format.fields)),
  usageField: "usage",
  envelopes: unique(guesses.flatMap((format) => format.envelopes)),
  join: "merge",
  countedItems: [],
  endMarks: ["[DONE]", '"message_stop"', '"finishReason"'],
};

const ERROR = "error";
const LF = 0x0a;
const CR = 0x0d;
const CLOSING_BRACKET = 0x5d;
const CLOSING_BRACE = 0x7d;
/** What is taken of one body, in JSON; of so many bytes of it as here it cannot be longer, however its numbers are written. */
const MAX_LENGTH = 30_000;
const MAX_UNSEEN_SIZE = 4_000;
/** No provider tells of more. */
const MAX_MEMBERS = 100;
/** A model or an id that is longer is none. */
const MAX_TEXT_LENGTH = 500;

function makePlan(name: ReadableFormat): Plan {
  const format: WireFormat = name === "any" ? anyFormat : wireFormats[name];
  const usageFields = name === "any" ? unique(guesses.map((each) => each.usageField)) : [format.usageField];
  return {
    format,
    usageFields,
    scan: preparePlan({
      fields: unique([...format.fields, ERROR, ...(format.endField === undefined ? [] : [format.endField])]),
      envelopes: format.envelopes,
      countedItems: format.countedItems ?? [],
      countedLists: format.countedLists ?? [],
      addedNumbers: format.addedNumbers ?? [],
      ignored: format.ignored ?? [],
    }),
    listNeedles: (format.countedLists ?? []).map((list) => Buffer.from(`"${list}"`)),
    needles: [...usageFields, ...(format.signs ?? []), ERROR].map((field) => Buffer.from(`"${field}"`)),
    endMarks: (format.endMarks ?? []).map((mark) => Buffer.from(mark)),
  };
}

const plans = new Map<ReadableFormat, Plan>();

/** A JSON document, or `[DONE]`, may end like this. */
function endsDocument(bytes: Buffer): boolean {
  let at = bytes.length - 1;
  while (bytes[at] === LF || bytes[at] === CR) at -= 1;
  return bytes[at] === CLOSING_BRACE || bytes[at] === CLOSING_BRACKET;
}

function planOf(name: ReadableFormat): Plan {
  let plan = plans.get(name);
  if (plan === undefined) {
    plan = makePlan(name);
    plans.set(name, plan);
  }
  return plan;
}

export function createUsageReader(name: ReadableFormat): UsageReader {
  const plan = planOf(name);
  const { format } = plan;
  const fields: JsonObject = {};
  const itemCounts: Record<string, number> = {};
  const sum = format.join === "sum" ? createUsageSum() : undefined;
  let hasUsage = false;
  let errorType: string | undefined;
  let complete = false;
  let size = 0;

  const takeAnswer = (sum: UsageSum, { fields: answer }: ScannedDocument) => {
    const usage = answer[format.usageField];
    if (isObject(usage)) {
      hasUsage = true;
      // A request of a batch that failed is no failure of the batch.
      errorType = undefined;
      sum.add(answer["model"], usage);
    } else if (!hasUsage && ERROR in answer) errorType ??= errorTypeOf(answer[ERROR] ?? null);
  };

  const take = (document: ScannedDocument) => {
    size += document.size;
    if (sum !== undefined) return takeAnswer(sum, document);
    for (const [field, value] of Object.entries(document.fields)) {
      if (field === ERROR) errorType ??= errorTypeOf(value);
      else if (field === format.endField) complete ||= value === true;
      else if (typeof value === "string" && value.length > MAX_TEXT_LENGTH) continue;
      else if (!plan.usageFields.includes(field)) {
        if (value !== null || !(field in fields)) fields[field] = value;
      } else if (isObject(value)) {
        hasUsage = true;
        fields[field] = format.join === "merge" ? mergedUsage(fields[field], value) : value;
      } else if (!(field in fields)) fields[field] = value;
    }
    for (const [type, count] of Object.entries(document.itemCounts)) {
      itemCounts[type] = Math.max(itemCounts[type] ?? 0, count);
    }
  };

  let madeScanner: JsonScanner | undefined;
  const scanner = () => {
    madeScanner ??= createJsonScanner(plan.scan, take);
    return madeScanner;
  };
  const scanDocument = (data: Uint8Array) => {
    scanner().write(data);
    scanner().end();
  };

  /** Where a later usage replaces an earlier one, only the last event that has one is scanned, at the end. */
  let lastWithUsage: Buffer | undefined;
  let events: ReturnType<typeof createEventStreamReader> | undefined;
  let body: "unknown" | "json" | "events" | "other" = "unknown";

  /** Whether what is looked at is the last event, which may be cut off. */
  let isTail = false;
  const isOfInterest = (bytes: Buffer) => {
    if (!isTail || endsDocument(bytes)) {
      for (const mark of plan.endMarks) if (!complete && bytes.includes(mark)) complete = true;
    }
    return plan.needles.some((needle) => namesAnObject(bytes, needle)) || namesACountedList(bytes);
  };
  const namesACountedList = (bytes: Buffer) => plan.listNeedles.some((needle) => bytes.includes(needle));

  const onData = (data: Buffer) => {
    const replaces = format.join === "replace" && plan.needles.some((needle) => namesAnObject(data, needle));
    if (isTail && !endsDocument(data)) {
      // Its usage may be cut off as well: then the one before it stands.
      if (lastWithUsage !== undefined) scanDocument(lastWithUsage);
      lastWithUsage = undefined;
    } else if (replaces && !namesAnObject(data, plan.needles.at(-1)) && !namesACountedList(data)) {
      lastWithUsage = Buffer.from(data);
      return;
    }
    // What is scanned now must not be replaced by what came before it.
    if (replaces) lastWithUsage = undefined;
    scanDocument(data);
  };

  const write = (bytes: Uint8Array) => {
    if (body === "unknown") body = kindOfBody(bytes);
    if (body === "json") scanner().write(bytes);
    else if (body === "events") {
      events ??= createEventStreamReader({ isOfInterest, onData });
      events.write(bytes);
    }
  };

  const end = (): Reading => {
    isTail = true;
    events?.end();
    if (lastWithUsage !== undefined) scanDocument(lastWithUsage);
    madeScanner?.end();
    const rawUsage = found();
    // What is beyond belief would have the whole call refused.
    const tooLong = size > MAX_UNSEEN_SIZE && JSON.stringify(rawUsage ?? {}).length > MAX_LENGTH;
    if (tooLong) return { rawUsage: undefined, hasUsage: false, errorType, complete };
    return { rawUsage, hasUsage, errorType, complete };
  };

  const found = (): JsonObject | undefined => {
    const usages = sum?.usages() ?? [];
    if (usages.length > 0) return { usages };
    const counts = Object.keys(itemCounts).length > 0 ? { itemCounts } : {};
    const all = { ...fields, ...counts };
    return Object.keys(all).length > 0 ? all : undefined;
  };

  return { write, end };
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const LESS_THAN = 0x3c;
const COLON = 0x3a;

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** By its first character, which says more than the content type of some gateways. */
function kindOfBody(bytes: Uint8Array): "unknown" | "json" | "events" | "other" {
  let index = bytes[0] === 0xef ? 3 : 0;
  while (isBlank(bytes[index])) index += 1;
  const first = bytes[index];
  if (first === undefined) return "unknown";
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return "json";
  return first === LESS_THAN ? "other" : "events";
}

/** Whether a member of this (quoted) name has an object as its value, by its looks: in a string it could be as well. */
function namesAnObject(bytes: Buffer, needle: Buffer | undefined): boolean {
  if (needle === undefined) return false;
  let at = bytes.indexOf(needle);
  while (at !== -1) {
    let index = at + needle.length;
    while (isBlank(bytes[index])) index += 1;
    if (bytes[index] === COLON) {
      index += 1;
      while (isBlank(bytes[index])) index += 1;
      if (bytes[index] === OPEN_BRACE) return true;
    }
    at = bytes.indexOf(needle, at + needle.length);
  }
  return false;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A later usage over an earlier one: what it lacks, or has as null, stays. */
function mergedUsage(earlier: JsonValue | undefined, later: JsonObject): JsonObject {
  if (!isObject(earlier)) return later;
  const merged: JsonObject = { ...earlier };
  if (Object.keys(merged).length > MAX_MEMBERS) return merged;
  for (const [name, value] of Object.entries(later)) {
    if (value !== null || !(name in merged)) merged[name] = value;
  }
  return merged;
}

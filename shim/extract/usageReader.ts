import type { JsonObject, JsonValue } from "../../shared/call.ts";
import {
  guessedFormats,
  type WireFormat,
  type WireFormatName,
  wireFormats,
} from "../../shared/wireFormats.ts";
import { errorTypeOf } from "./errorType.ts";
import { createEventStreamReader } from "./eventStream.ts";
import { CLOSE_BRACE, CLOSE_BRACKET, COLON, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./jsonBytes.ts";
import { createJsonScanner, type JsonScanner, type ScannedDocument } from "./jsonScanner.ts";
import { type PreparedPlan, preparePlan } from "./scanPlan.ts";
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
  /** What makes a streamed event worth a look: a usage or (the last of them) an error that is an object, */
  needles: readonly Buffer[];
  /** or a list that is counted. */
  listNeedles: readonly Buffer[];
  /** Of several events with a usage only the last will be looked at. */
  onlyLast: boolean;
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
    // Without the first quote: a search goes from one first character to the next, and no other is as frequent in JSON.
    needles: [...usageFields, ...(format.signs ?? []), ERROR].map((field) => Buffer.from(`${field}"`)),
    onlyLast: format.join === "replace" && format.countedLists === undefined,
    endMarks: (format.endMarks ?? []).map((mark) => Buffer.from(mark)),
  };
}

const plans = new Map<ReadableFormat, Plan>();

/** A JSON document, or `[DONE]`, may end like this. */
function endsDocument(bytes: Buffer): boolean {
  let at = bytes.length - 1;
  while (bytes[at] === LF || bytes[at] === CR) at -= 1;
  return bytes[at] === CLOSE_BRACE || bytes[at] === CLOSE_BRACKET;
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
  const placesOfInterest = (bytes: Buffer) => {
    if (!complete && (!isTail || endsDocument(bytes)))
      complete = plan.endMarks.some((mark) => bytes.includes(mark));
    const places: number[] = [];
    for (const needle of plan.needles) {
      if (plan.onlyLast && needle !== plan.needles.at(-1)) addLastObject(bytes, needle, places);
      else addObjects(bytes, needle, places);
    }
    for (const needle of plan.listNeedles) addAll(bytes, needle, places);
    return places;
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
      events ??= createEventStreamReader({ placesOfInterest, onData });
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
    if (Object.keys(itemCounts).length > 0) return { ...fields, itemCounts };
    return Object.keys(fields).length > 0 ? fields : undefined;
  };

  return { write, end };
}

const LESS_THAN = 0x3c;

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
  return needle !== undefined && lastObject(bytes, needle) !== -1;
}

/** Where the name of the last such member stands, or -1. */
function lastObject(bytes: Buffer, needle: Buffer): number {
  for (
    let at = bytes.lastIndexOf(needle);
    at !== -1;
    at = at === 0 ? -1 : bytes.lastIndexOf(needle, at - 1)
  ) {
    if (namesObject(bytes, at, at + needle.length)) return at;
  }
  return -1;
}

function addLastObject(bytes: Buffer, needle: Buffer, places: number[]): void {
  const at = lastObject(bytes, needle);
  if (at !== -1) places.push(at);
}

function addObjects(bytes: Buffer, needle: Buffer, places: number[]): void {
  for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + needle.length)) {
    if (namesObject(bytes, at, at + needle.length)) places.push(at);
  }
}

function addAll(bytes: Buffer, needle: Buffer, places: number[]): void {
  for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + needle.length)) {
    places.push(at);
  }
}

/** Whether a quote is before it, and a colon and an object follow. */
function namesObject(bytes: Buffer, start: number, end: number): boolean {
  if (bytes[start - 1] !== QUOTE) return false;
  let index = end;
  while (isBlank(bytes[index])) index += 1;
  if (bytes[index] !== COLON) return false;
  index += 1;
  while (isBlank(bytes[index])) index += 1;
  return bytes[index] === OPEN_BRACE;
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

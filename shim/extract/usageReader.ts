import type { JsonObject, JsonValue } from "../../shared/call.ts";
import { errorTypeOf } from "./errorType.ts";
import { createEventStreamReader } from "./eventStream.ts";
import { CLOSE_BRACE, CLOSE_BRACKET, OPEN_BRACE, OPEN_BRACKET } from "./jsonBytes.ts";
import type { ScannedDocument } from "./jsonScanner.ts";
import { addAll, addLastObject, addObjects, isBlank, namesAnObject } from "./namedObjects.ts";
import {
  borrowScanner,
  ERROR,
  giveBack,
  type ReadableFormat,
  readingPlan,
  type SharedScanner,
} from "./readingPlan.ts";
import { createUsageSum, type UsageSum } from "./usageSum.ts";

const LF = 0x0a;
const CR = 0x0d;
/** What is taken of one body, in JSON; of so many bytes of it as here it cannot be longer, however its numbers are written. */
const MAX_LENGTH = 30_000;
const MAX_UNSEEN_SIZE = 4_000;
/** No provider tells of more. */
const MAX_MEMBERS = 100;
/** A model or an id that is longer is none. */
const MAX_TEXT_LENGTH = 500;

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

/** A JSON document, or `[DONE]`, may end like this. */
function endsDocument(bytes: Buffer): boolean {
  let at = bytes.length - 1;
  while (bytes[at] === LF || bytes[at] === CR) at -= 1;
  return bytes[at] === CLOSE_BRACE || bytes[at] === CLOSE_BRACKET;
}

export function createUsageReader(name: ReadableFormat): UsageReader {
  const plan = readingPlan(name);
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

  let borrowed: SharedScanner | undefined;
  const scanner = () => {
    borrowed ??= borrowScanner(plan, take);
    return borrowed;
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
    if (borrowed !== undefined) {
      borrowed.end();
      giveBack(plan, borrowed);
      borrowed = undefined;
    }
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

/** By its first character, which says more than the content type of some gateways. */
function kindOfBody(bytes: Uint8Array): "unknown" | "json" | "events" | "other" {
  let index = bytes[0] === 0xef ? 3 : 0;
  while (isBlank(bytes[index])) index += 1;
  const first = bytes[index];
  if (first === undefined) return "unknown";
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return "json";
  return first === LESS_THAN ? "other" : "events";
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

import type { JsonObject } from "../../shared/call.ts";
import { createFieldCapture } from "./fieldCapture.ts";
import { createInnerCounts } from "./innerCounts.ts";
import {
  BACKSLASH,
  brackets,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  endOfPlainRun,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  structural,
} from "./jsonBytes.ts";
import { findWord, type PreparedPlan, words } from "./scanPlan.ts";

/**
 * What was found in one document: a copy of its fields, how many items of each counted type it lists, and by name how long
 * its counted lists are together and what its added numbers come to.
 */
export interface ScannedDocument {
  fields: JsonObject;
  itemCounts: Record<string, number>;
  /** How many bytes the fields took. */
  size: number;
}

/** Takes a JSON text in pieces of any size, cut anywhere. */
export interface JsonScanner {
  write(bytes: Uint8Array): void;
  /**
   * The text has ended, perhaps too early: hands out what was found in a document that did not end. Another text may
   * follow.
   */
  end(): void;
}

const MAX_KEY_BYTES = 64;
/** Envelopes within each other; no format has more than three. */
const MAX_ENVELOPES = 8;
/** Strings longer than this are skipped by a native search rather than byte by byte. */
const SHORT_STRING_BYTES = 24;
const NO_LIST = -1;
const TYPE = words(["type"]);

/**
 * Finds a few members of a JSON text without parsing it: it follows strings and brackets only, so its cost is that of a
 * pass over the bytes and its memory that of the fields. A document is an object at the root, in a list at the root
 * (Gemini's plain streams), or one of many that follow each other (NDJSON). What is no JSON yields nothing.
 */
export function createJsonScanner(
  plan: PreparedPlan,
  onDocument: (document: ScannedDocument) => void,
): JsonScanner {
  let depth = 0;
  let rootIsList = false;
  /** Depth at which the members of the document, or of an envelope in it, live; 0 outside a document. */
  let memberDepth = 0;
  let documentDepth = 0;
  let fields: JsonObject = {};
  let itemCounts: Record<string, number> = {};
  let size = 0;
  let found = false;

  let inString = false;
  let escaped = false;
  /** Whether the next string at its depth is a key. */
  let expectKey = false;
  /** `key`: a member's name is read into `text`; `itemType`: the type of an item of `output`. */
  let reading: "nothing" | "key" | "itemKey" | "itemType" | "innerKey" = "nothing";
  const text = new Uint8Array(MAX_KEY_BYTES);
  let textLength = 0;
  let textPlain = true;
  let key: string | undefined;
  let opensEnvelope: "no" | "object" | "list" = "no";
  /** Depth of the list whose items' members are the document's. */
  let envelopeListDepth = NO_LIST;
  /** Where the members lived before each envelope that is open. */
  let outerDepths: number[] = [];
  let inOutput = false;
  let itemKeyIsType = false;

  const count = (name: string, more: number) => {
    itemCounts[name] = (itemCounts[name] ?? 0) + more;
    found = true;
  };
  const capture = createFieldCapture();
  /** Only where the plan has any: most have none. */
  const inner = plan.inner.length > 0 ? createInnerCounts(plan, count) : undefined;

  const finishDocument = () => {
    if (found) onDocument({ fields, itemCounts, size });
    fields = {};
    itemCounts = {};
    size = 0;
    found = false;
    memberDepth = 0;
    documentDepth = 0;
    capture.cancel();
    inner?.reset();
    inOutput = false;
    opensEnvelope = "no";
    envelopeListDepth = NO_LIST;
    outerDepths = [];
  };

  const enterEnvelope = () => {
    if (outerDepths.length === MAX_ENVELOPES) return;
    outerDepths.push(memberDepth);
    memberDepth = depth;
  };

  /** A member of the document has ended. */
  const finishMember = (bytes: Uint8Array, end: number) => {
    const name = capture.name();
    if (name !== undefined) {
      const value = capture.finish(bytes, end);
      if (value !== undefined) {
        fields[name] = value;
        size += capture.size();
        found = true;
      }
    }
    inOutput = false;
    opensEnvelope = "no";
  };

  const finishString = () => {
    if (reading === "key") {
      key = textPlain ? findWord(plan.keys, text, textLength) : undefined;
    } else if (reading === "itemKey") {
      itemKeyIsType = textPlain && findWord(TYPE, text, textLength) !== undefined;
    } else if (reading === "itemType") {
      const type = textPlain ? findWord(plan.itemTypes, text, textLength) : undefined;
      if (type !== undefined) count(type, 1);
      itemKeyIsType = false;
    }
    if (reading !== "nothing" && reading !== "itemType") inner?.name(text, textLength, textPlain);
    reading = "nothing";
  };

  const beginString = () => {
    inString = true;
    textLength = 0;
    textPlain = true;
    inner?.string(depth);
    if (memberDepth === 0 || capture.name() !== undefined) return;
    if (expectKey) {
      if (depth === memberDepth) reading = "key";
      else if (inOutput && depth === memberDepth + 2) reading = "itemKey";
      else if (inner !== undefined) reading = "innerKey";
    } else if (itemKeyIsType && depth === memberDepth + 2) reading = "itemType";
  };

  /** What follows is the value of a member whose name is of the plan. */
  const beginMember = (name: string, start: number) => {
    if (plan.fields.has(name) || plan.ignored.has(name)) capture.begin(name, start, !plan.ignored.has(name));
    else if (plan.envelopes.has(name)) opensEnvelope = "object";
    else if (plan.listEnvelopes.has(name)) opensEnvelope = "list";
    else inOutput = true;
  };

  const open = (isObject: boolean) => {
    inner?.open(!isObject, depth);
    depth += 1;
    expectKey = isObject;
    itemKeyIsType = false;
    if (memberDepth === 0) {
      if (!isObject) {
        if (depth === 1) rootIsList = true;
      } else if (depth === 1 || (depth === 2 && rootIsList)) {
        memberDepth = depth;
        documentDepth = depth;
      }
    } else if (opensEnvelope !== "no" && depth === memberDepth + 1) {
      if (isObject && opensEnvelope === "object") enterEnvelope();
      else if (!isObject && opensEnvelope === "list") envelopeListDepth = depth;
      opensEnvelope = "no";
    } else if (isObject && depth === envelopeListDepth + 1) enterEnvelope();
  };

  const close = (bytes: Uint8Array, end: number) => {
    inner?.close(depth);
    if (depth === memberDepth && memberDepth > 0) {
      finishMember(bytes, end);
      if (depth === documentDepth) finishDocument();
      else memberDepth = outerDepths.pop() ?? 0;
    } else if (depth === envelopeListDepth) envelopeListDepth = NO_LIST;
    depth = Math.max(0, depth - 1);
    if (depth === 0) rootIsList = false;
    expectKey = false;
    itemKeyIsType = false;
  };

  /** Goes on in a string; answers where it stopped, which is where the string or the bytes end, or at an escape. */
  const followString = (bytes: Uint8Array, from: number): number => {
    const { length } = bytes;
    let index = from;
    if (reading === "nothing" && !escaped) {
      const shortEnd = Math.min(length, index + SHORT_STRING_BYTES);
      while (index < shortEnd && bytes[index] !== QUOTE && bytes[index] !== BACKSLASH) index += 1;
      if (index === shortEnd && index < length) index = endOfPlainRun(bytes, index);
      if (index >= length) return index;
      if (bytes[index] === BACKSLASH) escaped = true;
      else inString = false;
      return index + 1;
    }
    while (index < length && inString) {
      const byte = bytes[index] ?? 0;
      index += 1;
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) {
        escaped = true;
        textPlain = false;
      } else if (byte === QUOTE) {
        inString = false;
        finishString();
      } else if (textLength < MAX_KEY_BYTES) {
        text[textLength] = byte;
        textLength += 1;
      } else textPlain = false;
    }
    return index;
  };

  const write = (bytes: Uint8Array) => {
    const { length } = bytes;
    let index = 0;
    while (index < length) {
      if (inString) {
        index = followString(bytes, index);
        continue;
      }
      const isDeep = memberDepth > 0 && depth > memberDepth + 2 && inner === undefined;
      const meaningful = isDeep ? brackets : structural;
      const from = index;
      while (index < length && meaningful[bytes[index] ?? 0] === 0) index += 1;
      inner?.between(bytes, from, index, depth);
      if (index === length) break;
      const byte = bytes[index];
      if (byte === QUOTE) beginString();
      else if (byte === COLON) {
        expectKey = false;
        inner?.colon();
        if (depth === memberDepth && memberDepth > 0 && key !== undefined) {
          beginMember(key, index + 1);
          key = undefined;
        }
      } else if (byte === COMMA) {
        expectKey = true;
        inner?.comma(depth);
        if (depth === memberDepth) finishMember(bytes, index);
        itemKeyIsType = false;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) open(byte === OPEN_BRACE);
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) close(bytes, index);
      index += 1;
    }
    if (capture.name() !== undefined) capture.carry(bytes);
  };

  const end = () => {
    finishDocument();
    depth = 0;
    rootIsList = false;
    inString = false;
    escaped = false;
    expectKey = false;
    reading = "nothing";
    key = undefined;
    itemKeyIsType = false;
  };

  return { write, end };
}

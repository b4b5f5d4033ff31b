import type { JsonObject, JsonValue } from "../../shared/call.ts";

/** What to take out of each document. */
export interface ScanPlan {
  /** Members of the document that are copied. */
  fields: readonly string[];
  /**
   * Members whose own members count as the document's: `{"response": {"id": …}}`; with `[]` behind the name a list whose
   * items' members do.
   */
  envelopes: readonly string[];
  /** Types of items in the document's `output` list that are counted. */
  countedItems: readonly string[];
  /** Names of members, wherever in the document but in copied fields, whose lists are measured. */
  countedLists: readonly string[];
  /** Names of members, wherever in the document but in copied fields, whose numbers are added up. */
  addedNumbers: readonly string[];
  /** Members of the document that are left out with all that is in them. */
  ignored: readonly string[];
}

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
  /** The text has ended, perhaps too early: hands out what was found in a document that did not end. */
  end(): void;
}

/** A field longer than this is no usage, and left out. */
const MAX_FIELD_BYTES = 24 * 1024;
const MAX_KEY_BYTES = 64;
/** No count is longer. */
const MAX_DIGITS = 24;
/** Envelopes within each other; no format has more than three. */
const MAX_ENVELOPES = 8;
/** Strings longer than this are skipped by a native search rather than byte by byte. */
const SHORT_STRING_BYTES = 24;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** 1 for each byte that means something outside a string. */
const structural = new Uint8Array(256);
for (const byte of [QUOTE, COLON, COMMA, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET]) {
  structural[byte] = 1;
}

/** The same for what lies deeper than any member that is looked at, where only the ends matter. */
const brackets = new Uint8Array(256);
for (const byte of [QUOTE, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET]) brackets[byte] = 1;

/** Where strings are looked up by their bytes, without making a string of each key that passes by. */
interface Word {
  text: string;
  bytes: Uint8Array;
}

function words(texts: readonly string[]): Word[] {
  return texts.map((text) => ({ text, bytes: Buffer.from(text) }));
}

function findWord(candidates: readonly Word[], bytes: Uint8Array, length: number): string | undefined {
  next: for (const candidate of candidates) {
    if (candidate.bytes.length !== length) continue;
    for (let index = 0; index < length; index += 1) {
      if (candidate.bytes[index] !== bytes[index]) continue next;
    }
    return candidate.text;
  }
  return undefined;
}

/** The words of a plan, prepared once for every body that it is used on. */
export interface PreparedPlan {
  keys: Word[];
  envelopes: ReadonlySet<string>;
  listEnvelopes: ReadonlySet<string>;
  fields: ReadonlySet<string>;
  itemTypes: Word[];
  ignored: ReadonlySet<string>;
  /** Names that mean something wherever they stand. */
  inner: Word[];
  addedNumbers: ReadonlySet<string>;
}

const OUTPUT = "output";
const LIST_MARK = "[]";
const NO_LIST = -1;
const TYPE = words(["type"]);

export function preparePlan(plan: ScanPlan): PreparedPlan {
  const counted = plan.countedItems.length > 0 ? [OUTPUT] : [];
  const isList = (envelope: string) => envelope.endsWith(LIST_MARK);
  const envelopes = plan.envelopes.filter((envelope) => !isList(envelope));
  const lists = plan.envelopes.filter(isList).map((envelope) => envelope.slice(0, -LIST_MARK.length));
  return {
    keys: words([...new Set([...plan.fields, ...plan.ignored, ...envelopes, ...lists, ...counted])]),
    envelopes: new Set(envelopes),
    listEnvelopes: new Set(lists),
    fields: new Set(plan.fields),
    itemTypes: words(plan.countedItems),
    ignored: new Set(plan.ignored),
    inner: words([...plan.countedLists, ...plan.addedNumbers]),
    addedNumbers: new Set(plan.addedNumbers),
  };
}

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

  const looksInside = plan.inner.length > 0;
  /** A string that is such a name, which a colon may follow; then the name of the list that may open. */
  let innerKey: string | undefined;
  let opensList: string | undefined;
  /** The name whose number follows, and its digits so far. */
  let addsTo: string | undefined;
  let digits = "";
  /** The counted list that is open, and the depth at which its items live. */
  let listName = "";
  let listDepth = NO_LIST;
  let listCommas = 0;
  let listHasItems = false;

  let capture: string | undefined;
  let captured: Buffer[] = [];
  let capturedBytes = 0;

  const finishDocument = () => {
    if (found) onDocument({ fields, itemCounts, size });
    fields = {};
    itemCounts = {};
    size = 0;
    found = false;
    memberDepth = 0;
    documentDepth = 0;
    capture = undefined;
    captured = [];
    inOutput = false;
    opensEnvelope = "no";
    envelopeListDepth = NO_LIST;
    outerDepths = [];
    innerKey = undefined;
    opensList = undefined;
    addsTo = undefined;
    listDepth = NO_LIST;
  };

  const finishList = () => {
    listDepth = NO_LIST;
    if (!listHasItems) return;
    itemCounts[listName] = (itemCounts[listName] ?? 0) + listCommas + 1;
    found = true;
  };

  const enterEnvelope = () => {
    if (outerDepths.length === MAX_ENVELOPES) return;
    outerDepths.push(memberDepth);
    memberDepth = depth;
  };

  const takeDigits = (bytes: Uint8Array, start: number, end: number) => {
    if (digits.length > MAX_DIGITS) return;
    digits += Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, MAX_DIGITS)).toString(
      "latin1",
    );
  };

  const finishNumber = () => {
    if (addsTo === undefined) return;
    const number = digits.trim() === "" ? Number.NaN : Number(digits);
    if (number >= 0 && Number.isFinite(number)) {
      itemCounts[addsTo] = (itemCounts[addsTo] ?? 0) + number;
      found = true;
    }
    addsTo = undefined;
  };

  const takePart = (bytes: Uint8Array, start: number, end: number, isLast: boolean) => {
    if (end <= start) return;
    capturedBytes += end - start;
    if (capturedBytes > MAX_FIELD_BYTES) return;
    const view = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
    // The last part is parsed at once; one that waits for more must outlive the host's buffer.
    captured.push(isLast ? view : Buffer.from(view));
  };

  const finishCapture = (bytes: Uint8Array, start: number, end: number) => {
    if (capture === undefined) return;
    takePart(bytes, start, end, true);
    if (capturedBytes <= MAX_FIELD_BYTES) {
      const value = parsed((captured.length === 1 ? captured[0] : Buffer.concat(captured))?.toString());
      if (value !== undefined) {
        fields[capture] = value;
        size += capturedBytes;
        found = true;
      }
    }
    capture = undefined;
    captured = [];
  };

  const finishString = () => {
    if (reading === "key") {
      key = textPlain ? findWord(plan.keys, text, textLength) : undefined;
    } else if (reading === "itemKey") {
      itemKeyIsType = textPlain && findWord(TYPE, text, textLength) !== undefined;
    } else if (reading === "itemType") {
      const type = textPlain ? findWord(plan.itemTypes, text, textLength) : undefined;
      if (type !== undefined) {
        itemCounts[type] = (itemCounts[type] ?? 0) + 1;
        found = true;
      }
      itemKeyIsType = false;
    }
    if (looksInside && reading !== "nothing" && reading !== "itemType") {
      innerKey = textPlain ? findWord(plan.inner, text, textLength) : undefined;
    }
    reading = "nothing";
  };

  const write = (bytes: Uint8Array) => {
    const length = bytes.length;
    let captureStart = 0;
    let index = 0;
    while (index < length) {
      if (inString) {
        if (reading === "nothing" && !escaped) {
          const shortEnd = Math.min(length, index + SHORT_STRING_BYTES);
          let byte: number | undefined;
          while (index < shortEnd) {
            byte = bytes[index];
            if (byte === QUOTE || byte === BACKSLASH) break;
            index += 1;
          }
          if (index === shortEnd && index < length) index = endOfPlainRun(bytes, index);
          if (index >= length) break;
          if (bytes[index] === BACKSLASH) escaped = true;
          else inString = false;
          index += 1;
          continue;
        }
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
        continue;
      }

      const isDeep = memberDepth > 0 && depth > memberDepth + 2 && !looksInside;
      const meaningful = isDeep ? brackets : structural;
      const from = index;
      while (index < length && meaningful[bytes[index] ?? 0] === 0) index += 1;
      if (depth === listDepth && !listHasItems) listHasItems = hasMoreThanBlanks(bytes, from, index);
      if (addsTo !== undefined) takeDigits(bytes, from, index);
      if (index === length) break;
      const byte = bytes[index] ?? 0;
      switch (byte) {
        case QUOTE:
          inString = true;
          textLength = 0;
          textPlain = true;
          opensList = undefined;
          addsTo = undefined;
          if (depth === listDepth) listHasItems = true;
          if (memberDepth > 0 && capture === undefined) {
            if (expectKey) {
              if (depth === memberDepth) reading = "key";
              else if (inOutput && depth === memberDepth + 2) reading = "itemKey";
              else if (looksInside) reading = "innerKey";
            } else if (itemKeyIsType && depth === memberDepth + 2) reading = "itemType";
          }
          break;
        case COLON:
          expectKey = false;
          if (innerKey !== undefined && plan.addedNumbers.has(innerKey)) {
            addsTo = innerKey;
            digits = "";
          } else opensList = innerKey;
          innerKey = undefined;
          if (depth === memberDepth && memberDepth > 0 && key !== undefined) {
            if (plan.fields.has(key) || plan.ignored.has(key)) {
              capture = key;
              captured = [];
              // What is too long already takes nothing in.
              capturedBytes = plan.ignored.has(key) ? Number.POSITIVE_INFINITY : 0;
              captureStart = index + 1;
            } else if (plan.envelopes.has(key)) opensEnvelope = "object";
            else if (plan.listEnvelopes.has(key)) opensEnvelope = "list";
            else inOutput = true;
            key = undefined;
          }
          break;
        case COMMA:
          expectKey = true;
          innerKey = undefined;
          opensList = undefined;
          finishNumber();
          if (depth === listDepth) listCommas += 1;
          if (depth === memberDepth) {
            finishCapture(bytes, captureStart, index);
            inOutput = false;
            opensEnvelope = "no";
          }
          itemKeyIsType = false;
          break;
        case OPEN_BRACE:
        case OPEN_BRACKET:
          if (depth === listDepth) listHasItems = true;
          depth += 1;
          expectKey = byte === OPEN_BRACE;
          itemKeyIsType = false;
          if (opensList !== undefined && listDepth === NO_LIST && byte === OPEN_BRACKET) {
            listName = opensList;
            listDepth = depth;
            listCommas = 0;
            listHasItems = false;
          }
          opensList = undefined;
          addsTo = undefined;
          if (memberDepth === 0) {
            if (byte === OPEN_BRACKET) {
              if (depth === 1) rootIsList = true;
            } else if (depth === 1 || (depth === 2 && rootIsList)) {
              memberDepth = depth;
              documentDepth = depth;
            }
          } else if (opensEnvelope !== "no" && depth === memberDepth + 1) {
            if (byte === OPEN_BRACE && opensEnvelope === "object") enterEnvelope();
            else if (byte === OPEN_BRACKET && opensEnvelope === "list") envelopeListDepth = depth;
            opensEnvelope = "no";
          } else if (byte === OPEN_BRACE && depth === envelopeListDepth + 1) enterEnvelope();
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          innerKey = undefined;
          opensList = undefined;
          finishNumber();
          if (depth === listDepth) finishList();
          if (depth === memberDepth && memberDepth > 0) {
            finishCapture(bytes, captureStart, index);
            inOutput = false;
            opensEnvelope = "no";
            if (depth === documentDepth) finishDocument();
            else memberDepth = outerDepths.pop() ?? 0;
          } else if (depth === envelopeListDepth) envelopeListDepth = NO_LIST;
          depth -= 1;
          if (depth <= 0) {
            depth = 0;
            rootIsList = false;
          }
          expectKey = false;
          itemKeyIsType = false;
          break;
      }
      index += 1;
    }
    if (capture !== undefined) takePart(bytes, captureStart, length, false);
  };

  return { write, end: finishDocument };
}

/** From here to the quote that ends the string, to a backslash before it, or to the end of the bytes. */
function endOfPlainRun(bytes: Uint8Array, from: number): number {
  const quote = bytes.indexOf(QUOTE, from);
  const end = quote === -1 ? bytes.length : quote;
  // A quote right after something else than a backslash ends the string, whatever escapes there were before it.
  if (end > from && bytes[end - 1] !== BACKSLASH) return end;
  let backslashes = 0;
  while (end - 1 - backslashes >= from && bytes[end - 1 - backslashes] === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 0 ? end : end - 1;
}

function hasMoreThanBlanks(bytes: Uint8Array, from: number, to: number): boolean {
  for (let index = from; index < to; index += 1) if ((bytes[index] ?? 0) > 0x20) return true;
  return false;
}

function parsed(json: string | undefined): JsonValue | undefined {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

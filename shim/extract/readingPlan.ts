import {
  guessedFormats,
  type WireFormat,
  type WireFormatName,
  wireFormats,
} from "../../shared/wireFormats.ts";
import { createJsonScanner, type JsonScanner, type ScannedDocument } from "./jsonScanner.ts";
import { type PreparedPlan, preparePlan } from "./scanPlan.ts";

/** Of a host that the user named and an endpoint that nobody knows, anything that looks like usage is taken. */
export type ReadableFormat = WireFormatName | "any";

/** How bodies of one format are read; made once for all of them. */
export interface ReadingPlan {
  format: WireFormat;
  usageFields: readonly string[];
  scan: PreparedPlan;
  /** One that is through with its body: to make another would take as long as to read a short one with it. */
  idleScanner: SharedScanner | undefined;
  /** What makes a streamed event worth a look: a usage or (the last of them) an error that is an object, */
  needles: readonly Buffer[];
  /** or a list that is counted. */
  listNeedles: readonly Buffer[];
  /** Of several events with a usage only the last will be looked at. */
  onlyLast: boolean;
  /** Says that a stream is complete although the host may not read it to its very end. */
  endMarks: readonly Buffer[];
}

/** Used by one reader after the other. */
export interface SharedScanner extends JsonScanner {
  /** Called with each document that is found from here on. */
  takeTo(take: (document: ScannedDocument) => void): void;
}

export const ERROR = "error";

const plans = new Map<ReadableFormat, ReadingPlan>();

export function readingPlan(name: ReadableFormat): ReadingPlan {
  let plan = plans.get(name);
  if (plan === undefined) {
    plan = makePlan(name);
    plans.set(name, plan);
  }
  return plan;
}

/** The scanner of a plan, which has to be given back when its body has ended. */
export function borrowScanner(plan: ReadingPlan, take: (document: ScannedDocument) => void): SharedScanner {
  const scanner = plan.idleScanner ?? makeScanner(plan.scan);
  plan.idleScanner = undefined;
  scanner.takeTo(take);
  return scanner;
}

export function giveBack(plan: ReadingPlan, scanner: SharedScanner): void {
  scanner.takeTo(() => {});
  plan.idleScanner = scanner;
}

function makeScanner(plan: PreparedPlan): SharedScanner {
  let take: (document: ScannedDocument) => void = () => {};
  return {
    ...createJsonScanner(plan, (document) => take(document)),
    takeTo(taker) {
      take = taker;
    },
  };
}

const unique = (texts: readonly string[]) => [...new Set(texts)];

function anyFormat(guesses: readonly WireFormat[]): WireFormat {
  return {
    fields: unique(guesses.flatMap((format) => format.fields)),
    usageField: "usage",
    envelopes: unique(guesses.flatMap((format) => format.envelopes)),
    join: "merge",
    countedItems: [],
    endMarks: ["[DONE]", '"message_stop"', '"finishReason"'],
  };
}

function makePlan(name: ReadableFormat): ReadingPlan {
  const guesses: readonly WireFormat[] = guessedFormats.map((guess) => wireFormats[guess]);
  const format: WireFormat = name === "any" ? anyFormat(guesses) : wireFormats[name];
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
    idleScanner: undefined,
    listNeedles: (format.countedLists ?? []).map((list) => Buffer.from(`"${list}"`)),
    // Without the first quote: a search goes from one first character to the next, and no other is as frequent in JSON.
    needles: [...usageFields, ...(format.signs ?? []), ERROR].map((field) => Buffer.from(`${field}"`)),
    onlyLast: format.join === "replace" && format.countedLists === undefined,
    endMarks: (format.endMarks ?? []).map((mark) => Buffer.from(mark)),
  };
}

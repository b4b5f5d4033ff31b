import { hasMoreThanBlanks } from "./jsonBytes.ts";
import { findWord, type PreparedPlan } from "./scanPlan.ts";

/**
 * Measures the lists and adds up the numbers whose names mean something wherever they stand in a document, told by the
 * scanner of all that it comes by. Depths are those before what is told of.
 */
export interface InnerCounts {
  /** What stands between two bytes that mean something. */
  between(bytes: Uint8Array, from: number, to: number, depth: number): void;
  string(depth: number): void;
  /** A string has ended that may be a name. */
  name(bytes: Uint8Array, length: number, isPlain: boolean): void;
  colon(): void;
  comma(depth: number): void;
  open(isList: boolean, depth: number): void;
  close(depth: number): void;
  reset(): void;
}

/** No count is longer. */
const MAX_DIGITS = 24;
const NO_LIST = -1;

/** `add` is called with what a list or a number comes to, each by its name. */
export function createInnerCounts(
  plan: PreparedPlan,
  add: (name: string, count: number) => void,
): InnerCounts {
  /** A string that is such a name, which a colon may follow; then the name of the list that may open. */
  let innerKey: string | undefined;
  let opensList: string | undefined;
  /** The name whose number follows, and its digits so far. */
  let addsTo: string | undefined;
  let digits = "";
  /** The counted list that is open, and the depth at which its items live. */
  let listName = "";
  let listDepth = NO_LIST;
  let commas = 0;
  let hasItems = false;

  const finishNumber = () => {
    if (addsTo === undefined) return;
    const number = digits.trim() === "" ? Number.NaN : Number(digits);
    if (number >= 0 && Number.isFinite(number)) add(addsTo, number);
    addsTo = undefined;
  };
  const forget = () => {
    innerKey = undefined;
    opensList = undefined;
  };

  return {
    between(bytes, from, to, depth) {
      if (depth === listDepth && !hasItems) hasItems = hasMoreThanBlanks(bytes, from, to);
      if (addsTo === undefined || digits.length > MAX_DIGITS) return;
      const length = Math.min(to - from, MAX_DIGITS);
      digits += Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString("latin1");
    },
    string(depth) {
      opensList = undefined;
      addsTo = undefined;
      if (depth === listDepth) hasItems = true;
    },
    name(bytes, length, isPlain) {
      innerKey = isPlain ? findWord(plan.inner, bytes, length) : undefined;
    },
    colon() {
      if (innerKey !== undefined && plan.addedNumbers.has(innerKey)) {
        addsTo = innerKey;
        digits = "";
      } else opensList = innerKey;
      innerKey = undefined;
    },
    comma(depth) {
      forget();
      finishNumber();
      if (depth === listDepth) commas += 1;
    },
    open(isList, depth) {
      if (depth === listDepth) hasItems = true;
      if (opensList !== undefined && listDepth === NO_LIST && isList) {
        listName = opensList;
        listDepth = depth + 1;
        commas = 0;
        hasItems = false;
      }
      opensList = undefined;
      addsTo = undefined;
    },
    close(depth) {
      forget();
      finishNumber();
      if (depth !== listDepth) return;
      listDepth = NO_LIST;
      if (hasItems) add(listName, commas + 1);
    },
    reset() {
      forget();
      addsTo = undefined;
      listDepth = NO_LIST;
    },
  };
}

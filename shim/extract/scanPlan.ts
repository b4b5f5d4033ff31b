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

/** A name as its bytes: looked up without making a string of each key that passes by. */
interface Word {
  text: string;
  bytes: Uint8Array;
}

export function words(texts: readonly string[]): Word[] {
  return texts.map((text) => ({ text, bytes: Buffer.from(text) }));
}

export function findWord(candidates: readonly Word[], bytes: Uint8Array, length: number): string | undefined {
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

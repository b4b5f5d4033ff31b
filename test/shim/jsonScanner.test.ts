import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createJsonScanner, type ScannedDocument } from "../../shim/extract/jsonScanner.ts";
import { preparePlan } from "../../shim/extract/scanPlan.ts";

const nothing = {
  fields: [],
  envelopes: [],
  countedItems: [],
  countedLists: [],
  addedNumbers: [],
  ignored: [],
};
const plan = preparePlan({
  ...nothing,
  fields: ["id", "model", "usage"],
  envelopes: ["message"],
  countedItems: ["web_search_call"],
});
const listPlan = preparePlan({ ...nothing, fields: ["id"], countedLists: ["queries"] });
const numberPlan = preparePlan({ ...nothing, fields: ["id"], addedNumbers: ["tokens"], ignored: ["copy"] });

function scan(pieces: readonly Uint8Array[], by = plan): Omit<ScannedDocument, "size">[] {
  const documents: Omit<ScannedDocument, "size">[] = [];
  const scanner = createJsonScanner(by, ({ fields, itemCounts }) => documents.push({ fields, itemCounts }));
  for (const piece of pieces) scanner.write(piece);
  scanner.end();
  return documents;
}

/** The bytes cut at these places, each piece in memory of its own that is wiped once the scanner has had it. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, index) => Buffer.from(bytes.subarray(at[index], end)));
}

const nasty = fc.oneof(
  fc.string(),
  fc.constantFrom('"usage":{"a":1}', "\\", '\\"', "}{", "][", "été 🙂", "id", "usage", "\u2028"),
);
const json = fc.jsonValue({ maxDepth: 4, stringUnit: "grapheme" });
const usage = fc.dictionary(nasty, fc.oneof(fc.integer(), nasty, fc.constant(null)));
const wanted = fc.record({ id: nasty, model: nasty, usage }, { requiredKeys: [] });

/** The length of all lists of this name in a value, by walking what `JSON.parse` made of it. */
function lengthsOf(name: string, value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, member]) => {
    const isCounted = !Array.isArray(value) && key === name && Array.isArray(member);
    return sum + (isCounted ? member.length : lengthsOf(name, member));
  }, 0);
}

/** The sum of all numbers of this name in a value, the member `copy` of its root left out. */
function sumOf(name: string, value: unknown, isRoot = true): number {
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, member]) => {
    if (isRoot && key === "copy") return sum;
    const isAdded = !Array.isArray(value) && key === name && typeof member === "number" && member >= 0;
    return sum + (isAdded ? member : sumOf(name, member, false));
  }, 0);
}

describe("the JSON scanner", () => {
  it("adds up numbers by their name wherever they are, and wherever the bytes are cut", () => {
    const number = fc.oneof(fc.nat(), fc.integer(), fc.constantFrom(12.5, 1e9, "7", null, true, "tokens"));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        number,
        nasty,
        fc.record({ tokens: fc.oneof(number, tie("tree")) }),
        fc.array(fc.oneof(tie("tree"), number), { maxLength: 3 }),
        fc.dictionary(
          fc.oneof(
            fc.constant("tokens"),
            nasty.filter((key) => key !== "__proto__"),
          ),
          tie("tree"),
          { maxKeys: 3 },
        ),
      ),
    }));
    const body = fc.record({ before: tree, copy: tree, tokens: number, id: nasty, after: tree });
    fc.assert(
      fc.property(body, fc.array(fc.nat()), fc.constantFrom(undefined, 1), (value, places, indent) => {
        const text = JSON.stringify(value, null, indent);
        const [found] = scan(cut(Buffer.from(text), places), numberPlan);
        expect(found?.fields).toEqual({ id: JSON.parse(text).id });
        expect(found?.itemCounts["tokens"] ?? 0).toBe(sumOf("tokens", JSON.parse(text)));
      }),
      { numRuns: 400 },
    );
  });

  it("looks into the items of a list where the plan says so, and into no deeper ones", () => {
    const choices = preparePlan({ ...nothing, fields: ["id", "usage"], envelopes: ["choices[]"] });
    const text = JSON.stringify({
      choices: [
        { delta: { usage: { no: 1 } }, usage: { a: 1 } },
        { logprobs: { content: [{ id: "no" }] }, usage: { a: 2 } },
      ],
      id: "yes",
      other: [{ usage: { no: 2 } }],
    });
    for (let place = 0; place < text.length; place += 1) {
      const [found] = scan(cut(Buffer.from(text), [place]), choices);
      expect(found?.fields).toEqual({ id: "yes", usage: { a: 2 } });
    }
    expect(scan([Buffer.from('{"choices":[[{"id":"no"}]],"id":"yes"}')], choices)[0]?.fields).toEqual({
      id: "yes",
    });
    expect(scan([Buffer.from('{"choices":{"id":"no"},"id":"yes"}')], choices)[0]?.fields).toEqual({
      id: "yes",
    });
  });

  it("measures lists by their name wherever they are, and wherever the bytes are cut", () => {
    const list = fc.array(fc.oneof(nasty, fc.dictionary(nasty, json), fc.array(nasty)), { maxLength: 4 });
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        nasty,
        fc.constantFrom(null, 7, true, "queries"),
        fc.record({ queries: fc.oneof(list, nasty, tie("tree")) }),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(
          nasty.filter((key) => key !== "__proto__"),
          tie("tree"),
          { maxKeys: 3 },
        ),
      ),
    }));
    // The field is copied as it is, and not searched.
    const body = fc.record({ before: tree, id: nasty, queries: fc.oneof(list, tree), after: tree });
    fc.assert(
      fc.property(body, fc.array(fc.nat()), fc.constantFrom(undefined, 1), (value, places, indent) => {
        const text = JSON.stringify(value, null, indent);
        const expected = lengthsOf("queries", JSON.parse(text));
        const [found] = scan(cut(Buffer.from(text), places), listPlan);
        expect(found).toEqual({
          fields: { id: JSON.parse(text).id },
          itemCounts: expected === 0 ? {} : { queries: expected },
        });
      }),
      { numRuns: 400 },
    );
  });

  it("finds what JSON.parse finds, wherever the bytes are cut and however they are indented", () => {
    const others = fc.dictionary(
      nasty.filter((key) => !["id", "model", "usage", "message", "output", "__proto__"].includes(key)),
      fc.oneof(json, nasty),
    );
    fc.assert(
      fc.property(
        others,
        wanted,
        others,
        fc.array(fc.nat()),
        fc.constantFrom(undefined, 1, "\t"),
        (before, fields, after, places, indent) => {
          const text = JSON.stringify({ ...before, ...fields, ...after }, null, indent);
          const documents = scan(cut(Buffer.from(text), places));
          expect(documents[0]?.fields ?? {}).toEqual(JSON.parse(JSON.stringify(fields)));
        },
      ),
      { numRuns: 400 },
    );
  });

  it("stays silent and alive on any bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (pieces) => {
        for (const { fields } of scan(pieces)) expect(Object.keys(fields).length).toBeGreaterThan(0);
      }),
    );
  });

  it("hands out what a text that broke off had said", () => {
    const text = '{"id":"r1","model":"m","choices":[{"message":{"content":"half a sent';
    expect(scan([Buffer.from(text)])).toEqual([{ fields: { id: "r1", model: "m" }, itemCounts: {} }]);
  });

  it("takes only the document's own members, not those of what is in it", () => {
    const text = '{"choices":[{"id":"no","usage":{"no":1}}],"data":{"model":"no"},"id":"yes"}';
    expect(scan([Buffer.from(text)])).toEqual([{ fields: { id: "yes" }, itemCounts: {} }]);
  });

  it("looks into envelopes", () => {
    const text =
      '{"type":"message_start","message":{"id":"m1","content":[{"id":"no"}],"usage":{"a":1}},"x":{"id":"no"}}';
    expect(scan([Buffer.from(text)])[0]?.fields).toEqual({ id: "m1", usage: { a: 1 } });
    expect(scan([Buffer.from('{"message":null,"usage":{"a":2}}')])[0]?.fields).toEqual({ usage: { a: 2 } });
  });

  it("counts items of the output by their type, and not what is within them", () => {
    const text = JSON.stringify({
      id: "r",
      output: [
        { type: "web_search_call", id: "1", action: { type: "web_search_call" } },
        { id: "2", content: [{ type: "web_search_call" }], type: "message" },
        { id: "3", nested: { a: ["type", "web_search_call"] }, type: "web_search_call" },
      ],
    });
    for (let place = 0; place < text.length; place += 1) {
      expect(scan(cut(Buffer.from(text), [place]))[0]?.itemCounts).toEqual({ web_search_call: 2 });
    }
  });

  it("takes lists of documents and documents in a row", () => {
    const ids = (text: string) => scan([Buffer.from(text)]).map(({ fields }) => fields["id"]);
    expect(ids('[{"id":1},\n{"id":2,"a":[{"id":0}]}]')).toEqual([1, 2]);
    expect(ids('{"id":1}\n{"id":2}\n')).toEqual([1, 2]);
  });

  it("leaves out a field that is too long to be usage, and survives 100,000 levels of nesting", () => {
    const long = JSON.stringify({ id: "x".repeat(100_000), model: "m" });
    expect(scan([Buffer.from(long)])[0]?.fields).toEqual({ model: "m" });
    const deep = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)},"id":1}`;
    expect(scan([Buffer.from(deep)])[0]?.fields).toEqual({ id: 1 });
  });
});

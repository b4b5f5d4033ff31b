import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEventStreamReader } from "../../shim/extract/eventStream.ts";

/** As a reader of replaced usages does it: of several in one piece the last. */
const lastUsage = (bytes: Buffer) => [bytes.lastIndexOf("usage")].filter((place) => place !== -1);
const everyUsage = (bytes: Buffer) =>
  [...bytes.toString("latin1").matchAll(/usage/g)].map(({ index }) => index);

function read(pieces: readonly Uint8Array[], placesOfInterest = everyUsage): string[] {
  const found: string[] = [];
  const reader = createEventStreamReader({ placesOfInterest, onData: (data) => found.push(data.toString()) });
  for (const piece of pieces) {
    const own = Uint8Array.from(piece);
    reader.write(own);
    // The host may do with its bytes what it likes, once it has them.
    own.fill(0x58);
  }
  reader.end();
  return found;
}

function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const at = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const line = fc.stringMatching(/^[^\r\n]{0,20}$/).map((text) => text.replace(/usage/g, ""));
const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const event = fc.record({
  comment: fc.option(line, { nil: undefined }),
  name: fc.option(line, { nil: undefined }),
  data: fc.array(line, { minLength: 1, maxLength: 3 }),
  relevant: fc.boolean(),
  space: fc.boolean(),
});

describe("the reader of server-sent events", () => {
  it("finds the first event and every one of interest, whatever the line ends and wherever the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 1, maxLength: 8 }),
        lineEnd,
        fc.boolean(),
        fc.array(fc.nat()),
        (events, end, bom, places) => {
          let text = bom ? "\uFEFF" : "";
          const expected: string[] = [];
          for (const { comment, name, data, relevant, space } of events) {
            // A leading space of a value is taken for the one that may follow the colon, so each value has its own.
            const values = data.map((value) => `${space ? "" : "."}${value}${relevant ? "usage" : "-"}`);
            if (comment !== undefined) text += `:${comment}${end}`;
            if (name !== undefined) text += `event: ${name}${end}`;
            for (const value of values) text += `data:${space ? " " : ""}${value}${end}`;
            text += end;
            if (relevant || expected.length === 0) expected.push(values.join("\n"));
          }
          expect(read(cut(text, places))).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("finds an event in one byte after the other", () => {
    const text = 'data: {"a":1}\r\n\r\nevent: x\r\ndata: {"usage":\r\ndata: 2}\r\n\r\n: ping\r\n\r\n';
    expect(read([...Buffer.from(text)].map((byte) => Uint8Array.of(byte)))).toEqual([
      '{"a":1}',
      '{"usage":\n2}',
    ]);
  });

  it("takes a last event without its blank line", () => {
    expect(read([Buffer.from("data: a\n\ndata: usage")])).toEqual(["a", "usage"]);
  });

  it("gives of several in one piece only those whose places it is told, and the first", () => {
    const text = ["first", "usage 1", "other", "usage 2", "last"].map((data) => `data: ${data}\n\n`).join("");
    expect(read([Buffer.from(text)], lastUsage)).toEqual(["first", "usage 2"]);
    expect(read([Buffer.from(text)])).toEqual(["first", "usage 1", "usage 2"]);
  });

  it("leaves out an event that has it in another field than its data", () => {
    expect(read([Buffer.from("data: a\n\nevent: usage\ndata: b\n\ndata: usage\n\n")])).toEqual([
      "a",
      "usage",
    ]);
  });

  it("stays alive on any bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (pieces) => {
        expect(read(pieces, () => [0]).length).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("gives up on an event without end, and goes on after it", () => {
    const endless = Array.from({ length: 40 }, () => Buffer.alloc(256 * 1024, "x"));
    const found = read([
      Buffer.from("data: first\n\n"),
      ...endless,
      Buffer.from(" usage\n\ndata: usage\n\n"),
    ]);
    expect(found).toEqual(["first", "usage"]);
  });
});

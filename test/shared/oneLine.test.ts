import fc from "fast-check";
import { expect, it } from "vitest";
import { oneLine } from "../../shared/oneLine.ts";

it.each([
  ["  spaces  ", "spaces"],
  ["two\r\nlines\tand\u0000nul", "two lines and nul"],
  ["\u202eturned\u202cround\u2066", "turned round"],
  ["half \ud83d of one", "half \ufffd of one"],
  ["whole 😀, 日本語, e\u0301", "whole 😀, 日本語, e\u0301"],
  [`${"x".repeat(199)}😀`, "x".repeat(199)],
  [" ".repeat(500), ""],
])("%j is shown as %j", (text, shown) => {
  expect(oneLine(text, 200)).toBe(shown);
});

it("gives one line that says the same once more, of any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => {
      const line = oneLine(text, 200);
      expect(line.length).toBeLessThanOrEqual(200);
      expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\p{Surrogate}]/u);
      expect(oneLine(line.trim(), 200)).toBe(line.trim());
    }),
  );
});

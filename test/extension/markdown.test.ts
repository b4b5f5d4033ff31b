import { expect, test } from "vitest";
import { escapeMarkdown, markdownTable } from "../../extension/markdown.ts";

test("every sign that Markdown knows is escaped, and lines are joined", () => {
  expect(escapeMarkdown("a_b*c`d\n\n[e](f)|<g>")).toBe("a\\_b\\*c\\`d \\[e\\]\\(f\\)\\|\\<g\\>");
});

test("an icon is broken up before Markdown's own escapes are gone", () => {
  const seen = escapeMarkdown("$(trash)").replace(/\\(.)/g, "$1");
  expect(seen).toBe("$\u2060(trash)");
});

test("plain names stay readable", () => {
  expect(escapeMarkdown("über cool model 4o")).toBe("über cool model 4o");
});

test("a table aligns its numbers to the right", () => {
  expect(markdownTable(["Source", "Spend"], [["a", "$1.00"]], new Set([1]))).toBe(
    "| Source | Spend |\n| :-- | --: |\n| a | $1.00 |",
  );
});

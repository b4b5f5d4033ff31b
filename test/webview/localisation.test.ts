import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { german } from "../../webview/localisation/german.ts";

const webview = join(import.meta.dirname, "../../webview");

/** What the dashboard says, by the file that says it; it is looked up by the text itself, so it must be literal. */
function sentences(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(webview, { recursive: true, encoding: "utf8" })) {
    if (!/\.tsx?$/.test(name) || name.startsWith("localisation")) continue;
    const code = readFileSync(join(webview, name), "utf8").replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
    const calls = code.match(/(?<![\w.])t\(/g) ?? [];
    const literal = [...code.matchAll(/(?<![\w.])t\(\s*("(?:[^"\\]|\\.)*")\s*[,)]/g)];
    expect(literal.length, `${name}: what is said is a literal`).toBe(calls.length);
    for (const [, quoted = ""] of literal) found.set(JSON.parse(quoted), name);
  }
  return found;
}

const placeholders = (text: string) => [...new Set(text.match(/\{\d\}/g) ?? [])].sort();
/** Between backticks stands what is to be typed, which is the same in every language. */
const typed = (text: string) => text.match(/`[^`]*`/g) ?? [];

test("German has every sentence of the dashboard, with the same places for what is put in, and none too many", () => {
  const said = sentences();
  expect(said.size).toBeGreaterThan(300);
  expect([...said.keys()].filter((sentence) => !Object.hasOwn(german, sentence))).toEqual([]);
  expect(Object.keys(german).filter((sentence) => !said.has(sentence))).toEqual([]);
  for (const [sentence, translation] of Object.entries(german)) {
    expect(translation.trim(), sentence).not.toBe("");
    expect(placeholders(translation), sentence).toEqual(placeholders(sentence));
    expect(typed(translation), sentence).toEqual(typed(sentence));
  }
});

test("no component says anything by itself", () => {
  for (const name of readdirSync(join(webview, "components"))) {
    const code = readFileSync(join(webview, "components", name), "utf8");
    // Words between tags on one line, lines of nothing but words, and words in attributes that are read out.
    const spoken = [
      ...code.matchAll(/>\s*([A-Za-z][^<>{}()&|=;\n]*[a-z][^<>{}()&|=;\n]*)\s*<\//g),
      ...code.matchAll(/^\s{6,}([A-Z][a-z']+(?: [\w',.]+){2,})$/gm),
      ...code.matchAll(/(?:label|title|placeholder|aria-label)="([^"]*[A-Za-z][^"]*)"/g),
    ].map(([, words]) => words?.trim());
    const own = ["Taximeter", "USD"];
    expect(
      spoken.filter((words) => words !== undefined && words !== "" && !own.includes(words)),
      name,
    ).toEqual([]);
  }
});

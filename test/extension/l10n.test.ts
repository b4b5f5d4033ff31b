import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Language } from "../../extension/language.ts";
import { spendMarkdown } from "../../extension/reports/reportMarkdown.ts";
import { statusBarModel } from "../../extension/statusBar/statusBarModel.ts";
import { english, makeRow, makeSpend, makeState, makeTotals } from "./builders.ts";

const project = fileURLToPath(new URL("../../", import.meta.url));
const readText = (path: string) => readFileSync(join(project, path), "utf8");
const readStrings = (path: string): Record<string, string> => JSON.parse(readText(path));

/** Languages that are complete. */
const languages = ["de"];

/** What the extension says, by the file that says it. VS Code finds translations by the text itself, so it must be literal. */
function sentences(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(join(project, "extension"), { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const code = readText(join("extension", name)).replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
    const calls = code.match(/\bl10n\s*\.t\(/g) ?? [];
    const literal = [...code.matchAll(/\bl10n\s*\.t\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*[,)]/g)];
    expect(literal.length, `${name}: what is said is a literal`).toBe(calls.length);
    for (const [, quoted = ""] of literal) found.set(unquoted(quoted), name);
  }
  return found;
}

function unquoted(literal: string): string {
  return literal.slice(1, -1).replace(/\\(.)/g, "$1");
}

const placeholders = (text: string) => [...new Set(text.match(/\{\d\}/g) ?? [])].sort();
const links = (text: string) => (text.match(/\]\([^)]*\)/g) ?? []).sort();

describe.each(languages)("the language %s", (language) => {
  const manifest = readStrings(`package.nls.${language}.json`);
  const bundle = readStrings(`l10n/bundle.l10n.${language}.json`);

  test("has every string of the manifest, and none too many", () => {
    const strings = readStrings("package.nls.json");
    expect(Object.keys(manifest).sort()).toEqual(Object.keys(strings).sort());
    for (const [key, text] of Object.entries(strings)) {
      expect(manifest[key]?.trim(), key).not.toBe("");
      expect(links(manifest[key] ?? ""), key).toEqual(links(text));
    }
  });

  test("has every sentence of the extension, with the same places for what is put in, and none too many", () => {
    const said = sentences();
    expect(said.size).toBeGreaterThan(100);
    expect([...said.keys()].filter((sentence) => !Object.hasOwn(bundle, sentence))).toEqual([]);
    expect(Object.keys(bundle).filter((sentence) => !said.has(sentence))).toEqual([]);
    for (const [sentence, translation] of Object.entries(bundle)) {
      expect(translation.trim(), sentence).not.toBe("");
      expect(placeholders(translation), sentence).toEqual(placeholders(sentence));
    }
  });
});

describe("German", () => {
  const bundle = readStrings("l10n/bundle.l10n.de.json");
  const german: Language = {
    locale: "de",
    l10n: { t: (message, ...values) => english.l10n.t(bundle[message] ?? message, ...values) },
  };
  const view = {
    period: "today",
    scope: "all",
    workspaceFolders: [],
    isTrusted: true,
    now: new Date("2026-11-21T12:00:00Z"),
  } as const;

  test("writes money, numbers and dates as German does", () => {
    const spend = makeSpend({ total: makeTotals({ costUsd: "1234.5", calls: 12_345 }) });
    const { text, tooltip, label } = statusBarModel(makeState({ spend }), view, german);
    expect(text).toBe("$(pulse) 1.234,50\u00a0$ heute");
    expect(label).toContain("12.345 Aufrufe");
    expect(tooltip).toContain("20\\.11\\.2026");
    expect(tooltip).toContain("gestern");
  });

  test("keeps its nouns large in titles", () => {
    const report = { ...makeSpend(), groupBy: [], rows: [makeRow("a")], total: makeTotals() };
    const text = spendMarkdown(report, { dimension: "source", period: "today" }, german);
    expect(text).toContain("# KI\\-Ausgaben nach Quelle");
  });
});

import { config, t } from "@vscode/l10n";
import { german } from "./german.ts";

/** Languages that the dashboard speaks besides English, by their ISO 639 code. */
const bundles: ReadonlyMap<string, Record<string, string>> = new Map([["de", german]]);

/** A text in the language of the page; `{0}` stands for the first value. English texts are their own keys. */
export { t };

/**
 * Takes the first of these languages (BCP 47) that is spoken here, else English, and answers its code. Words stand in
 * constants too, so it must be called before any other module of the dashboard is evaluated: see `pageLanguage.ts`.
 */
export function speak(wanted: readonly string[]): string {
  const codes = wanted.map((tag) => tag.toLowerCase().split(/[-_]/)[0] ?? "");
  const language = codes.find((code) => code === "en" || bundles.has(code)) ?? "en";
  const bundle = bundles.get(language);
  if (bundle !== undefined) config({ contents: bundle });
  return language;
}

import { speak } from "./t.ts";

/**
 * The language of the page: in VS Code its display language, which the extension writes into the page, in a browser the
 * first of the user's that the dashboard speaks. Imported before everything else, for words that stand in constants.
 */
const { host } = document.body.dataset;
document.documentElement.lang = speak(
  host === "vscode" ? [document.documentElement.lang] : navigator.languages,
);

/** German, by the English text. `test/webview/localisation.test.ts` says what is missing and what is no longer used. */
export const german: Record<string, string> = {};

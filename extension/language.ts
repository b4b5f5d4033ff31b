import { formatUsd } from "../shared/money.ts";

/** The user's language: `vscode.l10n` in the editor, plain English in tests. */
export interface Language {
  l10n: { t(message: string, ...args: (string | number | boolean)[]): string };
  /** BCP 47, as `vscode.env.language`. */
  locale: string;
}

/** An amount in the user's locale; `null` is "no price", never $0.00. */
export function amount({ l10n, locale }: Language, decimalUsd: string | null): string {
  return decimalUsd === null ? l10n.t("no price") : formatUsd(decimalUsd, knownLocale(locale));
}

export function count({ locale }: Language, value: number): string {
  return new Intl.NumberFormat(knownLocale(locale)).format(value);
}

export function percentage({ locale }: Language, percent: number): string {
  const style = { style: "percent", maximumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(knownLocale(locale), style).format(percent / 100);
}

export function timeOfDay({ locale }: Language, isoTime: string): string {
  return new Date(isoTime).toLocaleTimeString(knownLocale(locale));
}

/** VS Code may report a language that Intl does not take (`qps-ploc`): those read as English. */
export function knownLocale(locale: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale)[0] ?? "en-US";
  } catch {
    return "en-US";
  }
}

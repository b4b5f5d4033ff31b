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

/** "1 call", "1,234 calls". */
export function callCount(language: Language, calls: number): string {
  const { l10n } = language;
  return calls === 1 ? l10n.t("1 call") : l10n.t("{0} calls", count(language, calls));
}

export function percentage({ locale }: Language, percent: number): string {
  const style = { style: "percent", maximumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(knownLocale(locale), style).format(percent / 100);
}

export function timeOfDay({ locale }: Language, isoTime: string): string {
  return new Date(isoTime).toLocaleTimeString(knownLocale(locale));
}

/** A day and time in the given zone. */
export function dayAndTime({ locale }: Language, isoTime: string, timeZone: string): string {
  const style = { dateStyle: "medium", timeStyle: "short", timeZone } as const;
  return new Date(isoTime).toLocaleString(knownLocale(locale), style);
}

/** A duration as `1.2 s`. */
export function seconds({ locale }: Language, milliseconds: number): string {
  const style = { minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;
  return `${new Intl.NumberFormat(knownLocale(locale), style).format(milliseconds / 1000)} s`;
}

/** A day as `YYYY-MM-DD`, as the user's language writes it. */
export function day({ locale }: Language, isoDay: string): string {
  const noon = new Date(`${isoDay.slice(0, 10)}T12:00:00Z`);
  if (Number.isNaN(noon.getTime())) return isoDay;
  return noon.toLocaleDateString(knownLocale(locale), { dateStyle: "medium", timeZone: "UTC" });
}

/** How long ago a day (`YYYY-MM-DD`) was: "today", "3 days ago". A day to come, by a clock that is set back, is today. */
export function age({ locale }: Language, isoDay: string, now: Date): string {
  const days = Math.floor((now.getTime() - Date.parse(isoDay)) / 86_400_000);
  const format = new Intl.RelativeTimeFormat(knownLocale(locale), { numeric: "auto" });
  return format.format(-Math.max(0, Number.isNaN(days) ? 0 : days), "day");
}

/** VS Code may report a language that Intl does not take (`qps-ploc`): those read as English. */
export function knownLocale(locale: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale)[0] ?? "en-US";
  } catch {
    return "en-US";
  }
}

/**
 * Money. Inside the house an amount is a whole number of nano-dollars (1e-9 USD) in a JavaScript number:
 * exact up to 2^53 nano-dollars, about nine million dollars. Outside it is a decimal string in US dollars.
 */

export const NANO_USD_PER_USD = 1_000_000_000;

const DECIMAL_USD = /^(-?)(\d{1,7})(?:\.(\d{1,9})\d*)?$/;

/** Nano-dollars as a decimal string in USD with up to 9 places and no trailing zeros: 4_900_000 → "0.0049". */
export function nanoUsdToDecimal(nanoUsd: number): string {
  const sign = nanoUsd < 0 ? "-" : "";
  const magnitude = Math.abs(Math.round(nanoUsd));
  const whole = Math.floor(magnitude / NANO_USD_PER_USD);
  const fraction = String(magnitude % NANO_USD_PER_USD)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return fraction === "" ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/** A decimal string in USD as nano-dollars; further places are cut. `null` where the text is no such amount. */
export function decimalToNanoUsd(decimalUsd: string): number | null {
  const match = DECIMAL_USD.exec(decimalUsd);
  if (match === null) return null;
  const [, sign, whole = "0", fraction = ""] = match;
  const nanoUsd = Number(whole) * NANO_USD_PER_USD + Number(fraction.padEnd(9, "0"));
  return sign === "-" && nanoUsd !== 0 ? -nanoUsd : nanoUsd;
}

/** Of decimal strings in USD, without floating point. What is no amount counts for nothing. */
export function sumUsd(...amounts: readonly string[]): string {
  return nanoUsdToDecimal(amounts.reduce((sum, amount) => sum + (decimalToNanoUsd(amount) ?? 0), 0));
}

/** A floating amount in USD as nano-dollars, rounded half away from zero. */
export function usdToNanoUsd(usd: number): number {
  return Math.round(usd * NANO_USD_PER_USD);
}

/** One a locale and number of places: making one takes longer than all else that a row of a table needs. */
const formats = new Map<string, Intl.NumberFormat>();

/**
 * An amount for reading, in the given locale: two places from a dollar up, and below that as many as show
 * two significant digits, so that a call of $0.00042 never reads as $0.00.
 */
export function formatUsd(decimalUsd: string, locale = "en-US"): string {
  const usd = Number(decimalUsd);
  const magnitude = Math.abs(usd);
  const places =
    magnitude === 0 || magnitude >= 0.995
      ? 2
      : Math.min(9, Math.max(2, 1 - Math.floor(Math.log10(magnitude))));
  const key = `${locale} ${places}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, {
      style: "currency",
      currency: "USD",
      minimumFractionDigits: places,
      maximumFractionDigits: places,
    });
    formats.set(key, format);
  }
  return format.format(usd);
}

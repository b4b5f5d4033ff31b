import { quantile } from "../bench/measure.ts";

/** Median, and the quarters of the values below and above it. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** `29 (24 to 35)`, three significant digits, and no exponent. */
export function readable({ median, low, high }: Spread): string {
  return `${rounded(median)} (${rounded(low)} to ${rounded(high)})`;
}

export function rounded(value: number): string {
  return new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 }).format(value);
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join(
    "\n",
  );
}

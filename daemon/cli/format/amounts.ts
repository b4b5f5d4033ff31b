import { formatUsd } from "../../../shared/money.ts";

/** How a cost that is not known is shown. */
export const NO_PRICE = "no price";

/** One amount for reading; `null` is said in words, never as $0.00. */
export function formatCost(costUsd: string | null): string {
  return costUsd === null ? NO_PRICE : formatUsd(costUsd);
}

/** Amounts for a right-aligned column, padded behind so that their points stand below each other. */
export function alignAmounts(costs: readonly (string | null)[]): string[] {
  const texts = costs.map(formatCost);
  const places = (text: string) => (text.includes(".") ? text.length - text.lastIndexOf(".") - 1 : 0);
  const most = Math.max(0, ...texts.map(places));
  return texts.map((text) => (text.includes(".") ? text + " ".repeat(most - places(text)) : text));
}

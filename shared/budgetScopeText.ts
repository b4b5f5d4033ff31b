import type { BudgetScope } from "./budgets.ts";
import { isDimension } from "./dimensions.ts";

/** A scope as one writes it, on the command line and in settings: `model=gpt-4o`, `label:tenant=acme`. */
export function scopeAsText({ dimension, value }: BudgetScope): string {
  return `${dimension}=${value}`;
}

/** The first `=` ends the dimension: a value may hold more of them. `null` where the text is no scope. */
export function scopeFromText(text: string): BudgetScope | null {
  const equals = text.indexOf("=");
  const dimension = text.slice(0, Math.max(0, equals));
  const value = text.slice(equals + 1);
  return isDimension(dimension) && value !== "" ? { dimension, value } : null;
}

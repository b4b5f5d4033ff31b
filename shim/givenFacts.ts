import { type Operation, operations } from "../shared/call.ts";
import { type Usage, usageUnits } from "../shared/usage.ts";

/**
 * What a host says of its own calls may be anything: JavaScript has no types, SDKs count in `bigint` or in text, and a
 * division gives NaN. What can't be meant counts as not said, so that the daemon takes what is left.
 */

/** Larger than any amount that is meant; the daemon takes none above it. */
const MAX_AMOUNT = 1e12;
const fractional: ReadonlySet<string> = new Set(["credits", "seconds"]);

/** A number of anything, not negative; `null` where it is none. */
function givenAmount(value: unknown, most = MAX_AMOUNT): number | null {
  const isNumeral = typeof value === "bigint" || (typeof value === "string" && /^\d+(\.\d+)?$/.test(value));
  const amount = isNumeral ? Number(value) : value;
  return typeof amount === "number" && amount >= 0 && amount <= most ? amount : null;
}

/** A whole number. */
export function givenCount(value: unknown, most?: number): number | null {
  const amount = givenAmount(value, most);
  return amount === null ? null : Math.round(amount);
}

export function givenHttpStatus(value: unknown): number | null {
  const status = givenCount(value, 599);
  return status !== null && status >= 100 ? status : null;
}

export function givenUsage(value: unknown): Usage {
  const usage: Usage = {};
  if (typeof value !== "object" || value === null) return usage;
  for (const unit of usageUnits) {
    const said: unknown = Reflect.get(value, unit);
    const amount = fractional.has(unit) ? givenAmount(said) : givenCount(said);
    if (amount !== null) usage[unit] = amount;
  }
  return usage;
}

/** A decimal string in USD. */
export function givenCost(value: unknown): string | null {
  const text = typeof value === "number" && value >= 0 ? value.toFixed(9) : value;
  return typeof text === "string" && /^\d{1,7}(\.\d+)?$/.test(text) ? text : null;
}

export function givenOperation(value: unknown): Operation {
  return operations.find((operation) => operation === value) ?? "other";
}

import type { JsonObject, JsonValue } from "../../shared/call.ts";
import type { Usage, UsageUnit } from "../../shared/usage.ts";

/** Above this no count is believed: a provider's mistake, or somebody's joke. */
const HIGHEST_COUNT = 1e12;

/** A member that is an object, else an empty one, so that readers need not ask twice. */
export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isObject(value) ? value : {};
}

export function listIn(object: JsonObject, name: string): JsonValue[] {
  const value = object[name];
  return Array.isArray(value) ? value : [];
}

/** A member that is a text with something in it, else `null`. */
export function textIn(object: JsonObject, name: string): string | null {
  const value = object[name];
  return typeof value === "string" && value !== "" ? value : null;
}

/** A member that is a whole number from 0 to a million millions; anything else is not taken. */
export function countIn(object: JsonObject, name: string): number | undefined {
  return count(object[name]);
}

export function count(value: JsonValue | undefined): number | undefined {
  return Number.isInteger(value) ? amount(value) : undefined;
}

/** Like `count`, for what comes in fractions (seconds, credits). */
export function amount(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" && value >= 0 && value <= HIGHEST_COUNT ? value : undefined;
}

/** The sum of what was reported; absent where nothing was. */
export function sum(...counts: (number | undefined)[]): number | undefined {
  const reported = counts.filter((each) => each !== undefined);
  return reported.length === 0 ? undefined : reported.reduce((total, each) => total + each, 0);
}

/** Usage without the units that were not reported. */
export function usageOf(counts: { [Unit in UsageUnit]?: number | undefined }): Usage {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== undefined));
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Deepest nesting of JSON that is taken in; a provider's usage has four or five levels. */
export const MAX_DEPTH = 32;

/** Whether a parsed document nests deeper than `limit`: what later walks it recursively must not run out of stack. */
export function isTooDeep(value: unknown, limit = MAX_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (limit === 0) return true;
  for (const member of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof member === "object" && member !== null && isTooDeep(member, limit - 1)) return true;
  }
  return false;
}

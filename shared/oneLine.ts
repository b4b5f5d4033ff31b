/** Breaks of lines, what moves a cursor, and marks that turn the direction of what is around them. */
const UNSHOWN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;
/** Half of a character, which no encoding has a place for. */
const HALF = /\p{Surrogate}/gu;
/** Most names need nothing of this. */
const NEEDS_CLEANING = /^\s|\s$|[\p{Cc}\p{Surrogate}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Somebody's name for something, as one line that can be shown anywhere: at most so many UTF-16 units, none cut in half. */
export function oneLine(text: string, maxLength: number): string {
  // What is cut off in any case need not be read; spaces at the ends may be, so a little more is.
  const beginning = text.length <= 2 * maxLength ? text : text.slice(0, 2 * maxLength);
  const line = NEEDS_CLEANING.test(beginning)
    ? beginning.replace(UNSHOWN, " ").replace(HALF, "\ufffd").trim()
    : beginning;
  if (line.length <= maxLength) return line;
  const cut = line.slice(0, maxLength);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNSHOWN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** Half of a character, which no encoding has a place for. */
const HALF = /\p{Surrogate}/gu;

/** A name of the host's as one line of text that can be shown; `null` where it is no text or nothing is left of it. */
export function oneLine(value: unknown): string | null {
  if (typeof value !== "string") return null;
  return value.slice(0, MAX_LENGTH_READ).replace(UNSHOWN, " ").replace(HALF, "\ufffd").trim() || null;
}

/** What is longer is cut in any case. */
const MAX_LENGTH_READ = 1_000;

/** So many different names, and for those that come after them `null`: who puts an id into a name does not fill the reports. */
export function createNameLimit(most: number): (name: string) => string | null {
  const names = new Set<string>();
  return (name) => {
    if (names.has(name)) return name;
    if (names.size >= most) return null;
    names.add(name);
    return name;
  };
}

import { oneLine } from "../../shared/oneLine.ts";

/** A name of the host's as one line of text that can be shown; `null` where it is no text or nothing is left of it. */
export function shownText(value: unknown): string | null {
  return typeof value === "string" ? oneLine(value, MAX_LENGTH_READ) || null : null;
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

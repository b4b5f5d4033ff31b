/**
 * Paths as sources: the shim names a request by its path, the daemon a span of another language's, and the same path has to
 * be the same source.
 */

const NUMBER = /^\d+$/;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const LONG_HEX = /^[0-9a-f]{12,}$/i;
/** Base-62 ids (nanoid, ulid, cuid, ksuid, `chat_8fK2…`): long, with a digit, and no words between hyphens. */
const LONG_ID = /^(?=.*\d)[A-Za-z0-9_]{16,}$/;
const LONG_ID_WITH_HYPHENS = /^(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9_-]{16,}$/;
/** What is longer is no name that somebody gave to a route. */
const MAX_SEGMENT_LENGTH = 64;

function isId(segment: string): boolean {
  return (
    segment.length > MAX_SEGMENT_LENGTH ||
    NUMBER.test(segment) ||
    UUID.test(segment) ||
    LONG_HEX.test(segment) ||
    LONG_ID.test(segment) ||
    LONG_ID_WITH_HYPHENS.test(segment)
  );
}

/** A path without its query, cleaned, and with what looks like an id (numbers, UUIDs, long hex and base-62) written `:id`. */
export function foldedPath(url: string): string {
  return `/${foldedSegments(url.replace(/[?#].*$/s, "")).join("/")}`;
}

/** Paths of their own by which SvelteKit, Nuxt and React Router ask for a page's data. */
const PAGE_DATA = /(?:\/__data\.json|\/_payload\.json|\/_root\.data|\.data)$/;
const ORIGIN = /^[a-z]+:\/\/[^/]*/i;
/** A path is looked at no further; the rest of it is a segment too long. */
const MAX_PATH_LENGTH = 2_000;

/** The same of a path that has no query, by its segments. */
export function foldedSegments(path: string): string[] {
  return path
    .slice(0, MAX_PATH_LENGTH)
    .replace(ORIGIN, "")
    .replace(PAGE_DATA, "")
    .split("/")
    .map(decoded)
    .filter((segment) => segment !== "")
    .map((segment) => (isId(segment) ? ":id" : segment));
}

function decoded(segment: string): string {
  if (!segment.includes("%")) return cleaned(segment);
  try {
    return cleaned(decodeURIComponent(segment).replaceAll("/", "%2F"));
  } catch {
    return cleaned(segment);
  }
}

/** Without what no one can read: control and formatting characters, halves of characters. */
export function cleaned(text: string): string {
  return text.replace(/\p{C}/gu, "").trim();
}

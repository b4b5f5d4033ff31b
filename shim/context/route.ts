import { MAX_NAME_LENGTH } from "../../shared/sources.ts";

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

/** Of each path that was met: an app asks and is asked for few of them, again and again. */
const routes = new Map<string, string>();
const MAX_REMEMBERED_PATHS = 500;
/** Longer ones are hardly asked for twice. */
const MAX_REMEMBERED_LENGTH = 500;

/**
 * The route that an inbound request's URL belongs to: its path without query, cleaned, with what looks like an id (numbers,
 * UUIDs, long hex and base-62) written `:id`. Whatever is asked for, the routes of a process are bounded in number: of what
 * stands below one path the first few are told apart, and the rest is `*`.
 */
export function routeOf(url: string): string {
  const query = url.search(/[?#]/);
  const path = query === -1 ? url : url.slice(0, query);
  let route = routes.get(path);
  if (route !== undefined) return route;
  route = bounded(foldedSegments(path));
  if (routes.size >= MAX_REMEMBERED_PATHS) routes.clear();
  if (path.length <= MAX_REMEMBERED_LENGTH) routes.set(path, route);
  return route;
}

/** The same for a request that is not to count as a route: nothing is kept of it. */
export function foldedPath(url: string): string {
  return foldedSegments(url.replace(/[?#].*$/s, "")).join("/");
}

/** Paths of their own by which SvelteKit, Nuxt and React Router ask for a page's data. */
const PAGE_DATA = /(?:\/__data\.json|\/_payload\.json|\/_root\.data|\.data)$/;
const ORIGIN = /^[a-z]+:\/\/[^/]*/i;
/** A path is looked at no further; the rest of it is a segment too long. */
const MAX_PATH_LENGTH = 2_000;

function foldedSegments(path: string): string[] {
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
function cleaned(text: string): string {
  return text.replace(/\p{C}/gu, "").trim();
}

const MAX_DEPTH = 10;
const MAX_BELOW_ONE = 50;
const MAX_ALTOGETHER = 1_000;
/** Of each path the segments that were met below it. */
const below = new Map<string, Set<string>>();
let altogether = 0;

function bounded(segments: readonly string[]): string {
  let route = "";
  for (const [depth, segment] of segments.entries()) {
    const longer = `${route}/${segment}`;
    if (depth >= MAX_DEPTH || longer.length > MAX_NAME_LENGTH - 2) return `${route}/*`;
    const siblings = below.get(route) ?? new Set();
    if (siblings.has(segment)) {
      route = longer;
      continue;
    }
    if (altogether >= MAX_ALTOGETHER) return `${route}/*`;
    if (siblings.size >= MAX_BELOW_ONE) {
      route = `${route}/*`;
      if (route.length > MAX_NAME_LENGTH - 2) return route;
      continue;
    }
    siblings.add(segment);
    below.set(route, siblings);
    altogether += 1;
    route = longer;
  }
  return route === "" ? "/" : route;
}

/** `*`, `/*`, `/{*path}`, `(.*)`: all that is left over, for others to tell apart. */
const WILDCARD_ONLY = /^\/?[({]?\.?\*\w*[)}]?$/;
/** All of tRPC's procedures, where a file of Next stands for them. */
const PROCEDURES = /\/\[trpc\]$/;

/** A framework's pattern as a source: `null` where it says nothing that the path does not say better. */
export function routeOfPattern(pattern: unknown): string | null {
  if (typeof pattern !== "string" || pattern === "") return null;
  if (WILDCARD_ONLY.test(pattern) || PROCEDURES.test(pattern)) return null;
  const path = `/${cleaned(pattern.slice(0, MAX_NAME_LENGTH - 1))}`.replace(/\/{2,}/g, "/");
  return path.length > 1 ? path.replace(/\/$/, "") : path;
}

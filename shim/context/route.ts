import { cleaned, foldedSegments } from "../../shared/foldedPath.ts";
import { MAX_NAME_LENGTH } from "../../shared/sources.ts";

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

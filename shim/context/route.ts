import { MAX_NAME_LENGTH } from "../../shared/sources.ts";

const NUMBER = /^\d+$/;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const LONG_HEX = /^[0-9a-f]{12,}$/i;
/** Base-62 ids (nanoid, ulid, cuid, ksuid, `chat_8fK2…`): long, with a digit, and no words between hyphens. */
const LONG_ID = /^(?=.*\d)[A-Za-z0-9_]{16,}$/;
const LONG_ID_WITH_HYPHENS = /^(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9_-]{16,}$/;

function isId(segment: string): boolean {
  return (
    NUMBER.test(segment) ||
    UUID.test(segment) ||
    LONG_HEX.test(segment) ||
    LONG_ID.test(segment) ||
    LONG_ID_WITH_HYPHENS.test(segment)
  );
}

/** Of each URL that was met: an app asks and is asked for few of them, again and again. */
const routes = new Map<string, string>();
const MAX_REMEMBERED_URLS = 500;
/** Longer ones are hardly asked for twice. */
const MAX_REMEMBERED_LENGTH = 500;

/**
 * The route that an inbound request's URL belongs to: its path without query, with what looks like an id (numbers,
 * UUIDs, long hex and base-62) written `:id`.
 */
export function routeOf(url: string): string {
  let route = routes.get(url);
  if (route !== undefined) return route;
  route = foldedRoute(url);
  if (routes.size >= MAX_REMEMBERED_URLS) routes.clear();
  if (url.length <= MAX_REMEMBERED_LENGTH) routes.set(url, route);
  return route;
}

function foldedRoute(url: string): string {
  const path = /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] ?? "";
  const folded = path
    .split("/")
    .map((segment) => (isId(segment) ? ":id" : segment))
    .join("/")
    .replace(/(.)\/+$/, "$1");
  return (folded === "" ? "/" : folded).slice(0, MAX_NAME_LENGTH);
}

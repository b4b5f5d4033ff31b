import { member } from "../packages.ts";
import { routeOf } from "../route.ts";

/**
 * Express 4 and 5, and Nest on them, leave the route on the request, below the place where its router is mounted. That
 * place they tell only as it was asked for (`/teams/7`): its pattern is looked for in the app, by the routers that lead to
 * the route, and where it is not found (below an app within the app) its ids are folded.
 */
export function expressPattern(marks: object | null): unknown {
  const route = member(marks, "route");
  const path = member(route, "path");
  if (typeof path !== "string") return undefined;
  const mounted = member(marks, "baseUrl");
  if (typeof mounted !== "string" || mounted === "") return path;
  const search = { route, layersLeft: MAX_LAYERS };
  const pattern = mountPattern(layersOf(rootOf(member(marks, "app"))), mounted, search);
  return `${pattern ?? routeOf(mounted)}${path}`;
}

/** Of an app that has more, the place is told as it was asked for. */
const MAX_LAYERS = 2_000;

function rootOf(app: unknown): unknown {
  // Express 4 throws over `router`.
  return member(app, "_router") ?? member(app, "router");
}

function layersOf(router: unknown): readonly unknown[] {
  const stack = member(router, "stack");
  return Array.isArray(stack) ? stack : [];
}

/** The patterns of the routers between these layers and the one that has the route, which is at the end of this path. */
function mountPattern(
  layers: readonly unknown[],
  path: string,
  search: { route: unknown; layersLeft: number },
): string | null {
  if (path === "" && layers.some((layer) => member(layer, "route") === search.route)) return "";
  for (const layer of layers) {
    search.layersLeft -= 1;
    if (search.layersLeft < 0) return null;
    const inner = layersOf(member(layer, "handle"));
    const mount = inner.length === 0 ? null : mountAt(layer, path);
    if (mount === null) continue;
    const rest = mountPattern(inner, path.slice(mount.path.length), search);
    if (rest !== null) return `${mount.pattern}${rest}`;
  }
  return null;
}

interface Mount {
  /** The part of the path that it stands for. */
  path: string;
  pattern: string;
}

/** Asks as Express does, but for `match`, which would leave its answer on the layer. */
function mountAt(layer: unknown, path: string): Mount | null {
  const regexp = member(layer, "regexp");
  if (member(layer, "slash") === true || member(regexp, "fast_slash") === true)
    return { path: "", pattern: "" };
  if (regexp instanceof RegExp) {
    const [matched, ...values] = regexp.exec(path) ?? [];
    const keys = member(layer, "keys");
    if (matched === undefined || !Array.isArray(keys)) return null;
    return mount(
      matched,
      keys.map((key, index) => [member(key, "name"), values[index]]),
    );
  }
  const matchers = member(layer, "matchers");
  for (const matcher of Array.isArray(matchers) ? matchers : []) {
    const match: unknown = typeof matcher === "function" ? matcher(path) : null;
    const matched = member(match, "path");
    const params = member(match, "params");
    if (typeof matched === "string" && typeof params === "object" && params !== null) {
      return mount(matched, Object.entries(params));
    }
  }
  return null;
}

/** Names in place of the values, each after the one before; `null` where a value is no whole segment of the path. */
function mount(path: string, params: readonly (readonly [unknown, unknown])[]): Mount | null {
  const segments = path.replace(/\/$/, "").split("/");
  let from = 0;
  for (const [name, value] of params) {
    const at = segments.findIndex((segment, index) => index >= from && decoded(segment) === decoded(value));
    if (value === undefined) continue;
    if (typeof name !== "string" || at === -1) return null;
    segments[at] = `:${name}`;
    from = at + 1;
  }
  return { path: path.replace(/\/$/, ""), pattern: segments.join("/") };
}

function decoded(text: unknown): unknown {
  try {
    return typeof text === "string" ? decodeURIComponent(text) : undefined;
  } catch {
    return text;
  }
}

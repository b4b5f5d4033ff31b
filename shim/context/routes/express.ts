import { member } from "../packages.ts";
import { routeOf } from "../route.ts";

/**
 * Express 4 and 5, and Nest on them, leave the route on the request, below the place where its router is mounted. That
 * place they tell only as it was asked for (`/teams/7`), so its ids are folded.
 */
export function expressPattern(marks: object | null): unknown {
  const path = member(member(marks, "route"), "path");
  if (typeof path !== "string") return undefined;
  const mounted = member(marks, "baseUrl");
  return typeof mounted === "string" && mounted !== "" ? `${routeOf(mounted)}${path}` : path;
}

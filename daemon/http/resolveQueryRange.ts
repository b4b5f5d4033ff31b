import type { Range, ResolvedRange } from "../../shared/range.ts";
import type { TimeRange } from "../store/store.ts";
import { resolveRange } from "../time/range.ts";
import { Problem } from "./problem.ts";

/** A range as instants; a range that is none is refused by the name of its parameter. */
export function resolveQueryRange(
  range: Range,
  nowMs: number,
  timeZone: string,
): { range: TimeRange; resolved: ResolvedRange } {
  const resolution = resolveRange(range, nowMs, timeZone);
  if (!resolution.ok) {
    throw new Problem(400, `${resolution.field} ${resolution.message}.`, resolution.field);
  }
  return { range: resolution.range, resolved: resolution.resolved };
}

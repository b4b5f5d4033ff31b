import { type Dimension, isDimension } from "./dimensions.ts";

/** Views that links lead to. */
const views = ["overview", "calls", "protection", "team"] as const;

/** Where in the dashboard a link leads. */
export interface DashboardPlace {
  view: (typeof views)[number];
  /** Narrows every view down to this value; the empty string stands for "none". */
  narrow?: { dimension: Dimension; value: string };
}

/** Reads a place, as a link, another extension or a message gives it; `null` where it is none. */
export function parseDashboardPlace(raw: unknown): DashboardPlace | null {
  if (typeof raw !== "object" || raw === null) return null;
  const { view: wanted, narrow } = raw as Record<string, unknown>;
  const view = views.find((known) => known === wanted);
  if (view === undefined) return null;
  if (typeof narrow !== "object" || narrow === null) return { view };
  const { dimension, value } = narrow as Record<string, unknown>;
  if (typeof dimension !== "string" || !isDimension(dimension) || typeof value !== "string") return { view };
  return { view, narrow: { dimension, value } };
}

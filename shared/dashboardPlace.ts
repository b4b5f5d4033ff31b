import { type Dimension, isDimension } from "./dimensions.ts";

/** Views that links lead to. */
const views = ["overview", "calls", "protection", "team"] as const;

/** Periods of the status bar, each of which the dashboard has too. */
const tickerPeriods = ["session", "today", "week", "month"] as const;

/** Where in the dashboard a link leads. */
export interface DashboardPlace {
  view: (typeof views)[number];
  /** Narrows every view down to this value; the empty string stands for "none". */
  narrow?: { dimension: Dimension; value: string };
  /** What the figure beside the link is of: the dashboard is to show the same, narrowed down by nothing else. */
  figureOf?: { period: (typeof tickerPeriods)[number]; workspaces: string[] };
}

/** Reads a place, as a link, another extension or a message gives it; `null` where it is none. */
export function parseDashboardPlace(raw: unknown): DashboardPlace | null {
  if (typeof raw !== "object" || raw === null) return null;
  const { view: wanted, narrow: rawNarrow, figureOf: rawFigureOf } = raw as Record<string, unknown>;
  const view = views.find((known) => known === wanted);
  if (view === undefined) return null;
  const narrow = parseNarrow(rawNarrow);
  const figureOf = parseFigureOf(rawFigureOf);
  return { view, ...(narrow && { narrow }), ...(figureOf && { figureOf }) };
}

function parseNarrow(raw: unknown): DashboardPlace["narrow"] {
  if (typeof raw !== "object" || raw === null) return undefined;
  const { dimension, value } = raw as Record<string, unknown>;
  if (typeof dimension !== "string" || !isDimension(dimension) || typeof value !== "string") return undefined;
  return { dimension, value };
}

function parseFigureOf(raw: unknown): DashboardPlace["figureOf"] {
  if (typeof raw !== "object" || raw === null) return undefined;
  const { period: wanted, workspaces } = raw as Record<string, unknown>;
  const period = tickerPeriods.find((known) => known === wanted);
  if (period === undefined || !Array.isArray(workspaces)) return undefined;
  return { period, workspaces: workspaces.filter((path): path is string => typeof path === "string") };
}

import type { Dimension } from "../../shared/dimensions.ts";
import type { Sort } from "../model/breakdown.ts";
import type { Period } from "../model/period.ts";

export const views = ["overview", "calls"] as const;
export type View = (typeof views)[number];

/** What the user chose to look at; kept by the host over reloads. */
export interface Choices {
  view: View;
  period: Period;
  /** Absolute path of a workspace; `null` is everything. */
  scope: string | null;
  dimension: Dimension;
  sort: Sort;
}

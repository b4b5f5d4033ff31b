import type { CallStatus, CostStatus } from "../../shared/call.ts";
import type { Dimension, Filters } from "../../shared/dimensions.ts";
import type { TeamDimensionName, TeamFilters } from "../../shared/teamSpend.ts";
import type { Sort } from "../model/breakdown.ts";
import type { TableSort } from "../model/figuresTable.ts";
import type { PerformanceMeasure } from "../model/performance.ts";
import type { Period } from "../model/period.ts";

export const views = [
  "overview",
  "calls",
  "conversations",
  "performance",
  "team",
  "prices",
  "protection",
] as const;
export type View = (typeof views)[number];

/** Of the list of calls alone, besides the filters of all views. */
export interface CallFilters {
  filters: Filters;
  status: CallStatus | null;
  costStatus: CostStatus | null;
}

export const noCallFilters: CallFilters = { filters: {}, status: null, costStatus: null };

/** What the user chose to look at; kept by the host over reloads. */
export interface Choices {
  view: View;
  period: Period;
  /** Absolute path of a workspace; `null` is everything. */
  scope: string | null;
  /** What every view is narrowed down to. */
  filters: Filters;
  dimension: Dimension;
  /** What the breakdown is broken down by within `dimension`. */
  second: Dimension | null;
  sort: Sort;
  /** What the rows of the view's table must contain. */
  search: string;
  callFilters: CallFilters;
  /** Of the tables of other views than the overview, by columns of their own. */
  sorts: { [Name in View]?: TableSort };
  performanceBy: Dimension;
  measure: PerformanceMeasure;
  teamBy: TeamDimensionName;
  /** What the team's spend is narrowed down to. */
  teamFilters: TeamFilters;
  /** How far each view was scrolled, in pixels. */
  scroll: { [Name in View]?: number };
}

/** Lines over time, to draw and to list. */
export interface LineChart {
  points: {
    /** Under the point. */
    tick: string;
    /** In full, for the tooltip and the table. */
    name: string;
  }[];
  /** `share` is from 0 to 1. */
  unit: LineUnit;
  /** `null` where nothing was measured: the line breaks. */
  lines: { label: string; values: (number | null)[] }[];
}

export type LineUnit = "milliseconds" | "share";

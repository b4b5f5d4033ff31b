import type { Formats } from "../model/formats.ts";
import type { ChartTheme } from "./theme.ts";

/** Something drawn on a canvas, of `Data`. */
export interface DrawnChart<Data> {
  show(data: Data, theme: ChartTheme, formats: Formats): void;
  destroy(): void;
}

import type { ReadonlySignal } from "@preact/signals";
import type { Period } from "../model/period.ts";
import type { Timers } from "./throttle.ts";

/** What the page around the dashboard says of itself. */
export interface Surroundings {
  locale: string;
  /** Absolute path of the workspace that is open, where one is. */
  workspace: string | null;
  /** What to look at first: that workspace, or everything. */
  firstScope: "workspace" | "all";
  firstPeriod: Period;
  /** ISO 8601 instant at which this session began, where the host has sessions. */
  sessionStart: string | null;
  timers: Timers;
  /** Whether anybody can see the dashboard; while hidden it reads nothing. */
  visible: ReadonlySignal<boolean>;
}

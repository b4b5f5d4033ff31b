import type { Usage } from "../../../shared/usage.ts";
import type { Reading } from "./formatReader.ts";

/** A reading of what is named; the rest was not said. */
export function readingOf(said: Partial<Reading> & { usage: Usage }): Reading {
  return { responseModel: null, responseId: null, serviceTier: null, unfinished: false, ...said };
}

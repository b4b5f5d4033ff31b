import type { Usage } from "../../../shared/usage.ts";
import type { Reading } from "./formatReader.ts";

/** A reading of what is named; the rest was not said. */
export function readingOf(said: Partial<Reading> & { usage: Usage }): Reading {
  return { responseModel: null, responseId: null, serviceTier: null, unfinished: false, ...said };
}

/** How work ended, by the word that its provider has for it; nothing where it ended well, or did not end. */
export function endOf(status: string | null): Pick<Reading, "ended"> {
  const word = status?.toLowerCase().replace(/^.*_state_/, "") ?? "";
  if (word === "failed" || word === "expired") return { ended: "failed" };
  return word === "cancelled" || word === "canceled" ? { ended: "cancelled" } : {};
}

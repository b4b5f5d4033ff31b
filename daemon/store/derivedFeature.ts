import type { CallSite } from "../../shared/call.ts";
import { MAX_NAME_LENGTH } from "../../shared/sources.ts";

/** A feature that nobody named is called as the function it is in, or as its file where that has no name. */
export function derivedFeature(callSite: CallSite | null): string | null {
  if (callSite === null) return null;
  return callSite.function ?? (callSite.file.replace(/\.[cm]?[jt]sx?$/, "").slice(-MAX_NAME_LENGTH) || null);
}

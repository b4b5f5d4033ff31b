import { t } from "../localisation/t.ts";
import type { Answer, Failure } from "./dashboardHost.ts";

/** The failures that both hosts meet, in words. */

export function accepted<T>(value: T | null): Answer<T> {
  if (value !== null) return { ok: true, value };
  return failed("nonsense", t("The daemon's answer is not understood: it may be of another version."));
}

/** The daemon said no. A question without an object that it does not find is one that it does not know. */
export function refused(status: number, words: string, asksForOne: boolean): Answer<never> {
  return status === 404 && !asksForOne
    ? failed("unknown", t("The daemon that runs is older than this page and does not know this view yet."))
    : failed("refused", words);
}

export function failed(kind: Failure["kind"], message: string): Answer<never> {
  return { ok: false, failure: { kind, message } };
}

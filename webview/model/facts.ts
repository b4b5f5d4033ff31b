import type { SpendTotals } from "../../shared/spend.ts";
import { t } from "../localisation/t.ts";
import { type Formats, UNKNOWN } from "./formats.ts";

export interface Fact {
  name: "calls" | "tokens" | "cache" | "errors" | "retries" | "aborted" | "p50" | "p95";
  label: string;
  value: string;
  /** Longer words for whoever hovers or asks. */
  hint: string;
  bad: boolean;
}

/** From this share of failed calls on they are shown as a problem. */
export const BAD_ERROR_RATIO = 0.01;

export function errorRatio(totals: Pick<SpendTotals, "calls" | "errors">): number {
  return totals.calls === 0 ? 0 : totals.errors / totals.calls;
}

/** The figures under the total, most asked-for first. */
export function factsOf(totals: SpendTotals, formats: Formats): Fact[] {
  const { calls, errors, retries, aborted, inputTokens, outputTokens, cacheReadInputTokens } = totals;
  const callsFact: Fact = {
    name: "calls",
    label: t("Calls"),
    value: formats.count(calls),
    hint: t("HTTP exchanges with AI providers, retries included"),
    bad: false,
  };
  // Without calls there is nothing more to tell.
  if (calls === 0) return [callsFact];
  const facts: Fact[] = [
    callsFact,
    {
      name: "tokens",
      label: t("Tokens in / out"),
      value: `${formats.compact(inputTokens)} / ${formats.compact(outputTokens)}`,
      hint: t(
        "{0} in, {1} out, as reported by the providers",
        formats.count(inputTokens),
        formats.count(outputTokens),
      ),
      bad: false,
    },
    {
      name: "cache",
      label: t("From cache"),
      value: inputTokens > 0 ? formats.percent(cacheReadInputTokens / inputTokens) : UNKNOWN,
      hint: t("Share of the input tokens that the provider read from its prompt cache"),
      bad: false,
    },
    {
      name: "errors",
      label: t("Errors"),
      value: errors === 0 ? t("none") : formats.percent(errorRatio(totals)),
      hint: t("{0} of {1} calls failed", formats.count(errors), formats.count(calls)),
      bad: errorRatio(totals) >= BAD_ERROR_RATIO,
    },
    {
      name: "retries",
      label: t("Retries"),
      value: retries === 0 ? t("none") : `${formats.count(retries)} · ${formats.usd(totals.retryCostUsd)}`,
      hint: t("Attempts after the first, and the cost of these and of failed attempts"),
      bad: false,
    },
    {
      name: "p95",
      label: t("p50 / p95"),
      value: `${formats.duration(totals.durationP50Ms)} / ${formats.duration(totals.durationP95Ms)}`,
      hint: t("Half of the calls, and 95 % of them, took no longer than this"),
      bad: false,
    },
  ];
  if (aborted > 0) {
    facts.splice(5, 0, {
      name: "aborted",
      label: t("Aborted"),
      value: formats.count(aborted),
      hint: t("Calls that your code gave up before their end"),
      bad: false,
    });
  }
  return facts;
}

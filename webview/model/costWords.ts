import type { Call, CallStatus, CostStatus } from "../../shared/call.ts";
import type { SpendTotals } from "../../shared/spend.ts";
import { t } from "../localisation/t.ts";
import type { Formats } from "./formats.ts";

/** How sure a cost is, for a reader. */
export const costStatusWords: Record<CostStatus, string> = {
  declared: t("as told by the provider"),
  computed: t("computed from the reported usage"),
  estimated: t("estimated: the provider reported no full usage"),
  free: t("free: a local model"),
  unpriced: t("no price is known for this model"),
  incomplete: t("at least this: a part of it has no price"),
};

export const callStatusWords: Record<CallStatus, string> = {
  ok: t("ok"),
  error: t("error"),
  aborted: t("aborted"),
  pending: t("running"),
};

export interface CostWords {
  text: string;
  /** Empty where the figure says all. */
  note: string;
  /** Whether there is an amount at all. */
  known: boolean;
}

/** Cost of one call. What is not known is said, never shown as zero. */
export function callCost(call: Pick<Call, "costUsd" | "costStatus" | "status">, formats: Formats): CostWords {
  const { costUsd, costStatus } = call;
  if (call.status === "pending")
    return { text: t("running"), note: t("its cost is not yet known"), known: false };
  if (costUsd === null) return { text: t("no price"), note: costStatusWords[costStatus], known: false };
  const amount = formats.usd(costUsd);
  switch (costStatus) {
    case "free":
      return { text: t("free"), note: "", known: true };
    case "estimated":
      return { text: `≈ ${amount}`, note: t("estimated"), known: true };
    case "incomplete":
      return { text: `≥ ${amount}`, note: t("at least"), known: true };
    case "unpriced":
    case "declared":
    case "computed":
      return { text: amount, note: "", known: true };
    default:
      return costStatus satisfies never;
  }
}

/** A sum over calls: "no price" where none of them has one, "≥" where some have none. */
export function spendWords(totals: SpendTotals, formats: Formats): CostWords {
  const { calls, unpricedCalls, incompleteCalls, estimatedCalls } = totals;
  if (calls > 0 && unpricedCalls >= calls) return { text: t("no price"), note: "", known: false };
  const amount = formats.usd(totals.costUsd);
  const parts = [
    unpricedCalls > 0 ? t("{0} without a price not included", callsInWords(unpricedCalls, formats)) : "",
    incompleteCalls > 0 ? t("{0} only in part", callsInWords(incompleteCalls, formats)) : "",
    estimatedCalls > 0 ? t("{0} estimated", callsInWords(estimatedCalls, formats)) : "",
  ].filter((part) => part !== "");
  const lowerBound = unpricedCalls > 0 || incompleteCalls > 0;
  return { text: lowerBound ? `≥ ${amount}` : amount, note: parts.join(", "), known: true };
}

/** Average cost of the calls that have one, or `null`. */
export function costPerCallUsd(totals: SpendTotals): string | null {
  const priced = totals.calls - totals.unpricedCalls;
  return priced > 0 ? (Number(totals.costUsd) / priced).toFixed(9) : null;
}

export function callsInWords(calls: number, formats: Formats): string {
  return calls === 1 ? t("1 call") : t("{0} calls", formats.count(calls));
}

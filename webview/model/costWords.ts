import type { Call, CallStatus, CostStatus } from "../../shared/call.ts";
import type { SpendTotals } from "../../shared/spend.ts";
import type { Formats } from "./formats.ts";

/** How sure a cost is, for a reader. */
export const costStatusWords: Record<CostStatus, string> = {
  declared: "as told by the provider",
  computed: "computed from the reported usage",
  estimated: "estimated: the provider reported no full usage",
  free: "free: a local model",
  unpriced: "no price is known for this model",
  incomplete: "at least this: a part of it has no price",
};

export const callStatusWords: Record<CallStatus, string> = {
  ok: "ok",
  error: "error",
  aborted: "aborted",
  pending: "running",
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
  if (call.status === "pending") return { text: "running", note: "its cost is not yet known", known: false };
  if (costUsd === null) return { text: "no price", note: costStatusWords[costStatus], known: false };
  const amount = formats.usd(costUsd);
  switch (costStatus) {
    case "free":
      return { text: "free", note: "", known: true };
    case "estimated":
      return { text: `≈ ${amount}`, note: "estimated", known: true };
    case "incomplete":
      return { text: `≥ ${amount}`, note: "at least", known: true };
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
  if (calls > 0 && unpricedCalls >= calls) return { text: "no price", note: "", known: false };
  const amount = formats.usd(totals.costUsd);
  const parts = [
    unpricedCalls > 0 ? `${callsInWords(unpricedCalls, formats)} without a price not included` : "",
    incompleteCalls > 0 ? `${callsInWords(incompleteCalls, formats)} only in part` : "",
    estimatedCalls > 0 ? `${callsInWords(estimatedCalls, formats)} estimated` : "",
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
  return `${formats.count(calls)} ${calls === 1 ? "call" : "calls"}`;
}

import { formatUsd, nanoUsdToDecimal } from "../../shared/money.ts";
import { BudgetExceededError, CircuitOpenError } from "../errors.ts";
import type { CircuitKey } from "./circuits.ts";
import type { Exceeded } from "./ledger.ts";

/** What is known of the daemon when a call is refused: since when its figures stand, and whether it is there at all. */
export interface Knowledge {
  asOf: string;
  daemonRuns: boolean;
}

/** The host's error, in words for the developer who reads it in a log. */
export function budgetRefusal(
  { budget, spentNanoUsd, ownNanoUsd }: Exceeded,
  nanoUsd: number,
  { asOf, daemonRuns }: Knowledge,
): BudgetExceededError {
  const { id, period, scope, limitNanoUsd } = budget;
  const limitUsd = nanoUsdToDecimal(limitNanoUsd);
  const covered = scope === null ? "" : ` for ${scope.dimension} ${scope.value}`;
  const own = ownNanoUsd > 0 ? `, this process's latest calls may take ${usd(ownNanoUsd)}` : "";
  const known = daemonRuns ? "" : ` As known at ${timeOf(asOf)}: the daemon is not running.`;
  return new BudgetExceededError(
    `Taximeter stopped this call: of the budget of ${formatUsd(limitUsd)} a ${period}${covered}, ${usd(spentNanoUsd)} is spent${own}, and it may cost up to ${usd(nanoUsd)}.${known}`,
    { budgetId: id, limitUsd },
  );
}

export function circuitRefusal(
  { provider, model }: CircuitKey,
  untilMs: number,
  source: string | null,
): CircuitOpenError {
  const whom = model === null ? provider : `${model} at ${provider}`;
  return new CircuitOpenError(
    `Taximeter stopped this call: too many calls to ${whom} just failed. The next one is let through after ${timeOf(new Date(untilMs).toISOString())}.`,
    { source },
  );
}

/** To a millionth of a dollar: rounded as elsewhere, figures that fill a budget could read as if there were room. */
function usd(nanoUsd: number): string {
  const [dollars, places = ""] = nanoUsdToDecimal(Math.ceil(nanoUsd / 1_000) * 1_000).split(".");
  return `$${dollars}.${places.padEnd(2, "0")}`;
}

/** `12:03:20`, in the process's own time zone. */
function timeOf(instant: string): string {
  return new Date(instant).toTimeString().slice(0, 8);
}

import type { Call } from "../../../shared/call.ts";
import { formatCost } from "../format/amounts.ts";
import { costStatusText, modelText, sourceText, statusText, tokensText } from "../format/calls.ts";
import { formatDuration } from "../format/numbers.ts";
import { pad } from "../format/text.ts";
import { formatClock } from "../format/time.ts";

/** One call on one line, for a log: what stands in no terminal can't be redrawn. The
 * columns are as wide as what is common, so that lines align without knowing of each other. */
export function callLine(call: Call): string {
  return [
    formatClock(call.startedAt),
    pad(sourceText(call), 28, "left"),
    pad(modelText(call), 32, "left"),
    pad(formatDuration(call.durationMs), 8, "right"),
    pad(tokensText(call), 15, "right"),
    formatCost(call.costUsd),
    costStatusText(call),
    statusText(call),
  ]
    .filter((part) => part !== "")
    .join("  ");
}

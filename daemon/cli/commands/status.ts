import { Command } from "commander";
import type { DaemonStatus } from "../../../shared/daemonStatus.ts";
import { NoDaemonError } from "../../client/errors.ts";
import type { CommandContext } from "../context.ts";
import { counted, formatBytes, formatCount } from "../format/numbers.ts";
import { plainText } from "../format/text.ts";
import { formatClock, formatInstant } from "../format/time.ts";
import { printJson, printLines } from "../print.ts";

/** `taximeter status`: what the daemon says of itself. Starts none. */
export function statusCommand(context: CommandContext): Command {
  return new Command("status")
    .description("whether the daemon runs, and how it does")
    .option("--json", "as JSON: {running, …}")
    .action(async ({ json }: { json?: true }) => {
      const status = await runningStatus(context);
      if (json) printJson(context, status === null ? { running: false } : { running: true, ...status });
      else if (status === null)
        printLines(context, [
          "No daemon is running. It starts with VS Code, with any other command, or by: taximeter start",
        ]);
      else printLines(context, renderStatus(status, context));
    });
}

async function runningStatus(context: CommandContext): Promise<DaemonStatus | null> {
  try {
    return await context.connect({ start: false }).request("status", {});
  } catch (error) {
    if (error instanceof NoDaemonError) return null;
    throw error;
  }
}

export function renderStatus(status: DaemonStatus, { theme }: Pick<CommandContext, "theme">): string[] {
  const { ingested, priceCatalogue } = status;
  const facts: [string, string][] = [
    ["daemon", `version ${status.version}, process ${status.pid}, port ${status.port}`],
    ["since", formatInstant(status.startedAt)],
    ["home", status.home],
    ["developer", `${status.developer}, days of ${status.timeZone}`],
    ["stored", `${counted(status.storedCalls, "call")}, ${formatBytes(status.storeBytes)}`],
    [
      "taken in",
      `${formatCount(ingested.accepted)} accepted, ${formatCount(ingested.updated)} updated, ${formatCount(ingested.duplicate)} repeated, ${formatCount(ingested.ignored)} no calls, ${formatCount(ingested.rejected)} rejected`,
    ],
    [
      "listening",
      `${counted(status.activeRuns, "metered process", "metered processes")}, ${counted(status.liveClients, "live view")}`,
    ],
    [
      "prices",
      `${priceCatalogue.version} of ${priceCatalogue.date}${priceCatalogue.stale ? ", out of date" : ""}`,
    ],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = facts.map(([name, fact]) => `${theme.faint(name.padEnd(width))}  ${fact}`);
  if (!status.recording) lines.push(theme.warning("Paused: calls are not taken in."));
  if (status.droppedCalls > 0) {
    lines.push(
      theme.warning(
        `${counted(status.droppedCalls, "call")} could not be kept by the processes that made them.`,
      ),
    );
  }
  if (status.refusedCalls !== undefined) {
    const were = status.refusedCalls === 1 ? "was" : "were";
    lines.push(
      theme.warning(
        `${counted(status.refusedCalls, "call")} ${were} stopped by hard stops or circuit breakers since the daemon started.`,
      ),
    );
  }
  for (const { provider, model, until } of status.openCircuits ?? []) {
    const whom = plainText(model === null ? provider : `${model} at ${provider}`);
    lines.push(theme.warning(`Calls to ${whom} are stopped until ${formatClock(until)}: too many failed.`));
  }
  return [...lines, ...status.warnings.map((warning) => theme.warning(warning))];
}

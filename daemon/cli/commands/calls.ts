import { Command, Option } from "commander";
import { type CallStatus, type CostStatus, callStatuses, costStatuses } from "../../../shared/call.ts";
import type { CommandContext } from "../context.ts";
import { renderCalls } from "../format/calls.ts";
import { formatDate } from "../format/time.ts";
import { printJson, printLines } from "../print.ts";
import { addSelection, parseCount, type SelectionOptions, selectionQuery } from "../selection.ts";

interface CallsOptions extends SelectionOptions {
  limit: number;
  status?: CallStatus;
  costStatus?: CostStatus;
  run?: string;
  cursor?: string;
  json?: true;
}

/** `taximeter calls`: single calls, newest first. */
export function callsCommand(context: CommandContext): Command {
  const command = new Command("calls")
    .description("single calls, newest first")
    .option("--limit <n>", "at most so many, up to 1,000", parseCount, 20)
    .addOption(new Option("--status <status>", "only calls that ended so").choices(callStatuses))
    .addOption(new Option("--cost-status <status>", "only calls whose cost is so").choices(costStatuses))
    .option("--run <runId>", "only calls of one run of one process")
    .option("--cursor <cursor>", "go on where the last page's nextCursor (--json) says");
  return addSelection(command, "all")
    .option("--json", "as JSON: {calls, nextCursor}")
    .action(async ({ limit, status, costStatus, run, cursor, json, ...selection }: CallsOptions) => {
      const page = await context.connect().request("calls", {
        query: {
          ...selectionQuery(selection, "all"),
          limit,
          ...(status === undefined ? {} : { status }),
          ...(costStatus === undefined ? {} : { costStatus }),
          ...(run === undefined ? {} : { runId: run }),
          ...(cursor === undefined ? {} : { cursor }),
        },
      });
      if (json) printJson(context, page);
      else if (page.calls.length === 0) printLines(context, ["No calls."]);
      else {
        const { theme, out, now } = context;
        const today = formatDate(now().toISOString());
        printLines(context, renderCalls(page.calls, { theme, columns: out.size().columns, today }));
      }
    });
}

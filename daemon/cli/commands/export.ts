import { Command, Option } from "commander";
import type { Call } from "../../../shared/call.ts";
import type { CallsPage, CallsQuery } from "../../../shared/callPages.ts";
import type { CommandContext } from "../context.ts";
import { callCsv, callsCsvHeader } from "../format/calls.ts";
import { addSelection, type SelectionOptions, selectionQuery } from "../selection.ts";

interface ExportOptions extends SelectionOptions {
  format: "ndjson" | "csv";
}

const PAGE = 1_000;

/** `taximeter export`: every call, oldest first, one a line. */
export function exportCommand(context: CommandContext): Command {
  const command = new Command("export")
    .description("every call, oldest first, one a line")
    .addOption(
      new Option("--format <format>", "what a line is").choices(["ndjson", "csv"]).default("ndjson"),
    );
  return addSelection(command, "all").action(async ({ format, ...selection }: ExportOptions) => {
    const connection = context.connect();
    const line = format === "csv" ? callCsv : (call: Call) => `${JSON.stringify(call)}\n`;
    if (format === "csv") context.out.write(callsCsvHeader());
    let cursor: string | null = null;
    do {
      const query: CallsQuery = {
        ...selectionQuery(selection, "all"),
        order: "asc",
        limit: PAGE,
        ...(cursor === null ? {} : { cursor }),
      };
      const { calls, nextCursor }: CallsPage = await connection.request("calls", { query });
      context.out.write(calls.map(line).join(""));
      await context.out.drained();
      cursor = nextCursor;
    } while (cursor !== null);
  });
}

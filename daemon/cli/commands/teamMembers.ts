import { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { renderTable } from "../format/table.ts";
import { freshnessRemarks } from "../format/teamSpend.ts";
import { plainText } from "../format/text.ts";
import { formatInstant } from "../format/time.ts";
import { printJson, printLines } from "../print.ts";

/** `taximeter team members`: who is of the team, and when each of their machines has pushed last. */
export function teamMembersCommand(context: CommandContext): Command {
  return new Command("members")
    .description("who is of the team, and when each of their machines pushed last")
    .option("--json", "as JSON: {members, freshness}")
    .action(async ({ json }: { json?: true }) => {
      const answer = await context.connect().request("teamMembers", {});
      if (json) return printJson(context, answer);
      const { theme } = context;
      const rows = answer.members.flatMap(({ developer, machines }) =>
        machines.map((machine) => ({ developer, ...machine })),
      );
      const remarks = freshnessRemarks(answer.freshness).map(({ text, bad }) =>
        bad ? theme.warning(text) : theme.faint(text),
      );
      if (rows.length === 0) return printLines(context, ["Nobody has pushed yet.", "", ...remarks]);
      printLines(context, [
        ...renderTable(
          [
            { header: "developer", align: "left", cell: ({ developer }) => plainText(developer) },
            { header: "last push", align: "left", cell: ({ lastPushedAt }) => formatInstant(lastPushedAt) },
            { header: "machine", align: "left", cell: ({ machine }) => plainText(machine.slice(0, 8)) },
            { header: "Taximeter", align: "left", cell: ({ version }) => plainText(version) },
          ],
          rows,
          { columns: context.out.size().columns, headerMark: theme.faint },
        ),
        "",
        ...remarks,
      ]);
    });
}

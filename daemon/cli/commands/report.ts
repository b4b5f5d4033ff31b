import { Command, Option } from "commander";
import type { Dimension } from "../../../shared/dimensions.ts";
import type { CommandContext } from "../context.ts";
import { budgetLine, budgetMark } from "../format/budgets.ts";
import { renderSpend, spendCsv, spendMarkdown } from "../format/spend.ts";
import { printJson, printLines } from "../print.ts";
import {
  addSelection,
  parseCount,
  parseDimensions,
  type SelectionOptions,
  selectionQuery,
} from "../selection.ts";

interface ReportOptions extends SelectionOptions {
  by: Dimension[];
  limit: number;
  csv?: true;
  md?: true;
  json?: true;
}

/** `taximeter report`: spend by one or two dimensions. */
export function reportCommand(context: CommandContext): Command {
  const command = new Command("report")
    .description("what was spent, by source or anything else")
    .addOption(
      new Option("--by <dimension>", "source, feature, provider, model, … ; two as a,b")
        .argParser(parseDimensions)
        .default(["source"], "source"),
    );
  return addSelection(command, "today")
    .option("--limit <rows>", "at most so many rows", parseCount, 1_000)
    .addOption(new Option("--csv", "as CSV").conflicts(["md", "json"]))
    .addOption(new Option("--md", "as Markdown").conflicts(["csv", "json"]))
    .addOption(new Option("--json", "as JSON").conflicts(["csv", "md"]))
    .action(async (options: ReportOptions) => {
      const query = { ...selectionQuery(options, "today"), groupBy: options.by, limit: options.limit };
      const connection = context.connect();
      const spend = await connection.request("spend", { query });
      const nowMs = context.now().getTime();
      if (options.json) printJson(context, spend);
      else if (options.csv) context.out.write(spendCsv(spend));
      else {
        // Budgets are as of now: they belong to no report of a time that is over.
        const budgets = options.until === undefined ? (await connection.request("budgets", {})).budgets : [];
        if (options.md) {
          printLines(context, [
            ...spendMarkdown(spend, nowMs),
            ...(budgets.length === 0 ? [] : ["", ...budgets.map((budget) => `- ${budgetLine(budget)}`)]),
          ]);
        } else {
          const { theme } = context;
          printLines(context, [
            ...renderSpend(spend, theme, context.out.size().columns, nowMs),
            ...(budgets.length === 0 ? [] : [""]),
            ...budgets.map((budget) => budgetMark(budget, theme)(budgetLine(budget))),
          ]);
        }
      }
    });
}

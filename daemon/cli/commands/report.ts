import { Command, Option } from "commander";
import { dimensions, type Filters, isDimension } from "../../../shared/dimensions.ts";
import { isTeamDimension, type TeamFilters, teamDimensionNames } from "../../../shared/teamSpend.ts";
import type { CommandContext } from "../context.ts";
import { budgetLine, budgetMark } from "../format/budgets.ts";
import { renderSpend, spendCsv, spendMarkdown } from "../format/spend.ts";
import { printJson, printLines } from "../print.ts";
import {
  addSelection,
  anyFilterOption,
  parseAnyDimensions,
  parseCount,
  selectionQuery,
} from "../selection.ts";
import { reportTeam } from "./reportTeam.ts";

interface ReportOptions {
  since?: string;
  until?: string;
  filter?: Record<string, string[]>;
  by?: string[];
  team?: true;
  limit: number;
  csv?: true;
  md?: true;
  json?: true;
}

/** `taximeter report`: spend by one or two dimensions, one's own or the team's. */
export function reportCommand(context: CommandContext): Command {
  const command = new Command("report")
    .description("what was spent, by source or anything else")
    .addOption(
      new Option(
        "--by <dimension>",
        "source, feature, provider, model, … ; two as a,b (default: source; of a team developer)",
      ).argParser(parseAnyDimensions),
    )
    .option("--team", "what all of the team spends; by project and day too");
  return addSelection(command, "today", anyFilterOption())
    .option("--limit <rows>", "at most so many rows", parseCount, 1_000)
    .addOption(new Option("--csv", "as CSV").conflicts(["md", "json"]))
    .addOption(new Option("--md", "as Markdown").conflicts(["csv", "json"]))
    .addOption(new Option("--json", "as JSON").conflicts(["csv", "md"]))
    .action(async (options: ReportOptions) => {
      const { since, until, limit } = options;
      const refuse = (name: string, known: readonly string[]): never =>
        command.error(
          `error: ${name === "" ? "An empty name" : name} is none of ${known.join(", ")}${options.team ? "" : ", label:<name>"}.`,
        );
      const filtered = Object.entries(options.filter ?? {});
      if (options.team) {
        const by = options.by ?? ["developer"];
        const filters: TeamFilters = {};
        for (const [name, values] of filtered) {
          if (!isTeamDimension(name)) return refuse(name, teamDimensionNames);
          filters[name] = values;
        }
        const unknown = by.find((name) => !isTeamDimension(name));
        if (unknown !== undefined) return refuse(unknown, teamDimensionNames);
        const format = options.json ? "json" : options.csv ? "csv" : options.md ? "md" : "text";
        return await reportTeam(context, {
          by: by.filter(isTeamDimension),
          filters,
          since: since ?? "today",
          limit,
          format,
          ...(until === undefined ? {} : { until }),
        });
      }
      const by = options.by ?? ["source"];
      const filters: Filters = {};
      for (const [name, values] of filtered) {
        if (!isDimension(name)) return refuse(name, dimensions);
        filters[name] = values;
      }
      const unknown = by.find((name) => !isDimension(name));
      if (unknown !== undefined) return refuse(unknown, dimensions);
      const selection = {
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
        ...(filtered.length === 0 ? {} : { filter: filters }),
      };
      const query = { ...selectionQuery(selection, "today"), groupBy: by.filter(isDimension), limit };
      const connection = context.connect();
      const spend = await connection.request("spend", { query });
      const nowMs = context.now().getTime();
      if (options.json) printJson(context, spend);
      else if (options.csv) context.out.write(spendCsv(spend));
      else {
        // Budgets are as of now: they belong to no report of a time that is over.
        const all = until === undefined ? (await connection.request("budgets", {})).budgets : [];
        const budgets = all.filter(({ team }) => !team);
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

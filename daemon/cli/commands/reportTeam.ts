import type { TeamDimensionName, TeamFilters } from "../../../shared/teamSpend.ts";
import type { CommandContext } from "../context.ts";
import { budgetLine, budgetMark } from "../format/budgets.ts";
import { spendCsv, spendMarkdown } from "../format/spend.ts";
import { freshnessRemarks, renderTeamSpend } from "../format/teamSpend.ts";
import { printJson, printLines } from "../print.ts";

export interface TeamReportOptions {
  by: TeamDimensionName[];
  filters: TeamFilters;
  since: string;
  until?: string;
  limit: number;
  format: "text" | "csv" | "md" | "json";
}

/** `taximeter report --team`: what all of the team spends. */
export async function reportTeam(context: CommandContext, options: TeamReportOptions): Promise<void> {
  const { by: groupBy, filters, since: from, until: to, limit, format } = options;
  const connection = context.connect();
  const query = { from, groupBy, limit, filters, ...(to === undefined ? {} : { to }) };
  const spend = await connection.request("teamSpend", { query });
  const nowMs = context.now().getTime();
  if (format === "json") printJson(context, spend);
  else if (format === "csv") context.out.write(spendCsv(spend));
  else {
    const budgets =
      to === undefined ? (await connection.request("budgets", {})).budgets.filter(({ team }) => team) : [];
    if (format === "md") {
      printLines(context, [
        ...spendMarkdown(spend, nowMs),
        ...freshnessRemarks(spend.freshness).flatMap(({ text }) => ["", text]),
        ...(budgets.length === 0 ? [] : ["", ...budgets.map((budget) => `- ${budgetLine(budget)}`)]),
      ]);
      return;
    }
    const { theme } = context;
    printLines(context, [
      ...renderTeamSpend(spend, theme, context.out.size().columns, nowMs),
      ...(budgets.length === 0 ? [] : [""]),
      ...budgets.map((budget) => budgetMark(budget, theme)(budgetLine(budget))),
    ]);
  }
}

import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { type BudgetPeriod, type BudgetScope, budgetId, budgetPeriods } from "../../../shared/budgets.ts";
import { dimensions, isDimension } from "../../../shared/dimensions.ts";
import { decimalToNanoUsd, formatUsd, nanoUsdToDecimal } from "../../../shared/money.ts";
import type { CommandContext } from "../context.ts";
import { CommandFailure } from "../failures.ts";
import { percentText, renderBudgets, scopeText } from "../format/budgets.ts";
import { printJson, printLines } from "../print.ts";

interface SetOptions {
  scope?: BudgetScope;
  warnAt?: number[];
  hardStop?: boolean;
  json?: true;
}

/** `taximeter budget set|list|remove`. */
export function budgetCommand(context: CommandContext): Command {
  const period = () => new Argument("<period>", "day, week or month").choices(budgetPeriods);
  const scope = () =>
    new Option(
      "--scope <dimension=value>",
      `for one value of ${dimensions.join(", ")} or label:<name> (default: everything)`,
    ).argParser(parseScope);

  const set = new Command("set")
    .description("sets a budget; one that is there for the same period and scope is replaced")
    .addArgument(period())
    .addArgument(new Argument("<amount>", "in US dollars").argParser(parseAmount))
    .addOption(scope())
    .addOption(
      new Option("--warn-at <percents>", "when it warns (default: 50,80,100)").argParser(parsePercents),
    )
    .option(
      "--hard-stop",
      "stops calls that may go over it, in the apps themselves (default: as it was; at first only warns)",
    )
    .option("--no-hard-stop", "only warns")
    .option("--json", "as JSON")
    .action(async (chosen: BudgetPeriod, limitUsd: string, options: SetOptions) => {
      const budget = await context.connect().request("setBudget", {
        body: {
          period: chosen,
          limitUsd,
          ...(options.scope === undefined ? {} : { scope: options.scope }),
          ...(options.warnAt === undefined ? {} : { thresholds: options.warnAt }),
          ...(options.hardStop === undefined ? {} : { hardStop: options.hardStop }),
        },
      });
      if (options.json) printJson(context, budget);
      else {
        const stops = budget.hardStop ? " Calls that may go over it are stopped." : "";
        printLines(context, [
          `${formatUsd(budget.limitUsd)} a ${budget.period} for ${scopeText(budget)}: ${formatUsd(budget.spentUsd)} spent so far (${percentText(budget.percent)}).${stops}`,
        ]);
      }
    });

  const list = new Command("list")
    .description("all budgets and where they stand")
    .option("--json", "as JSON: {budgets}")
    .action(async ({ json }: { json?: true }) => {
      const answer = await context.connect().request("budgets", {});
      if (json) printJson(context, answer);
      else if (answer.budgets.length === 0) {
        printLines(context, ["No budgets. One is set by: taximeter budget set day 5"]);
      } else {
        printLines(context, renderBudgets(answer.budgets, context.theme, context.out.size().columns));
      }
    });

  const remove = new Command("remove")
    .description("removes a budget")
    .argument("<budget>", "its period, or its name as `budget list` tells")
    .addOption(scope())
    .option("--json", "as JSON: {removed}")
    .action(async (name: string, options: { scope?: BudgetScope; json?: true }) => {
      const id = isPeriod(name) ? budgetId(name, options.scope ?? null) : name;
      const { removed } = await context.connect().request("removeBudget", { id });
      if (!removed) throw new CommandFailure(`There is no budget ${id}.`);
      if (options.json) printJson(context, { removed });
      else printLines(context, [`Removed the budget ${id}.`]);
    });

  return new Command("budget")
    .description("budgets by day, week or month")
    .addCommand(set)
    .addCommand(list)
    .addCommand(remove);
}

function isPeriod(text: string): text is BudgetPeriod {
  return (budgetPeriods as readonly string[]).includes(text);
}

/** `5`, `5.50` or `$5`, as a decimal string. */
export function parseAmount(text: string): string {
  const nanoUsd = decimalToNanoUsd(text.replace(/^\$/, ""));
  if (nanoUsd === null || nanoUsd <= 0)
    throw new InvalidArgumentError("It must be dollars above 0, like 5 or 2.50.");
  return nanoUsdToDecimal(nanoUsd);
}

export function parsePercents(text: string): number[] {
  const percents = text.split(",").map(Number);
  if (!percents.every((percent) => Number.isFinite(percent) && percent > 0)) {
    throw new InvalidArgumentError("It must be percentages above 0, like 50,80,100.");
  }
  return [...new Set(percents)].sort((a, b) => a - b);
}

export function parseScope(text: string): BudgetScope {
  const equals = text.indexOf("=");
  const dimension = text.slice(0, Math.max(0, equals));
  const value = text.slice(equals + 1);
  if (!isDimension(dimension) || value === "") {
    throw new InvalidArgumentError(
      `It must be dimension=value, with one of ${dimensions.join(", ")} or label:<name>.`,
    );
  }
  return { dimension, value };
}

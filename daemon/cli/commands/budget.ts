import { basename } from "node:path";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import {
  type BudgetPeriod,
  type BudgetState,
  budgetId,
  budgetPeriods,
  TEAM_BUDGET,
} from "../../../shared/budgets.ts";
import { decimalToNanoUsd, formatUsd, nanoUsdToDecimal } from "../../../shared/money.ts";
import { addScope, chosenScope, type ScopeOptions } from "../budgetScope.ts";
import type { CommandContext } from "../context.ts";
import { CommandFailure } from "../failures.ts";
import {
  blindText,
  budgetRemarks,
  paceText,
  percentText,
  renderBudgets,
  scopeText,
} from "../format/budgets.ts";
import { printJson, printLines } from "../print.ts";

interface SetOptions extends ScopeOptions {
  warnAt?: number[];
  hardStop?: boolean;
  notices?: boolean;
  team?: true;
  json?: true;
}

/** `taximeter budget set|list|remove`. */
export function budgetCommand(context: CommandContext): Command {
  /** A team's projects go by name, which the folder that is meant ends with. */
  const scopeOf = (options: ScopeOptions & { team?: true }) => {
    const scope = chosenScope(options, context.workingDirectory);
    return options.team && scope?.dimension === "workspace"
      ? { ...scope, value: basename(scope.value) }
      : scope;
  };
  const period = () => new Argument("<period>", "day, week or month").choices(budgetPeriods);

  const set = addScope(
    new Command("set")
      .description("sets a budget, or changes the one that is there for the same period and scope")
      .addArgument(period())
      .addArgument(new Argument("<amount>", "in US dollars").argParser(parseAmount)),
    context.workingDirectory,
  )
    .addOption(
      new Option("--warn-at <percents>", "when it warns (default: as it was; at first 50,80,100)").argParser(
        parsePercents,
      ),
    )
    .option(
      "--hard-stop",
      "stops calls that may go over it, in the apps themselves (default: as it was; at first only warns)",
    )
    .option("--no-hard-stop", "only warns")
    .option("--notices", "warns in the editor (default: as it was; at first it does)")
    .option("--no-notices", "is silent, but shown")
    .addOption(teamOption())
    .option("--json", "as JSON")
    .action(async (chosen: BudgetPeriod, limitUsd: string, options: SetOptions) => {
      const budget = await context.connect().request("setBudget", {
        body: {
          period: chosen,
          limitUsd,
          scope: scopeOf(options),
          ...(options.team ? { team: true } : {}),
          ...(options.warnAt === undefined ? {} : { thresholds: options.warnAt }),
          ...(options.hardStop === undefined ? {} : { hardStop: options.hardStop }),
          ...(options.notices === undefined ? {} : { muted: !options.notices }),
        },
      });
      if (options.json) printJson(context, budget);
      else printLines(context, [setSentences(budget).join(" ")]);
    });

  const list = new Command("list")
    .description("all budgets, where they stand and what they lead to")
    .option("--json", "as JSON: {budgets}")
    .action(async ({ json }: { json?: true }) => {
      const { budgets } = await context.connect().request("budgets", {});
      if (json) printJson(context, { budgets });
      else if (budgets.length === 0) {
        printLines(context, ["No budgets. One is set by: taximeter budget set day 5"]);
      } else {
        const { theme } = context;
        printLines(context, [
          ...renderBudgets(budgets, theme, context.out.size().columns),
          ...budgetRemarks(budgets).flatMap((remark) => ["", theme.faint(remark)]),
        ]);
      }
    });

  const remove = addScope(
    new Command("remove")
      .description("removes a budget")
      .argument("<budget>", "its period, or its name as `budget list` tells"),
    context.workingDirectory,
  )
    .addOption(teamOption())
    .option("--json", "as JSON: {removed}")
    .action(async (name: string, options: ScopeOptions & { team?: true; json?: true }) => {
      const of = options.team ? TEAM_BUDGET : "";
      const id = isPeriod(name) ? of + budgetId(name, scopeOf(options)) : name;
      const connection = context.connect();
      const known = (await connection.request("budgets", {})).budgets.find((budget) => budget.id === id);
      const { removed } = await connection.request("removeBudget", { id });
      if (!removed) throw new CommandFailure(`There is no budget ${id}.`);
      const also = known?.inSettings
        ? " It stood in the settings of VS Code too, which follow once a window is open."
        : "";
      if (options.json) printJson(context, { removed });
      else printLines(context, [`Removed the budget ${id}.${also}`]);
    });

  return new Command("budget")
    .description("budgets by day, week or month")
    .addCommand(set)
    .addCommand(list)
    .addCommand(remove);
}

/** A feature that is called as a function or a file is found by the daemon, when the call has left. */
const NAMED_FEATURES_ALONE =
  "Only where the app itself names the feature: one that is called as its function or file is not known before a call leaves.";

/** Where a budget stands now, and what it does from here on. */
function setSentences(budget: BudgetState): string[] {
  const { limitUsd, period, scope, spentUsd, percent, hardStop, muted, inSettings } = budget;
  const pace = paceText(budget);
  const blind = blindText(budget);
  return [
    `${formatUsd(limitUsd)} a ${period} for ${scopeText(budget)}: ${formatUsd(spentUsd)} spent so far (${percentText(percent)}).`,
    ...(pace === "" ? [] : [`${capitalised(pace)}.`]),
    ...(blind === "" ? [] : [`It is ${blind}: taximeter prices unpriced tells which models.`]),
    ...(hardStop ? ["Calls that may go over it are stopped."] : []),
    ...(hardStop && scope?.dimension === "feature" ? [NAMED_FEATURES_ALONE] : []),
    ...(muted ? ["It gives no notices."] : []),
    ...(inSettings ? ["It stands in the settings of VS Code too, which follow once a window is open."] : []),
  ];
}

function teamOption(): Option {
  return new Option(
    "--team",
    "the team's own, for what all of it spends; --workspace is the project of that name",
  ).conflicts("hardStop");
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
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

import { Command } from "commander";
import { repriceAll } from "../../client/repriceAll.ts";
import type { CommandContext } from "../context.ts";
import { renderRepricing } from "../format/prices.ts";
import { printJson, printLines } from "../print.ts";
import { addSince } from "../selection.ts";

/** `taximeter prices reprice`: history at today's knowledge. */
export function pricesRepriceCommand(context: CommandContext): Command {
  return addSince(
    new Command("reprice")
      .description("interprets and prices recorded calls again, each at the prices of its own day")
      .option("--dry-run", "only shows what would change"),
    "all",
  )
    .option("--json", "as JSON: {dryRun, calls, changedCalls, models}")
    .action(async ({ dryRun, since, json }: { dryRun?: true; since?: string; json?: true }) => {
      const repricing = await repriceAll(context.connect(), {
        dryRun: dryRun ?? false,
        ...(since === undefined ? {} : { from: since }),
      });
      if (json) printJson(context, repricing);
      else printLines(context, renderRepricing(repricing, context.theme, context.out.size().columns));
    });
}

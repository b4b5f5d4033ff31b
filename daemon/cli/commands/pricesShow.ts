import { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { CommandFailure } from "../failures.ts";
import { renderListed, renderOverrides, renderPrices, renderUnpriced } from "../format/prices.ts";
import { printJson, printLines } from "../print.ts";
import { addSince } from "../selection.ts";
import { workspaceOf } from "../workspace.ts";

/** `taximeter prices show [model]`. */
export function pricesShowCommand(context: CommandContext): Command {
  return new Command("show")
    .description("which prices are in force: their age, your own, what has none; or what one model costs")
    .argument("[model]", "a model, or provider:model")
    .option("--json", "as JSON: {catalogue, overrides, unpriced, warnings, listed}")
    .action(async (model: string | undefined, { json }: { json?: true }) => {
      const workspace = workspaceOf(context.workingDirectory);
      const query = { workspace, ...(model === undefined ? {} : { model }) };
      const prices = await context.connect().request("prices", { query });
      const columns = context.out.size().columns;
      if (json) printJson(context, prices);
      else if (model === undefined) printLines(context, renderPrices(prices, context.theme, columns));
      else if (prices.listed.length > 0) {
        printLines(context, renderListed(prices.listed, context.theme, columns));
      } else {
        const own = prices.overrides.filter(
          (override) => override.model?.toLowerCase() === model.toLowerCase(),
        );
        if (own.length === 0) throw new CommandFailure(`No price is known for ${model}.`);
        printLines(context, renderOverrides(own, context.theme, columns));
      }
    });
}

/** `taximeter prices unpriced`. */
export function pricesUnpricedCommand(context: CommandContext): Command {
  return addSince(
    new Command("unpriced").description("models that were used and have no price, by calls"),
    "all",
  )
    .option("--json", "as JSON: {models}")
    .action(async ({ since, json }: { since?: string; json?: true }) => {
      const answer = await context.connect().request("unpriced", { query: { from: since ?? "all" } });
      if (json) printJson(context, answer);
      else if (answer.models.length === 0) printLines(context, ["Every call has a price."]);
      else printLines(context, renderUnpriced(answer.models, context.theme, context.out.size().columns));
    });
}

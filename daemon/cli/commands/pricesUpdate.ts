import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { ApiRequestError } from "../../client/errors.ts";
import type { CommandContext } from "../context.ts";
import { CommandFailure } from "../failures.ts";
import { catalogueText } from "../format/prices.ts";
import { printJson, printLines } from "../print.ts";

interface UpdateOptions {
  date?: string;
  force?: true;
  json?: true;
}

/** `taximeter prices update FILE`: a newer list of prices. */
export function pricesUpdateCommand(context: CommandContext): Command {
  return new Command("update")
    .description("takes a newer list of prices from a file: data.json of pydantic/genai-prices")
    .argument("<file>", "it is checked as a whole before anything changes")
    .addOption(
      new Option("--date <YYYY-MM-DD>", "the day it is of (default: when the file was written)").argParser(
        parseDate,
      ),
    )
    .option("--force", "takes it though it is older than the one in force")
    .option("--json", "as JSON: {version, date, ageDays, stale, …}")
    .action(async (name: string, { date, force, json }: UpdateOptions) => {
      const file = resolve(context.workingDirectory, name);
      const body = {
        file,
        ...(date === undefined ? {} : { date }),
        ...(force === undefined ? {} : { force }),
      };
      const catalogue = await context
        .connect()
        .request("updateCatalogue", { body })
        .catch((error: unknown) => {
          if (!(error instanceof ApiRequestError) || error.status !== 409) throw error;
          throw new CommandFailure(`${error.message} Take them all the same by --force.`);
        });
      if (json) printJson(context, catalogue);
      else {
        printLines(context, [
          `Prices ${catalogueText(catalogue)}, hold for new calls.`,
          "What they make of history shows: taximeter prices reprice --dry-run",
        ]);
      }
    });
}

function parseDate(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new InvalidArgumentError("It must be a date like 2026-11-20.");
  }
  return text;
}

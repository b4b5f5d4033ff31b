import { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { pricesRepriceCommand } from "./pricesReprice.ts";
import { pricesRemoveCommand, pricesSetCommand } from "./pricesSet.ts";
import { pricesShowCommand, pricesUnpricedCommand } from "./pricesShow.ts";
import { pricesUpdateCommand } from "./pricesUpdate.ts";

/** `taximeter prices show|set|remove|update|reprice|unpriced`. */
export function pricesCommand(context: CommandContext): Command {
  const command = new Command("prices").description(
    "prices of models: see them, set them, price history again",
  );
  const make = [
    pricesShowCommand,
    pricesSetCommand,
    pricesRemoveCommand,
    pricesUpdateCommand,
    pricesRepriceCommand,
    pricesUnpricedCommand,
  ];
  for (const each of make) command.addCommand(each(context));
  return command;
}

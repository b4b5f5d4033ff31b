import { Command, InvalidArgumentError, Option } from "commander";
import {
  type PriceAmounts,
  type PriceField,
  type PriceOverride,
  parsePriceName,
  priceName,
} from "../../../shared/prices.ts";
import { providers } from "../../../shared/providers.ts";
import type { DaemonConnection } from "../../client/daemonConnection.ts";
import { repriceAll, type WholeRepricing } from "../../client/repriceAll.ts";
import type { CommandContext } from "../context.ts";
import { CommandFailure, UsageError } from "../failures.ts";
import { amountsText, repricedText } from "../format/prices.ts";
import { printJson, printLines } from "../print.ts";

type PriceName = Pick<PriceOverride, "provider" | "model">;

/** Each amount as an option: `--cache-read 0.3` is `cacheReadUsdPerMillion`, `--request 0.005` `requestUsd`. */
const amountOptions = {
  input: ["inputUsdPerMillion", "a million tokens of input"],
  output: ["outputUsdPerMillion", "a million tokens of output"],
  "cache-read": ["cacheReadUsdPerMillion", "a million tokens read from the cache"],
  "cache-write": ["cacheWriteUsdPerMillion", "a million tokens written to it"],
  "cache-write-1h": ["cacheWrite1hUsdPerMillion", "a million tokens written to it for an hour"],
  reasoning: ["reasoningUsdPerMillion", "a million tokens of reasoning (default: as output)"],
  "input-audio": ["inputAudioUsdPerMillion", "a million tokens of audio in"],
  "output-audio": ["outputAudioUsdPerMillion", "a million tokens of audio out"],
  "cache-read-audio": ["cacheReadAudioUsdPerMillion", "a million tokens of audio read from the cache"],
  "input-image": ["inputImageUsdPerMillion", "a million tokens of images in"],
  "output-image": ["outputImageUsdPerMillion", "a million tokens of images out"],
  "cache-read-image": ["cacheReadImageUsdPerMillion", "a million tokens of images read from the cache"],
  "input-video": ["inputVideoUsdPerMillion", "a million tokens of video in"],
  "output-video": ["outputVideoUsdPerMillion", "a million tokens of video out"],
  character: ["characterUsdPerMillion", "a million characters"],
  "web-search": ["webSearchUsd", "a web search"],
  "file-search": ["fileSearchUsd", "a search in files"],
  request: ["requestUsd", "a request"],
  credit: ["creditUsd", "a credit of your plan"],
  second: ["secondUsd", "a second"],
  image: ["imageUsd", "an image"],
  page: ["pageUsd", "a page"],
} as const satisfies Record<string, readonly [PriceField, string]>;

/** `taximeter prices set openai:my-model --input 3 --output 12`: a price of the user's own, and history by it. */
export function pricesSetCommand(context: CommandContext): Command {
  const command = new Command("set")
    .description(
      "sets a price of your own, and prices what was recorded by it; one that is there is replaced",
    )
    .argument("<name>", "provider:model, or a provider for what it bills without one", parseName);
  for (const [option, [, what]] of Object.entries(amountOptions)) {
    command.addOption(new Option(`--${option} <usd>`, `US dollars for ${what}`).argParser(parseUsd));
  }
  return command
    .option("--no-reprice", "leaves history as it is")
    .option("--json", "as JSON: {override, repriced}")
    .action(async (name: PriceName, options: Record<string, unknown> & { reprice: boolean; json?: true }) => {
      const amounts = amountsIn(options);
      if (Object.keys(amounts).length === 0)
        throw new UsageError("A price is needed, like --input 3 --output 12.");
      const connection = context.connect();
      const override = await connection.request("setPrice", { body: { ...name, ...amounts } });
      const repriced = options.reprice ? await repriceBy(connection, name) : null;
      if (options.json) printJson(context, { override, repriced });
      else {
        printLines(context, [
          `${priceName(override)}: ${amountsText(override)}.`,
          ...(repriced === null
            ? ["History is priced by it with: taximeter prices reprice"]
            : repricedText(repriced)),
        ]);
      }
    });
}

/** `taximeter prices remove openai:my-model`. */
export function pricesRemoveCommand(context: CommandContext): Command {
  return new Command("remove")
    .description("removes a price of your own, and prices what was recorded without it")
    .argument("<name>", "as `prices show` tells it", parseName)
    .option("--no-reprice", "leaves history as it is")
    .option("--json", "as JSON: {removed, repriced}")
    .action(async (name: PriceName, options: { reprice: boolean; json?: true }) => {
      const connection = context.connect();
      const { removed } = await connection.request("removePrice", { id: priceName(name) });
      if (!removed) throw new CommandFailure(`There is no price of your own for ${priceName(name)}.`);
      const repriced = options.reprice ? await repriceBy(connection, name) : null;
      if (options.json) printJson(context, { removed, repriced });
      else {
        printLines(context, [
          `Removed the price of ${priceName(name)}.`,
          ...(repriced === null ? [] : repricedText(repriced)),
        ]);
      }
    });
}

/** A price without a model may be that of any call of its provider. */
function repriceBy(connection: DaemonConnection, { provider, model }: PriceName): Promise<WholeRepricing> {
  return repriceAll(connection, { provider, ...(model === null ? {} : { model }) });
}

function amountsIn(options: Readonly<Record<string, unknown>>): PriceAmounts {
  const amounts: PriceAmounts = {};
  for (const [option, [field]] of Object.entries(amountOptions)) {
    const amount = options[option.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())];
    if (typeof amount === "number") amounts[field] = amount;
  }
  return amounts;
}

/** `provider:model`, `provider:*`, or a provider by itself where it is known. */
export function parseName(text: string): PriceName {
  const name = parsePriceName(text);
  if (name !== null) return { ...name, provider: name.provider.toLowerCase() };
  const provider = text.toLowerCase();
  if (providers.some((known) => known.name === provider)) return { provider, model: null };
  throw new InvalidArgumentError("It must be provider:model, like openai:my-model.");
}

/** `3`, `0.15` or `$3`. */
export function parseUsd(text: string): number {
  const amount = /^\$?(\d+(?:\.\d+)?|\.\d+)$/.exec(text)?.[1];
  if (amount === undefined) throw new InvalidArgumentError("It must be dollars, like 3 or 0.15.");
  return Number(amount);
}

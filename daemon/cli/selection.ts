import { type Command, InvalidArgumentError, Option } from "commander";
import { type Dimension, dimensions, type Filters, isDimension } from "../../shared/dimensions.ts";
import type { Range } from "../../shared/range.ts";

/** Options that narrow down what a reading command shows, as commander hands them over. */
export interface SelectionOptions {
  since?: string;
  until?: string;
  filter?: Filters;
}

/** Adds `--since`; `since` says what holds without it. */
export function addSince(command: Command, since: string): Command {
  return command.option(
    "--since <when>",
    `today, yesterday, week, month, 7d, all, YYYY-MM-DD or an ISO time (default: ${since})`,
  );
}

/** Adds `--since`, `--until` and `--filter`; `since` says what holds without `--since`. */
export function addSelection(command: Command, since: string): Command {
  return addSince(command, since)
    .option("--until <when>", "the same; a date is inclusive (default: now)")
    .addOption(
      new Option(
        "--filter <dimension=value>",
        `only calls with this value; may be repeated (${dimensions.join(", ")}, label:<name>)`,
      ).argParser(addFilter),
    );
}

/** `dimension=value` on top of the filters so far; an empty value stands for "none". */
export function addFilter(text: string, filters: Filters = {}): Filters {
  const equals = text.indexOf("=");
  const dimension = text.slice(0, Math.max(0, equals));
  if (!isDimension(dimension)) {
    throw new InvalidArgumentError(
      `It must be dimension=value, with one of ${dimensions.join(", ")} or label:<name>.`,
    );
  }
  return { ...filters, [dimension]: [...(filters[dimension] ?? []), text.slice(equals + 1)] };
}

export function parseDimensions(text: string): Dimension[] {
  const named = text.split(",");
  if (named.length > 2 || !named.every(isDimension)) {
    throw new InvalidArgumentError(
      `It must be one or two (a,b) of ${dimensions.join(", ")} or label:<name>.`,
    );
  }
  return named.filter(isDimension);
}

/** A whole number of at least 1. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new InvalidArgumentError("It must be a whole number above 0.");
  return count;
}

/** The part of a query that the options say; `since` is the default. */
export function selectionQuery(
  { since, until, filter }: SelectionOptions,
  defaultSince: string,
): Range & { filters?: Filters } {
  return {
    from: since ?? defaultSince,
    ...(until === undefined ? {} : { to: until }),
    ...(filter === undefined ? {} : { filters: filter }),
  };
}

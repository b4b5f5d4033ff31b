import { type Command, InvalidArgumentError, Option } from "commander";
import { dimensions, type Filters, isDimension } from "../../shared/dimensions.ts";
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
export function addSelection(command: Command, since: string, filter: Option = filterOption()): Command {
  return addSince(command, since)
    .option("--until <when>", "the same; a date is inclusive (default: now)")
    .addOption(filter);
}

const FILTER = "--filter <dimension=value>";

function filterOption(): Option {
  return new Option(
    FILTER,
    `only calls with this value; may be repeated (${dimensions.join(", ")}, label:<name>)`,
  ).argParser(addFilter);
}

/** `--filter` of whatever dimension: which ones there are depends on other options. */
export function anyFilterOption(): Option {
  return new Option(
    FILTER,
    `only calls with this value; may be repeated (${dimensions.join(", ")}, label:<name>; of a team project and day too)`,
  ).argParser(addAnyFilter);
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

function addAnyFilter(text: string, filters: Record<string, string[]> = {}): Record<string, string[]> {
  const equals = text.indexOf("=");
  if (equals <= 0) throw new InvalidArgumentError("It must be dimension=value.");
  const dimension = text.slice(0, equals);
  return { ...filters, [dimension]: [...(filters[dimension] ?? []), text.slice(equals + 1)] };
}

/** One or two names: which ones there are depends on other options. */
export function parseAnyDimensions(text: string): string[] {
  const named = text.split(",");
  if (named.length > 2) throw new InvalidArgumentError("It must be one or two, as a,b.");
  return named;
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

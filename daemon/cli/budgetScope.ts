import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { scopeFromText } from "../../shared/budgetScopeText.ts";
import type { BudgetScope } from "../../shared/budgets.ts";
import { dimensions } from "../../shared/dimensions.ts";
import { workspaceOf } from "./workspace.ts";

/** What a budget may be for that has an option of its own; all else goes by `--scope`. */
const short = ["source", "feature", "provider", "model"] as const;
const names = ["scope", ...short, "label", "workspace"] as const;

/** As commander hands them over: at most one, for two of them are a mistake. */
export type ScopeOptions = { [Name in (typeof names)[number]]?: BudgetScope | true };

/** Adds `--scope`, and `--source`, `--model`, … that say the same in short. */
export function addScope(command: Command, workingDirectory: string): Command {
  const add = (name: string, option: Option, parse: (text: string) => BudgetScope) =>
    command.addOption(option.conflicts(names.filter((other) => other !== name)).argParser(parse));
  add(
    "scope",
    new Option(
      "--scope <dimension=value>",
      `for one value of ${dimensions.join(", ")} or label:<name> (default: everything)`,
    ),
    parseScope,
  );
  for (const dimension of short) {
    add(dimension, new Option(`--${dimension} <value>`, `short for --scope ${dimension}=<value>`), (value) =>
      parseScope(`${dimension}=${value}`),
    );
  }
  add("label", new Option("--label <name=value>", "short for --scope label:<name>=<value>"), (text) =>
    parseScope(`label:${text}`),
  );
  add(
    "workspace",
    new Option("--workspace [folder]", "for the apps run in a folder (default: this one)"),
    (folder) => ({ dimension: "workspace", value: resolve(workingDirectory, folder) }),
  );
  return command;
}

/** What the options say, `null` for everything. */
export function chosenScope(options: ScopeOptions, workingDirectory: string): BudgetScope | null {
  const chosen = names.map((name) => options[name]).find((scope) => scope !== undefined);
  if (chosen !== true) return chosen ?? null;
  return { dimension: "workspace", value: workspaceOf(workingDirectory) };
}

export function parseScope(text: string): BudgetScope {
  const scope = scopeFromText(text);
  if (scope === null) {
    throw new InvalidArgumentError(
      `It must be dimension=value, with one of ${dimensions.join(", ")} or label:<name>.`,
    );
  }
  return scope;
}

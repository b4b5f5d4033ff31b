import { resolve } from "node:path";
import { Command } from "commander";
import type { Breakers, CircuitState } from "../../../shared/protection.ts";
import type { CommandContext } from "../context.ts";
import { renderTable } from "../format/table.ts";
import { plainText } from "../format/text.ts";
import { formatClock } from "../format/time.ts";
import { printJson, printLines } from "../print.ts";

/** `taximeter breaker on|off|list`. */
export function breakerCommand(context: CommandContext): Command {
  const change = (name: "on" | "off", description: string) =>
    new Command(name)
      .description(description)
      .option(
        "--workspace <folder>",
        "in one workspace (default: everywhere but where it was said otherwise)",
      )
      .option("--json", "as JSON: {settings, circuits}")
      .action(async ({ workspace, json }: { workspace?: string; json?: true }) => {
        const answer = await context.connect().request("setBreakers", {
          body: { enabled: name === "on", workspace: workspace === undefined ? null : resolve(workspace) },
        });
        if (json) printJson(context, answer);
        else printLines(context, settingLines(answer));
      });

  const list = new Command("list")
    .description("where breakers are on, and what they have stopped")
    .option("--json", "as JSON: {settings, circuits}")
    .action(async ({ json }: { json?: true }) => {
      const answer = await context.connect().request("breakers", {});
      if (json) printJson(context, answer);
      else printLines(context, [...settingLines(answer), ...circuitLines(answer.circuits, context)]);
    });

  return new Command("breaker")
    .description("circuit breakers, which stop calls to a model that fails again and again")
    .addCommand(change("on", "switches them on"))
    .addCommand(change("off", "switches them off"))
    .addCommand(list);
}

function settingLines({ settings: { everywhere, workspaces } }: Breakers): string[] {
  const word = (isOn: boolean) => (isOn ? "on" : "off");
  return [
    `Breakers are ${word(everywhere)}.`,
    ...Object.entries(workspaces).map(([folder, isOn]) => `In ${plainText(folder)} they are ${word(isOn)}.`),
  ];
}

function circuitLines(circuits: readonly CircuitState[], { theme, out }: CommandContext): string[] {
  if (circuits.length === 0) return [];
  return renderTable(
    [
      { header: "provider", align: "left", cell: ({ provider }) => plainText(provider) },
      { header: "model", align: "left", cell: ({ model }) => plainText(model ?? "") },
      {
        header: "circuit",
        align: "left",
        cell: ({ state, until }) => (until === null ? state : `${state} until ${formatClock(until)}`),
        mark: (text, { state }) => (state === "closed" ? text : theme.bad(text)),
      },
      {
        header: "calls",
        align: "right",
        cell: ({ calls, state }) => (state === "closed" ? String(calls) : ""),
      },
      {
        header: "failed",
        align: "right",
        cell: ({ failures, state }) => (state === "closed" ? String(failures) : ""),
      },
    ],
    circuits,
    { columns: out.size().columns, headerMark: theme.faint },
  );
}

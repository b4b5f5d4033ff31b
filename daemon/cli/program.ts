import { Command, CommanderError } from "commander";
import { backupCommand } from "./commands/backup.ts";
import { breakerCommand } from "./commands/breaker.ts";
import { budgetCommand } from "./commands/budget.ts";
import { callsCommand } from "./commands/calls.ts";
import { conversationsCommand } from "./commands/conversations.ts";
import { dashboardCommand } from "./commands/dashboard.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { exportCommand } from "./commands/export.ts";
import { otelCommand } from "./commands/otel.ts";
import { pricesCommand } from "./commands/prices.ts";
import { reportCommand } from "./commands/report.ts";
import { restartCommand } from "./commands/restart.ts";
import { runCommand } from "./commands/run.ts";
import { startCommand } from "./commands/start.ts";
import { statusCommand } from "./commands/status.ts";
import { stopCommand } from "./commands/stop.ts";
import { teamCommand } from "./commands/team.ts";
import { topCommand } from "./commands/top.ts";
import type { CommandContext } from "./context.ts";
import { type Ending, endingOf, oneLine } from "./failures.ts";

const commands = [
  runCommand,
  topCommand,
  reportCommand,
  conversationsCommand,
  callsCommand,
  exportCommand,
  budgetCommand,
  breakerCommand,
  pricesCommand,
  teamCommand,
  otelCommand,
  dashboardCommand,
  statusCommand,
  startCommand,
  stopCommand,
  restartCommand,
  doctorCommand,
  backupCommand,
];

/** Runs one command line, without the program's own name in front. Never rejects. */
export async function runProgram(context: CommandContext, args: readonly string[]): Promise<Ending> {
  let complaint: string | null = null;
  const program = new Command("taximeter")
    .description("A taximeter for AI calls: what they cost, by route, job, model and line of code.")
    .version(context.version)
    .enablePositionalOptions();
  for (const make of commands) program.addCommand(make(context));
  for (const command of everyCommand(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => context.out.write(text),
      writeErr: (text) => context.err.write(text),
      // Told once, as one line, when it is known how all ends.
      outputError: (text) => {
        complaint = oneLine(text.replace(/^error: /, ""));
      },
      getOutHelpWidth: () => Math.min(100, context.out.size().columns),
      getErrHelpWidth: () => Math.min(100, context.err.size().columns),
    });
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return { code: 0, line: null };
  } catch (error) {
    if (!(error instanceof CommanderError)) return endingOf(error);
    // Help that was asked for is no mistake; help in place of a command that was forgotten is.
    return error.exitCode === 0 ? { code: 0, line: null } : { code: 2, line: complaint };
  }
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

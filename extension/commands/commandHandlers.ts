import * as vscode from "vscode";
import { type CommandName, commands } from "../contributions.ts";
import { type Log, sayFailure } from "./sayFailure.ts";

/** One handler for every command that the manifest contributes. */
export type CommandHandlers = Record<CommandName, (...args: unknown[]) => unknown>;

/** A handler that fails tells the user why; VS Code's own "command failed" never shows. */
export function registerCommands(handlers: CommandHandlers, log: Log): vscode.Disposable {
  const registrations = Object.entries(handlers).map(([name, handler]) =>
    vscode.commands.registerCommand(commands[name as CommandName], async (...args: unknown[]) => {
      try {
        await handler(...args);
      } catch (error) {
        void sayFailure(error, log);
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}

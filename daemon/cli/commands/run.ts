import { spawn } from "node:child_process";
import { Command } from "commander";
import { messageOf } from "../../../shared/messageOf.ts";
import { environment } from "../../../shared/protocol.ts";
import { appendNodeOption, installPreloadStub } from "../../client/preload.ts";
import type { CommandContext } from "../context.ts";
import { CommandFailure, oneLine } from "../failures.ts";
import { passThrough } from "../passThrough.ts";
import { workspaceOf } from "../workspace.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** `taximeter run`: any command, with the shim preloaded into every Node process that it starts. */
export function runCommand(context: CommandContext): Command {
  return new Command("run")
    .description("runs any command with its AI calls metered")
    .usage("[--source <source>] -- <command...>")
    .option("--source <source>", "what the calls are attributed to where nothing nearer is known")
    .argument("<command...>", "the command with its arguments")
    .passThroughOptions()
    .action(async ([program = "", ...args]: string[], { source }: { source?: string }) => {
      const env = meteredEnvironment(context, source);
      // It starts beside the command, which waits for nothing: calls made before it listens are kept on disk for it.
      const daemon = context.connect().request("status", {});
      daemon.catch((error: unknown) => complain(context, error));
      const child =
        context.platform === "win32"
          ? // npm, npx and their like are scripts there, which only a shell can run.
            spawn([program, ...args].map(quoteForWindows).join(" "), { stdio: "inherit", env, shell: true })
          : spawn(program, args, { stdio: "inherit", env });
      const code = await passThrough(child).catch((error: Error & { code?: string }) => {
        if (error.code === "ENOENT") throw new CommandFailure(`${program}: no such command.`);
        throw new CommandFailure(`${program} could not be run: ${error.message}.`);
      });
      context.exitWith(code);
    });
}

/** The environment of the command; without the preload, and a line that says why, where it cannot be had. */
function meteredEnvironment(context: CommandContext, source: string | undefined): Environment {
  const { env, home, registerFile, workingDirectory } = context;
  try {
    const stub = installPreloadStub({ home, registerFile });
    return {
      ...env,
      NODE_OPTIONS: appendNodeOption(env["NODE_OPTIONS"], stub),
      [environment.home]: home,
      [environment.workspace]: env[environment.workspace] ?? workspaceOf(workingDirectory),
      ...(source === undefined ? {} : { [environment.source]: source }),
    };
  } catch (error) {
    complain(context, error);
    return env;
  }
}

function complain(context: CommandContext, error: unknown): void {
  const reason = messageOf(error);
  context.err.write(`taximeter: the command runs unmetered: ${oneLine(reason)}\n`);
}

/** Quotes as `CommandLineToArgvW` reads them: backslashes count only before a quote. */
export function quoteForWindows(argument: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(argument)) return argument;
  return `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
}

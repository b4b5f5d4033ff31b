import { spawn } from "node:child_process";
import { Command } from "commander";
import { environment } from "../../../shared/protocol.ts";
import type { CommandContext } from "../context.ts";
import { passThrough } from "../passThrough.ts";
import { printLines } from "../print.ts";

/** `taximeter start`: starts the daemon where none runs. */
export function startCommand(context: CommandContext): Command {
  return new Command("start")
    .description("starts the daemon, where none runs")
    .option("--foreground", "stays with it and shows its log, until Ctrl-C")
    .action(async ({ foreground }: { foreground?: true }) => {
      if (foreground) return runInForeground(context);
      const { version, pid, port } = await context.connect().request("status", {});
      printLines(context, [`The daemon runs: version ${version}, process ${pid}, port ${port}.`]);
    });
}

async function runInForeground(context: CommandContext): Promise<void> {
  const { nodeFile, daemonFile, home, env } = context;
  const child = spawn(nodeFile, [daemonFile, "--foreground"], {
    stdio: "inherit",
    env: { ...env, [environment.home]: home, [environment.enabled]: "off", NODE_OPTIONS: undefined },
  });
  context.exitWith(await passThrough(child));
}

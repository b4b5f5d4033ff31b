import { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { printLines } from "../print.ts";
import { stopDaemon } from "./stop.ts";

/** `taximeter restart`: stops the daemon where one runs, and starts one. */
export function restartCommand(context: CommandContext): Command {
  return new Command("restart").description("stops the daemon and starts it again").action(async () => {
    await stopDaemon(context, "taximeter restart");
    const { version, pid, port } = await context.connect().request("status", {});
    printLines(context, [`The daemon runs: version ${version}, process ${pid}, port ${port}.`]);
  });
}

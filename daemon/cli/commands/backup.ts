import { resolve } from "node:path";
import { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { formatBytes } from "../format/numbers.ts";
import { printJson, printLines } from "../print.ts";

/** `taximeter backup FILE`: a consistent copy of the store, made by the daemon while it works on. */
export function backupCommand(context: CommandContext): Command {
  return new Command("backup")
    .description("copies everything stored into a new file")
    .argument("<file>", "a file that does not exist yet")
    .option("--json", "as JSON: {file, bytes}")
    .action(async (name: string, { json }: { json?: true }) => {
      const file = resolve(context.workingDirectory, name);
      const copy = await context.connect().request("backup", { body: { file } });
      if (json) printJson(context, copy);
      else printLines(context, [`Copied ${formatBytes(copy.bytes)} to ${copy.file}.`]);
    });
}

import type { LaunchCommand } from "../client/daemonConnection.ts";
import type { CommandContext } from "./context.ts";

/** How this command line starts a daemon: by the Node that runs it, from the bundle beside it. */
export function daemonLaunch({
  nodeFile,
  daemonFile,
}: Pick<CommandContext, "nodeFile" | "daemonFile">): LaunchCommand {
  return { command: nodeFile, args: [daemonFile], env: {} };
}

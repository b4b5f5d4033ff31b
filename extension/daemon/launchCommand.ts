import { join } from "node:path";
import type { LaunchCommand } from "../../daemon/client/daemonConnection.ts";
import { environment } from "../../shared/protocol.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment with what makes a process ours only taken out (`undefined`, since whoever spawns may merge it into its
 * own): the editor's switches and whatever was preloaded into the editor. Nor does a daemon that serves all windows
 * inherit the workspace or the source of one.
 */
export function cleanEnvironment(env: Environment): Record<string, string | undefined> {
  const foreign = new Set<string>(["NODE_OPTIONS", environment.workspace, environment.source]);
  const kept = (name: string) => !foreign.has(name) && !/^(VSCODE|ELECTRON)_/i.test(name);
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, kept(name) ? value : undefined]),
  );
}

/** Runs a bundle of `dist/` with VS Code's own runtime, so that users need no Node. */
export function runtimeCommand(
  runtime: { execPath: string; env: Environment; dist: string },
  bundle: "daemon.mjs" | "cli.mjs",
  args: readonly string[] = [],
): LaunchCommand {
  return {
    command: runtime.execPath,
    args: [join(runtime.dist, bundle), ...args],
    env: { ...cleanEnvironment(runtime.env), ELECTRON_RUN_AS_NODE: "1" },
  };
}

/** The command with more in its environment. */
export function withEnvironment(launch: LaunchCommand, env: LaunchCommand["env"]): LaunchCommand {
  return { ...launch, env: { ...launch.env, ...env } };
}

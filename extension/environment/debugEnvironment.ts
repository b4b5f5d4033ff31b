import { appendNodeOption } from "../../daemon/client/preload.ts";
import { environment } from "../../shared/protocol.ts";
import type { AppEnvironment } from "./appEnvironment.ts";

/**
 * Debug types whose program is run by Node. Not `extensionHost`: that one starts VS Code itself, and Electron refuses
 * `--require` in NODE_OPTIONS with a warning.
 */
export const nodeDebugTypes = ["node", "pwa-node", "node-terminal"] as const;

export interface DebugLaunch {
  /** `env` of the launch configuration; `null` unsets a variable. */
  env: Readonly<Record<string, string | null>>;
  /** NODE_OPTIONS as the configuration's `envFile` sets it. */
  envFileNodeOptions: string | undefined;
  /** NODE_OPTIONS that the debugged process would have got from the editor. */
  inheritedNodeOptions: string | undefined;
  workspaceFolder: string | null;
}

/** The launch configuration's `env` with the app environment added; whatever the user has set themselves stays. */
export function debugEnvironment(app: AppEnvironment, launch: DebugLaunch): Record<string, string | null> {
  const { env, envFileNodeOptions, inheritedNodeOptions, workspaceFolder } = launch;
  const base =
    "NODE_OPTIONS" in env ? (env["NODE_OPTIONS"] ?? undefined) : (envFileNodeOptions ?? inheritedNodeOptions);
  const ours: Record<string, string> = { ...app.variables };
  if (workspaceFolder !== null) ours[environment.workspace] = workspaceFolder;
  return { ...ours, ...env, NODE_OPTIONS: appendNodeOption(base, app.stubPath) };
}

/** NODE_OPTIONS as a dotenv file sets it; the last of several lines counts. */
export function nodeOptionsOfEnvFile(text: string): string | undefined {
  let value: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?NODE_OPTIONS\s*=\s*(.*?)\s*$/.exec(line);
    if (match?.[1] !== undefined) value = match[1].replace(/^(["'])(.*)\1$/, "$2");
  }
  return value;
}

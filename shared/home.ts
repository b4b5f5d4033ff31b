import { environment } from "./protocol.ts";

export interface HomeSurroundings {
  env: Readonly<Record<string, string | undefined>>;
  platform: string;
  homeDirectory: string;
}

/**
 * The folder of all state. First that applies: `TAXIMETER_HOME`; Windows `%LOCALAPPDATA%\taximeter`; macOS
 * `~/Library/Application Support/taximeter`; `$XDG_STATE_HOME/taximeter`; `~/.local/state/taximeter`.
 */
export function stateDirectory({ env, platform, homeDirectory }: HomeSurroundings): string {
  const chosen = env[environment.home];
  if (chosen) return chosen;
  if (platform === "win32") return `${env["LOCALAPPDATA"] ?? `${homeDirectory}\\AppData\\Local`}\\taximeter`;
  if (platform === "darwin") return `${homeDirectory}/Library/Application Support/taximeter`;
  return `${env["XDG_STATE_HOME"] || `${homeDirectory}/.local/state`}/taximeter`;
}

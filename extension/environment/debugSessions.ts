import { readFile } from "node:fs/promises";
import * as vscode from "vscode";
import { messageOf } from "../../shared/messageOf.ts";
import type { Log } from "../commands/sayFailure.ts";
import type { AppEnvironment } from "./appEnvironment.ts";
import { debugEnvironment, nodeDebugTypes, nodeOptionsOfEnvFile } from "./debugEnvironment.ts";

/** Adds the app environment to launches of Node. `app` tells what it is at that moment, `null` for none. */
export function meterDebugSessions(app: () => AppEnvironment | null, log: Log): vscode.Disposable {
  const provider: vscode.DebugConfigurationProvider = {
    async resolveDebugConfigurationWithSubstitutedVariables(folder, configuration) {
      const current = app();
      // What is attached to runs already.
      if (current === null || configuration.request !== "launch") return configuration;
      try {
        const env = debugEnvironment(current, {
          env: environmentOf(configuration["env"]),
          envFileNodeOptions: await readEnvFile(configuration["envFile"]),
          inheritedNodeOptions: process.env["NODE_OPTIONS"],
          workspaceFolder: folder?.uri.fsPath ?? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? null,
        });
        return { ...configuration, env };
      } catch (error) {
        // A debug session must start whatever happens to us.
        log.warn(`A debug session is not metered: ${messageOf(error)}`);
        return configuration;
      }
    },
  };
  const registrations = nodeDebugTypes.map((type) =>
    vscode.debug.registerDebugConfigurationProvider(type, provider),
  );
  return vscode.Disposable.from(...registrations);
}

function environmentOf(raw: unknown): Record<string, string | null> {
  if (typeof raw !== "object" || raw === null) return {};
  const env: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(raw)) env[name] = value === null ? null : String(value);
  return env;
}

async function readEnvFile(path: unknown): Promise<string | undefined> {
  if (typeof path !== "string" || path === "") return undefined;
  // A missing file is the debugger's to complain about.
  return readFile(path, "utf8").then(nodeOptionsOfEnvFile, () => undefined);
}

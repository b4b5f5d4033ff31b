import { join } from "node:path";
import * as vscode from "vscode";
import { appendNodeOption, installPreloadStub } from "../../daemon/client/preload.ts";
import { messageOf } from "../../shared/messageOf.ts";
import type { Log } from "../commands/sayFailure.ts";
import type { Settings } from "../settings.ts";
import { type AppEnvironment, appEnvironment } from "./appEnvironment.ts";
import { meterDebugSessions } from "./debugSessions.ts";
import { sayReopenTerminals } from "./reopenTerminals.ts";
import { applyToTerminals } from "./terminals.ts";

export interface AppMetering extends vscode.Disposable {
  /** Brings terminals, tasks and debug sessions that start from now on into line with the settings. */
  apply(settings: Settings): void;
  /** What a terminal of this window has beyond its shell's own environment. */
  terminalEnvironment(): Record<string, string>;
}

/** Gives the apps that the user starts from this window the preload that meters them. */
export function createAppMetering(options: {
  collection: vscode.GlobalEnvironmentVariableCollection;
  home: string;
  dist: string;
  log: Log;
}): AppMetering {
  const { collection, home, dist, log } = options;
  let app: AppEnvironment | null = null;
  let latest: Settings | null = null;
  let toldOfTerminals = false;

  const prepare = ({ enabled, providers }: Settings): AppEnvironment | null => {
    if (!enabled) return null;
    try {
      const stubPath = installPreloadStub({ home, registerFile: join(dist, "register.cjs") });
      return appEnvironment({ stubPath, providers, env: process.env });
    } catch (error) {
      // Without the stub nothing may point to it: Node refuses to start where a preload is missing.
      log.error(`Apps are not metered: ${messageOf(error)}`);
      return null;
    }
  };
  const apply = (settings: Settings) => {
    latest = settings;
    app = prepare(settings);
    const someLackIt = applyToTerminals(collection, app);
    if (!someLackIt || toldOfTerminals) return;
    toldOfTerminals = true;
    void sayReopenTerminals();
  };
  const registrations = vscode.Disposable.from(
    meterDebugSessions(() => app, log),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      if (latest !== null) apply(latest);
    }),
  );
  return {
    terminalEnvironment() {
      if (app === null) return {};
      return { ...app.variables, NODE_OPTIONS: appendNodeOption(undefined, app.stubPath) };
    },
    apply,
    dispose: () => registrations.dispose(),
  };
}

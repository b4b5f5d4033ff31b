import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ensureCodeServer,
  toolingBinDirectory,
  toolingEnvironment,
} from "../../../scripts/lib/provision.mjs";
import { type RunningProcess, startProcess } from "./processes.ts";

export interface CodeServerOptions {
  /** A folder of its own, for everything it writes: settings, extensions, home. */
  directory: string;
  vsix: string;
  /** Folder it opens. */
  workspace: string;
  env?: Record<string, string>;
}

export interface CodeServer {
  /** Address of the workbench with the workspace open. */
  url: string;
  /** Folder of the user's home in terminals. */
  home: string;
  logs: string;
  process: RunningProcess;
}

/** Settings that keep the workbench quiet: nothing on it but what the extension puts there. */
const calmSettings = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "security.workspace.trust.enabled": false,
  "extensions.ignoreRecommendations": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "update.mode": "none",
  "telemetry.telemetryLevel": "off",
  "git.openRepositoryInParentFolders": "never",
  "terminal.integrated.enablePersistentSessions": false,
  "terminal.integrated.suggest.enabled": false,
  "terminal.integrated.initialHint": false,
  // The terminal as elements rather than a canvas: its text can be read.
  "terminal.integrated.gpuAcceleration": "off",
  "window.commandCenter": false,
  // A webview that takes the focus while it loads must not close the list that is being typed into.
  "workbench.quickOpen.closeOnFocusLost": false,
};

/** Real VS Code, as a server, with the packaged extension installed as a user would. */
export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  const { entry } = await ensureCodeServer();
  const data = join(options.directory, "data");
  const home = join(options.directory, "home");
  const settingsFile = join(data, "User", "settings.json");
  await mkdir(join(data, "User"), { recursive: true });
  await mkdir(home, { recursive: true });
  await writeFile(settingsFile, JSON.stringify(calmSettings, null, 2));

  const env = {
    ...toolingEnvironment(withoutEditor(process.env)),
    HOME: home,
    SHELL: "/bin/bash",
    ...options.env,
  };
  const node = join(toolingBinDirectory(), "node");
  const places = [
    ["--config", join(options.directory, "code-server.yaml")],
    ["--user-data-dir", data],
    ["--extensions-dir", join(options.directory, "extensions")],
  ].flat();
  const inWorkspace = { env, cwd: options.workspace };

  const install = startProcess(node, [entry, ...places, "--install-extension", options.vsix], inWorkspace);
  if ((await install.exited) !== 0) throw new Error(`The VSIX was not installed:\n${install.output()}`);

  const quiet = ["--disable-workspace-trust", "--disable-telemetry", "--disable-update-check"];
  const open = ["--auth", "none", "--bind-addr", "127.0.0.1:0"];
  const server = startProcess(node, [entry, ...places, ...open, ...quiet], inWorkspace);
  const [, address] = await server.waitForOutput(/HTTP server listening on (http:\/\/[\d.:]+)/, 60_000);
  return {
    url: `${address}/?folder=${encodeURIComponent(options.workspace)}`,
    home,
    logs: join(data, "logs"),
    process: server,
  };
}

/** Without the variables of an editor or of the shim that this very test may run under. */
function withoutEditor(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_|TAXIMETER|NODE_OPTIONS$|ELECTRON_|VITEST|NODE_ENV$|XDG_)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}

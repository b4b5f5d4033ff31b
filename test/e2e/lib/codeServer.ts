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
  /** The user's settings, over the calm ones. */
  settings?: Record<string, unknown>;
  /** A folder that is opened is not trusted until the user says so. By default every folder is. */
  restricted?: boolean;
}

export interface CodeServer {
  /** Address of the workbench with the workspace open. */
  url: string;
  /** The same with another folder or `.code-workspace` file open, or with nothing. */
  urlOf(opened: { folder: string } | { workspace: string } | null): string;
  /** Where VS Code keeps the user's settings. */
  settingsFile: string;
  /** Of the editor's command line, such as `["--uninstall-extension", "…"]`. */
  run(args: string[]): Promise<string>;
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
  const trust = options.restricted
    ? { "security.workspace.trust.enabled": true, "security.workspace.trust.startupPrompt": "never" }
    : {};
  const settings = { ...calmSettings, ...trust, ...options.settings };
  await writeFile(settingsFile, JSON.stringify(settings, null, 2));

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

  const run = async (args: string[]) => {
    const command = startProcess(node, [entry, ...places, ...args], inWorkspace);
    if ((await command.exited) !== 0) throw new Error(`${args.join(" ")} failed:\n${command.output()}`);
    return command.output();
  };
  await run(["--install-extension", options.vsix]);

  const quiet = ["--disable-telemetry", "--disable-update-check"];
  if (!options.restricted) quiet.push("--disable-workspace-trust");
  const open = ["--auth", "none", "--bind-addr", "127.0.0.1:0"];
  const server = startProcess(node, [entry, ...places, ...open, ...quiet], inWorkspace);
  const [, address] = await server.waitForOutput(/HTTP server listening on (http:\/\/[\d.:]+)/, 60_000);
  const urlOf: CodeServer["urlOf"] = (opened) =>
    `${address}/?${new URLSearchParams(opened ?? { ew: "true" })}`;
  return {
    url: urlOf({ folder: options.workspace }),
    urlOf,
    settingsFile,
    run,
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

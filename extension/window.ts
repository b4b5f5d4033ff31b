import { homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { stateDirectory } from "../shared/home.ts";
import { type ContextKey, SETTINGS_SECTION } from "./contributions.ts";
import type { Language } from "./language.ts";
import { readSettings, type Settings } from "./settings.ts";

/** What the extension finds where it runs. Read once, at activation. */
export interface Surroundings {
  /** `TAXIMETER_HOME`. */
  home: string;
  dist: string;
  version: string;
  language: Language;
  sessionStart: Date;
}

export function readSurroundings(context: vscode.ExtensionContext): Surroundings {
  const { version } = context.extension.packageJSON as { version: unknown };
  return {
    home: stateDirectory({ env: process.env, platform: process.platform, homeDirectory: homedir() }),
    dist: join(context.extensionPath, "dist"),
    version: typeof version === "string" ? version : "0.0.0",
    language: { l10n: vscode.l10n, locale: vscode.env.language },
    sessionStart: new Date(),
  };
}

export function currentSettings(): Settings {
  const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  return readSettings((key) => configuration.get(key));
}

export function workspaceFolderPaths(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
}

/** For `when` clauses and enablement; said again only where it changed. */
export function setContext(key: ContextKey, value: boolean): void {
  if (contexts.get(key) === value) return;
  contexts.set(key, value);
  void vscode.commands.executeCommand("setContext", key, value);
}

const contexts = new Map<ContextKey, boolean>();

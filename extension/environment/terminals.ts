import * as vscode from "vscode";
import { preloadOption } from "../../daemon/client/preload.ts";
import { environment } from "../../shared/protocol.ts";
import type { AppEnvironment } from "./appEnvironment.ts";
import { type Mutator, setMutators } from "./mutators.ts";

/**
 * Gives terminals and tasks that open from now on the app environment; with `null`, takes it away. VS Code keeps it for
 * the next start of the window, so that terminals restored before we run are metered as well, and forgets it when the
 * extension is uninstalled. Returns whether terminals that are open lack what those to come will have.
 */
export function applyToTerminals(
  collection: vscode.GlobalEnvironmentVariableCollection,
  app: AppEnvironment | null,
): boolean {
  collection.persistent = true;
  collection.description = vscode.l10n.t(
    "Meters the AI calls of Node.js apps (adds a preload to NODE_OPTIONS)",
  );
  if (app === null) {
    // What a folder's collection kept from an earlier window is not listed, but goes with the whole.
    collection.clear();
    return false;
  }
  const wanted = new Map<string, Mutator>();
  // Appended: what the user has in NODE_OPTIONS stays, and comes first.
  wanted.set("NODE_OPTIONS", { kind: "append", value: preloadOption(app.stubPath) });
  for (const [name, value] of Object.entries(app.variables)) wanted.set(name, { kind: "replace", value });
  const changed = setMutators(collection, wanted);
  for (const workspaceFolder of vscode.workspace.workspaceFolders ?? []) {
    const value = workspaceFolder.uri.fsPath;
    const scoped = new Map<string, Mutator>([[environment.workspace, { kind: "replace", value }]]);
    setMutators(collection.getScoped({ workspaceFolder }), scoped);
  }
  return changed && vscode.window.terminals.length > 0;
}

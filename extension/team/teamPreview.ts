import * as vscode from "vscode";
import { TEAM_SCHEME } from "../contributions.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";

/** What leaves for the team, as a read-only document: every row to its last column, asked of the daemon at each opening. */
export interface TeamPreview extends vscode.Disposable {
  open(): Promise<void>;
}

const ROWS = 200;

export function createTeamPreview(link: Pick<DaemonLink, "request">): TeamPreview {
  const changes = new vscode.EventEmitter<vscode.Uri>();
  const provider = vscode.workspace.registerTextDocumentContentProvider(TEAM_SCHEME, {
    onDidChange: changes.event,
    async provideTextDocumentContent() {
      return JSON.stringify(await link.request("previewTeam", { query: { limit: ROWS } }), null, 2);
    },
  });
  return {
    async open() {
      const uri = vscode.Uri.from({ scheme: TEAM_SCHEME, path: "/team-preview.json" });
      changes.fire(uri);
      await vscode.window.showTextDocument(uri, { preview: true });
    },
    dispose() {
      provider.dispose();
      changes.dispose();
    },
  };
}

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { DashboardPlace } from "../../shared/dashboardPlace.ts";
import type { HostMessage } from "../../shared/messages.ts";
import type { Log } from "../commands/sayFailure.ts";
import { commands, DASHBOARD_VIEW_TYPE } from "../contributions.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import { callSitePath } from "./callSitePath.ts";
import { type DashboardView, dashboardHtml } from "./dashboardHtml.ts";
import { saveExport } from "./saveExport.ts";
import { createWebviewBridge } from "./webviewBridge.ts";

export interface Dashboard extends vscode.Disposable {
  /** Shows the panel; with a place, goes there. */
  open(place: DashboardPlace | null): void;
}

export interface DashboardSurroundings {
  extensionUri: vscode.Uri;
  link: DaemonLink;
  log: Log;
  view(): DashboardView;
}

/** The one dashboard panel of the window. It comes back after a reload with what its page had stored. */
export function createDashboard({ extensionUri, link, log, view }: DashboardSurroundings): Dashboard {
  const assets = vscode.Uri.joinPath(extensionUri, "dist", "webview");
  const options: vscode.WebviewOptions = { enableScripts: true, localResourceRoots: [assets] };
  let panel: vscode.WebviewPanel | null = null;

  let awaited: DashboardPlace | null = null;

  const goTo = ({ webview }: vscode.WebviewPanel) => {
    if (awaited === null) return;
    void webview.postMessage({ type: "show", ...awaited } satisfies HostMessage);
    awaited = null;
  };
  const adopt = (adopted: vscode.WebviewPanel) => {
    panel?.dispose();
    panel = adopted;
    const { webview } = adopted;
    const bridge = createWebviewBridge(link, {
      post: (message: HostMessage) => void webview.postMessage(message),
      openCallSite: (place) => void openCallSite(place),
      saveFile: (file) => void saveExport(file, log),
      restartDaemon: () => void vscode.commands.executeCommand(commands.restartDaemon),
      runDoctor: () => void vscode.commands.executeCommand(commands.runDoctor),
      resumeMetering: () => void vscode.commands.executeCommand(commands.resumeMetering),
    });
    webview.onDidReceiveMessage((message: unknown) => {
      bridge.receive(message);
      goTo(adopted);
    });
    adopted.onDidChangeViewState(() => {
      // A hidden page is thrown away; when it is shown again it starts anew and says that it is ready.
      if (!adopted.visible) bridge.pause();
    });
    adopted.onDidDispose(() => {
      bridge.dispose();
      if (panel === adopted) panel = null;
    });
    adopted.iconPath = vscode.Uri.joinPath(extensionUri, "media", "icon.png");
    webview.options = options;
    const page = {
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(assets, "dashboard.js")).toString(),
      styleUri: webview.asWebviewUri(vscode.Uri.joinPath(assets, "dashboard.css")).toString(),
      cspSource: webview.cspSource,
      nonce: randomBytes(18).toString("base64"),
      locale: vscode.env.language,
      title: panelTitle(),
    };
    webview.html = dashboardHtml(page, view());
  };

  const serializer = vscode.window.registerWebviewPanelSerializer(DASHBOARD_VIEW_TYPE, {
    async deserializeWebviewPanel(restored) {
      adopt(restored);
    },
  });

  return {
    open(place) {
      awaited = place;
      if (panel !== null) {
        // A page that is hidden is gone, and says so when it is back.
        if (panel.visible) goTo(panel);
        panel.reveal();
        return;
      }
      const column = vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.One;
      adopt(vscode.window.createWebviewPanel(DASHBOARD_VIEW_TYPE, panelTitle(), column, options));
    },
    dispose() {
      serializer.dispose();
      panel?.dispose();
    },
  };

  async function openCallSite(place: { workspace: string | null; file: string; line: number }) {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const path = await callSitePath(
      place,
      folders.map(({ uri }) => uri.fsPath),
    );
    if (path === null) {
      log.info("A call site outside the open folders, or gone, was not opened.");
      void vscode.window.showInformationMessage(
        vscode.l10n.t("{0} is not a file in the folders open in this window.", place.file),
      );
      return;
    }
    const at = new vscode.Position(place.line - 1, 0);
    await vscode.window.showTextDocument(vscode.Uri.file(path), { selection: new vscode.Range(at, at) });
  }
}

function panelTitle(): string {
  return vscode.l10n.t("Taximeter");
}

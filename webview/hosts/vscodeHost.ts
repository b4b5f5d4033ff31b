import type { LiveEvent } from "../../shared/live.ts";
import type { Connection, WebviewMessage, WebviewRequest, WebviewRouteName } from "../../shared/messages.ts";
import { isRecord, readAnswer, readError, readLiveEvent } from "./answers.ts";
import type { Answer, ConnectionState, DashboardHost, Failure } from "./dashboardHost.ts";

/** A little longer than the extension waits for the daemon, so that its own words arrive first. */
const REQUEST_TIMEOUT_MS = 20_000;

interface VsCodeApi {
  postMessage(message: WebviewMessage): void;
  getState(): unknown;
  setState(state: object): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const connections: readonly Connection[] = ["connecting", "live", "lost"];

interface Waiting {
  route: WebviewRouteName;
  settle(answer: Answer<unknown>): void;
  timer: ReturnType<typeof setTimeout>;
}

/** Inside a VS Code webview: everything goes through the extension, as messages. */
export function createVscodeHost(): DashboardHost {
  const vscode = acquireVsCodeApi();
  const waiting = new Map<number, Waiting>();
  let lastRequestId = 0;
  let listenLive: (event: LiveEvent) => void = () => {};
  let tellConnection: (state: ConnectionState) => void = () => {};

  window.addEventListener("message", (event: MessageEvent<unknown>) => {
    // Other extensions' webviews can reach this window too; VS Code's own messages come from its own origin.
    if (event.origin !== window.origin || !isRecord(event.data)) return;
    const message = event.data;
    if (message["type"] === "response") settle(message);
    else if (message["type"] === "live" && isRecord(message["event"])) {
      const live = readLiveEvent(message["event"]["type"], message["event"]["data"]);
      if (live !== null) listenLive(live);
    } else if (message["type"] === "connection") {
      const connection = connections.find((known) => known === message["connection"]);
      const detail = typeof message["detail"] === "string" ? message["detail"] : null;
      if (connection !== undefined) tellConnection({ connection, detail });
    }
  });

  function settle(message: Record<string, unknown>): void {
    const request = waiting.get(Number(message["requestId"]));
    if (request === undefined) return;
    waiting.delete(Number(message["requestId"]));
    clearTimeout(request.timer);
    if (message["ok"] !== true) {
      const words = readError(message["error"])?.error ?? "The extension could not get an answer.";
      request.settle(failed("refused", words));
      return;
    }
    const value = readAnswer(request.route, message["body"]);
    request.settle(
      value === null
        ? failed("nonsense", "The daemon's answer is not understood: it may be of another version.")
        : { ok: true, value },
    );
  }

  vscode.postMessage({ type: "ready" });

  return {
    kind: "vscode",

    request(route, request) {
      lastRequestId += 1;
      const requestId = lastRequestId;
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(requestId);
          resolve(failed("timeout", "The daemon did not answer within 20 seconds."));
        }, REQUEST_TIMEOUT_MS);
        // What `settle` hands over was read as an answer of this very route.
        waiting.set(requestId, { route, timer, settle: resolve as Waiting["settle"] });
        vscode.postMessage({ type: "request", requestId, route, request } as unknown as WebviewRequest);
      });
    },

    watch(query, listener) {
      listenLive = listener;
      vscode.postMessage({ type: "watch", query });
    },

    onConnection(listener) {
      tellConnection = listener;
    },

    loadState: () => vscode.getState(),
    saveState: (state) => vscode.setState(state),
    openCallSite: (place) => vscode.postMessage({ type: "openCallSite", ...place }),
    restartDaemon: () => vscode.postMessage({ type: "restartDaemon" }),
  };
}

function failed(kind: Failure["kind"], message: string): Answer<never> {
  return { ok: false, failure: { kind, message } };
}

import { type DashboardPlace, parseDashboardPlace } from "../../shared/dashboardPlace.ts";
import type { LiveEvent } from "../../shared/live.ts";
import type { Connection, WebviewMessage, WebviewRequest, WebviewRouteName } from "../../shared/messages.ts";
import { t } from "../localisation/t.ts";
import { isRecord, readAnswer, readError, readLiveEvent } from "./answers.ts";
import type { Answer, ConnectionState, DashboardHost } from "./dashboardHost.ts";
import { accepted, failed, refused } from "./failures.ts";

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
  /** Whether it asks for one thing by its id. */
  asksForOne: boolean;
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
  let show: (place: DashboardPlace) => void = () => {};

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
    } else if (message["type"] === "show") {
      const place = parseDashboardPlace(message);
      if (place !== null) show(place);
    }
  });

  function settle(message: Record<string, unknown>): void {
    const request = waiting.get(Number(message["requestId"]));
    if (request === undefined) return;
    waiting.delete(Number(message["requestId"]));
    clearTimeout(request.timer);
    if (message["ok"] !== true) {
      const words = readError(message["error"])?.error ?? t("The extension could not get an answer.");
      const status = typeof message["status"] === "number" ? message["status"] : undefined;
      // Without a status nobody answered: the daemon is away, or was stopped.
      request.settle(
        status === undefined ? failed("unreachable", words) : refused(status, words, request.asksForOne),
      );
      return;
    }
    request.settle(accepted(readAnswer(request.route, message["body"])));
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
          const seconds = REQUEST_TIMEOUT_MS / 1_000;
          resolve(failed("timeout", t("The daemon did not answer within {0} seconds.", seconds)));
        }, REQUEST_TIMEOUT_MS);
        // What `settle` hands over was read as an answer of this very route.
        waiting.set(requestId, {
          route,
          asksForOne: "id" in request,
          timer,
          settle: resolve as Waiting["settle"],
        });
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

    onShow(listener) {
      show = listener;
    },
    loadState: () => vscode.getState(),
    saveState: (state) => vscode.setState(state),
    async saveFile({ name, content }) {
      vscode.postMessage(
        typeof content === "string"
          ? { type: "saveFile", name, encoding: "text", content }
          : { type: "saveFile", name, encoding: "base64", content: await base64Of(content) },
      );
    },
    openCallSite: (place) => vscode.postMessage({ type: "openCallSite", ...place }),
    restartDaemon: () => vscode.postMessage({ type: "restartDaemon" }),
    runDoctor: () => vscode.postMessage({ type: "runDoctor" }),
    resumeMetering: () => vscode.postMessage({ type: "resumeMetering" }),
  };
}

function base64Of(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(reader.error ?? new Error("The file cannot be read"));
    reader.readAsDataURL(blob);
  });
}

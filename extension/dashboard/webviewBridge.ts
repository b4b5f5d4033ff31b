import type { Watch } from "../../daemon/client/daemonConnection.ts";
import { ApiRequestError } from "../../daemon/client/errors.ts";
import type { ApiError } from "../../shared/api.ts";
import type { LiveQuery } from "../../shared/live.ts";
import { messageOf } from "../../shared/messageOf.ts";
import type { HostMessage, SaveFileMessage, WebviewMessage, WebviewRequest } from "../../shared/messages.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import { parseWebviewMessage } from "./webviewMessage.ts";

type CallSiteMessage = Extract<WebviewMessage, { type: "openCallSite" }>;

export interface BridgeHost {
  post(message: HostMessage): void;
  openCallSite(place: CallSiteMessage): void;
  saveFile(file: SaveFileMessage): void;
  restartDaemon(): void;
  runDoctor(): void;
  resumeMetering(): void;
}

export interface WebviewBridge {
  /** Takes a message as it came; what is no message is ignored. */
  receive(raw: unknown): void;
  /** The webview's page is gone (hidden or reloading): nothing is sent until it is ready again. */
  pause(): void;
  dispose(): void;
}

/** Between one webview and the daemon: carries requests over and live events back. */
export function createWebviewBridge(link: DaemonLink, host: BridgeHost): WebviewBridge {
  let watching: Watch | null = null;

  const pause = () => {
    watching?.dispose();
    watching = null;
  };
  const watch = (query: LiveQuery) => {
    if (watching !== null) {
      watching.update(query);
      return;
    }
    watching = link.watch(query, {
      event: (event) => host.post({ type: "live", event }),
      connection: (connection, detail) => host.post({ type: "connection", connection, detail }),
    });
  };
  const answer = async ({ requestId, route, request }: WebviewRequest) => {
    try {
      const body = await link.request(route, request);
      host.post({ type: "response", requestId, ok: true, body });
    } catch (error) {
      const status = error instanceof ApiRequestError ? { status: error.status } : {};
      host.post({ type: "response", requestId, ok: false, error: apiError(error), ...status });
    }
  };

  return {
    receive(raw) {
      const message = parseWebviewMessage(raw);
      if (message === null) return;
      switch (message.type) {
        case "ready":
          // A new page knows nothing: its watch begins anew, with a snapshot.
          return pause();
        case "watch":
          return watch(message.query);
        case "request":
          void answer(message);
          return;
        case "openCallSite":
          return host.openCallSite(message);
        case "saveFile":
          return host.saveFile(message);
        case "restartDaemon":
          return host.restartDaemon();
        case "runDoctor":
          return host.runDoctor();
        case "resumeMetering":
          return host.resumeMetering();
        default:
          return message satisfies never;
      }
    },
    pause,
    dispose: pause,
  };
}

function apiError(error: unknown): ApiError {
  if (error instanceof ApiRequestError && error.field !== undefined) {
    return { error: error.message, field: error.field };
  }
  return { error: messageOf(error) };
}

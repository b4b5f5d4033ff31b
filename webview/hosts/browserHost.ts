import { queryString, requestTarget } from "../../shared/api.ts";
import { LIVE_PATH, type LiveEvent, type LiveQuery } from "../../shared/live.ts";
import { t } from "../localisation/t.ts";
import { liveEventNames, parseJson, readAnswer, readError, readLiveEvent } from "./answers.ts";
import type { ConnectionState, DashboardHost, Failure } from "./dashboardHost.ts";
import { accepted, failed, refused } from "./failures.ts";

const REQUEST_TIMEOUT_MS = 15_000;
const RECONNECT_MS = { first: 500, most: 5_000 };
const STATE_KEY = "taximeter.dashboard";

const signedOut: Failure = {
  kind: "signedOut",
  message: t("This page's session has ended. Run “taximeter dashboard” in a terminal to open it again."),
};

const unreachable: Failure = {
  kind: "unreachable",
  message: t(
    "The daemon doesn't answer. Run “taximeter dashboard” in a terminal to start it and open this page again.",
  ),
};

/** A page that the daemon itself serves: same origin, and the session's cookie goes along. */
export function createBrowserHost(): DashboardHost {
  let tellConnection: (state: ConnectionState) => void = () => {};
  let stopWatching: () => void = () => {};

  return {
    kind: "browser",

    async request(route, request) {
      const { method, path, body } = requestTarget(route, request);
      try {
        const response = await fetch(path, {
          method,
          credentials: "same-origin",
          cache: "no-store",
          signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
          ...(body === undefined
            ? {}
            : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
        });
        const answer = parseJson(await response.text());
        if (response.ok) return accepted(readAnswer(route, answer));
        if (response.status === 401) return { ok: false, failure: signedOut };
        const words =
          readError(answer)?.error ?? t("The daemon answered with HTTP status {0}.", response.status);
        return refused(response.status, words, "id" in request);
      } catch (error) {
        const timedOut = error instanceof DOMException && error.name === "TimeoutError";
        return timedOut
          ? failed("timeout", t("The daemon did not answer within {0} seconds.", REQUEST_TIMEOUT_MS / 1_000))
          : { ok: false, failure: unreachable };
      }
    },

    watch(query, listener) {
      stopWatching();
      stopWatching = keepWatching(query, listener, (state) => tellConnection(state));
    },

    onConnection(listener) {
      tellConnection = listener;
    },

    async saveFile({ name, mediaType, content }) {
      const address = URL.createObjectURL(
        typeof content === "string" ? new Blob([content], { type: mediaType }) : content,
      );
      const link = document.createElement("a");
      link.href = address;
      link.download = name;
      link.click();
      // The browser has taken hold of it by the next turn at the latest.
      setTimeout(() => URL.revokeObjectURL(address), 1_000);
    },

    loadState() {
      try {
        return parseJson(localStorage.getItem(STATE_KEY) ?? "null");
      } catch {
        return null;
      }
    },

    saveState(state) {
      try {
        localStorage.setItem(STATE_KEY, JSON.stringify(state));
      } catch {
        // A browser that keeps nothing for this page: it opens afresh next time.
      }
    },
  };
}

/**
 * One stream of live events for as long as it is wanted. `EventSource` gives up for good on any answer but 200, so a
 * stream that closed is opened anew, ever less often.
 */
function keepWatching(
  query: LiveQuery,
  listener: (event: LiveEvent) => void,
  tell: (state: ConnectionState) => void,
): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delayMs = RECONNECT_MS.first;

  const open = () => {
    source = new EventSource(LIVE_PATH + queryString(query));
    source.onopen = () => {
      delayMs = RECONNECT_MS.first;
      tell({ connection: "live", detail: null });
    };
    source.onerror = () => {
      tell({ connection: "lost", detail: unreachable.message });
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, delayMs);
      delayMs = Math.min(delayMs * 2, RECONNECT_MS.most);
    };
    for (const name of liveEventNames) {
      source.addEventListener(name, (message) => {
        const event = readLiveEvent(name, parseJson(String(message.data)));
        if (event !== null) listener(event);
      });
    }
  };
  open();

  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

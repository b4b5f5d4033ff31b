import type { ApiRequest, ApiResponse } from "../../shared/api.ts";
import type { DashboardPlace } from "../../shared/dashboardPlace.ts";
import type { LiveEvent, LiveQuery } from "../../shared/live.ts";
import type { Connection, WebviewRouteName } from "../../shared/messages.ts";

/**
 * Why there is no answer: `refused` the daemon said no and why; `unreachable` nobody answered; `timeout` nobody
 * answered in time; `signedOut` the browser's session has ended; `nonsense` what came is no answer to this question;
 * `unknown` the daemon does not know the question: it is older than this page.
 */
export type FailureKind = "refused" | "unreachable" | "timeout" | "signedOut" | "nonsense" | "unknown";

export interface Failure {
  kind: FailureKind;
  /** One sentence for the user. */
  message: string;
}

/** A file that the user asked for. */
export interface ExportedFile {
  name: string;
  /** `text/csv`, `application/json`, `image/png`. */
  mediaType: string;
  content: string | Blob;
}

export type Answer<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export interface ConnectionState {
  connection: Connection;
  /** What is wrong, in words, where known. */
  detail: string | null;
}

export interface CallSiteLink {
  workspace: string | null;
  file: string;
  /** From 1. */
  line: number;
}

/** What surrounds the dashboard: an extension that relays, or a browser page of the daemon. Nothing here ever throws. */
export interface DashboardHost {
  kind: "vscode" | "browser";
  /** Always settles, at the latest after the host's timeout. */
  request<Name extends WebviewRouteName>(
    route: Name,
    request: ApiRequest<Name>,
  ): Promise<Answer<ApiResponse<Name>>>;
  /** Watches this from now on, in place of what was watched before; a `snapshot` comes first. */
  watch(query: LiveQuery, listener: (event: LiveEvent) => void): void;
  onConnection(listener: (state: ConnectionState) => void): void;
  /** What `saveState` kept, as it comes: to be parsed. */
  loadState(): unknown;
  saveState(state: object): void;
  /** Saves a file where the user wants it; resolves when it is handed over. */
  saveFile(file: ExportedFile): Promise<void>;
  /** The user asks outside the page to be shown a place in it. Absent where nobody can. */
  onShow?(listener: (place: DashboardPlace) => void): void;
  /** Absent where the host cannot. */
  openCallSite?(place: CallSiteLink): void;
  restartDaemon?(): void;
  runDoctor?(): void;
  resumeMetering?(): void;
}

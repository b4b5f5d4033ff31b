import type { ApiError, ApiRequest, ApiResponse, ApiRouteName } from "./api.ts";
import type { DashboardPlace } from "./dashboardPlace.ts";
import type { LiveEvent, LiveQuery } from "./live.ts";

/**
 * Messages between the dashboard in a VS Code webview and the extension. In a browser the dashboard speaks HTTP to the
 * daemon instead. A webview may ask for these routes alone.
 */
export const webviewRoutes = [
  "spend",
  "series",
  "performance",
  "conversations",
  "calls",
  "call",
  "prices",
  "setPrice",
  "removePrice",
  "reprice",
  "breakers",
  "setBreakers",
  "teamSpend",
  "teamSeries",
  "teamMembers",
  "budgets",
  "setBudget",
  "removeBudget",
  "status",
] as const satisfies ApiRouteName[];
export type WebviewRouteName = (typeof webviewRoutes)[number];

export type WebviewRequest = {
  [Name in WebviewRouteName]: { type: "request"; requestId: number; route: Name; request: ApiRequest<Name> };
}[WebviewRouteName];

/** Offer to save an export under this name: as it is, or bytes in base64. */
export interface SaveFileMessage {
  type: "saveFile";
  name: string;
  encoding: "text" | "base64";
  content: string;
}

/** From the dashboard to the extension. */
export type WebviewMessage =
  | { type: "ready" }
  | WebviewRequest
  /** Watch this from now on, in place of what was watched before. */
  | { type: "watch"; query: LiveQuery }
  /** Open a place in the developer's code; `file` is relative to `workspace`. */
  | { type: "openCallSite"; workspace: string | null; file: string; line: number }
  | SaveFileMessage
  | { type: "restartDaemon" }
  | { type: "runDoctor" }
  | { type: "resumeMetering" };

export type Connection = "connecting" | "live" | "lost";

/** From the extension to the dashboard. `status` is that of HTTP, where the daemon answered. */
export type HostMessage =
  | { type: "response"; requestId: number; ok: true; body: ApiResponse<WebviewRouteName> }
  | { type: "response"; requestId: number; ok: false; error: ApiError; status?: number }
  | { type: "live"; event: LiveEvent }
  /** Go there, as the user asked outside the page. */
  | ({ type: "show" } & DashboardPlace)
  | { type: "connection"; connection: Connection; detail: string | null };

import { isDimension } from "../../shared/dimensions.ts";
import type { LiveQuery } from "../../shared/live.ts";
import { type WebviewMessage, type WebviewRequest, webviewRoutes } from "../../shared/messages.ts";

/** Longest text that a message may carry in any one place. */
const MAX_TEXT = 4096;

/** Longest export: a hundred thousand calls are some 60 MB of JSON. */
const MAX_FILE = 256 * 1024 * 1024;

/**
 * Reads a message of the webview, or `null` where it is none: forged, of another version, or for a route that a webview
 * may not ask for. What is inside a request is judged by the daemon, as for every client; here only its frame is.
 */
export function parseWebviewMessage(raw: unknown): WebviewMessage | null {
  if (!isRecord(raw)) return null;
  switch (raw["type"]) {
    case "ready":
      return { type: "ready" };
    case "restartDaemon":
    case "runDoctor":
    case "resumeMetering":
      return { type: raw["type"] };
    case "watch": {
      const query = parseLiveQuery(raw["query"]);
      return query === null ? null : { type: "watch", query };
    }
    case "openCallSite":
      return parseOpenCallSite(raw);
    case "saveFile":
      return parseSaveFile(raw);
    case "request":
      return parseRequest(raw);
    default:
      return null;
  }
}

function parseRequest({ requestId, route, request }: Record<string, unknown>): WebviewMessage | null {
  const known = webviewRoutes.find((name) => name === route);
  if (known === undefined || !Number.isSafeInteger(requestId) || !isRecord(request)) return null;
  const { id, query, body, ...rest } = request;
  if (Object.keys(rest).length > 0) return null;
  if (id !== undefined && !isText(id)) return null;
  if (query !== undefined && !isRecord(query)) return null;
  if (body !== undefined && !isRecord(body)) return null;
  // The border: frame checked above, content checked by the daemon.
  return { type: "request", requestId, route: known, request: { id, query, body } } as WebviewRequest;
}

function parseLiveQuery(raw: unknown): LiveQuery | null {
  if (!isRecord(raw)) return null;
  const { from, to, timeZone, filters } = raw;
  const query: LiveQuery = {};
  for (const [name, value] of Object.entries({ from, to, timeZone })) {
    if (value === undefined) continue;
    if (!isText(value)) return null;
    query[name as "from" | "to" | "timeZone"] = value;
  }
  if (filters === undefined) return query;
  if (!isRecord(filters)) return null;
  const parsed: NonNullable<LiveQuery["filters"]> = {};
  for (const [dimension, values] of Object.entries(filters)) {
    if (!isDimension(dimension) || !Array.isArray(values) || !values.every(isText)) return null;
    parsed[dimension] = values;
  }
  return { ...query, filters: parsed };
}

function parseOpenCallSite({ workspace, file, line }: Record<string, unknown>): WebviewMessage | null {
  if (workspace !== null && !isText(workspace)) return null;
  if (!isText(file) || typeof line !== "number" || !Number.isSafeInteger(line) || line < 1) return null;
  return { type: "openCallSite", workspace, file, line };
}

/** The name is a file's own, without any folder. */
function parseSaveFile({ name, encoding, content }: Record<string, unknown>): WebviewMessage | null {
  if (typeof name !== "string" || !/^[\w-]{1,100}\.(?:csv|json|png)$/.test(name)) return null;
  if (typeof content !== "string" || content.length > MAX_FILE) return null;
  if (encoding !== "text" && encoding !== "base64") return null;
  return { type: "saveFile", name, encoding, content };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_TEXT;
}

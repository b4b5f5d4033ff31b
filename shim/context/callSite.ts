import { fileURLToPath } from "node:url";
import type { CallSite } from "../../shared/call.ts";
import { shownPath } from "./workspace.ts";

/** A stack that was captured and not looked at yet. */
export interface CapturedStack {
  /** V8's lazily formatted property. */
  stack?: unknown;
}

/** Frames of an SDK, of its retry loop and of helpers stand between `fetch` and the developer's code. */
const MAX_FRAMES = 32;

/** Notes where `below` was called from. Takes a few microseconds; making sense of it is left to `callSiteIn`. */
export function captureStack(below: (...args: never[]) => unknown): CapturedStack {
  const captured: CapturedStack = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = MAX_FRAMES;
  Error.captureStackTrace(captured, below);
  Error.stackTraceLimit = limit;
  return captured;
}

/** Of each file that was met, how it is shown in this workspace; `null` where it is not the developer's own. */
const shownFiles = new Map<string, string | null>();
const MAX_REMEMBERED_FILES = 1_000;
let shownIn: string | null = null;

/** The innermost frame of the developer's own code: neither Node's, nor of a package, nor the shim's. */
export function callSiteIn(captured: CapturedStack, workspace: string | null): CallSite | null {
  const prepare = Error.prepareStackTrace;
  let frames: unknown;
  try {
    Error.prepareStackTrace = (_error, callSites) => callSites;
    frames = captured.stack;
  } finally {
    Error.prepareStackTrace = prepare;
  }
  if (!Array.isArray(frames)) return null;
  for (const frame of frames) {
    if (!isFrame(frame)) continue;
    const file = shownFile(frame.getFileName(), workspace);
    if (file === null) continue;
    const line = frame.getLineNumber();
    if (line === null) continue;
    return { file, line, function: frame.getFunctionName() || null };
  }
  return null;
}

function shownFile(fileName: string | null | undefined, workspace: string | null): string | null {
  if (!fileName) return null;
  // A process has one workspace: as part of the key it would be put together and hashed for each frame of each call.
  if (workspace !== shownIn || shownFiles.size >= MAX_REMEMBERED_FILES) shownFiles.clear();
  shownIn = workspace;
  let shown = shownFiles.get(fileName);
  if (shown === undefined) {
    const file = ownFile(fileName);
    shown = file === null ? null : shownPath(file, workspace);
    shownFiles.set(fileName, shown);
  }
  return shown;
}

function ownFile(fileName: string): string | null {
  if (fileName.startsWith("node:") || fileName.includes("node_modules")) return null;
  if (fileName.startsWith("file:")) return fileURLToPath(fileName);
  return fileName.startsWith("/") || /^[A-Za-z]:[\\/]/.test(fileName) ? fileName : null;
}

type Frame = Pick<NodeJS.CallSite, "getFileName" | "getLineNumber" | "getFunctionName">;

function isFrame(value: unknown): value is Frame {
  return typeof value === "object" && value !== null && "getFileName" in value && "getLineNumber" in value;
}

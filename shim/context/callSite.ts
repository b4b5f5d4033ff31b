import { fileURLToPath } from "node:url";
import type { CallSite, GeneratedFrame } from "../../shared/call.ts";
import { bundledPath, isOfPackage, shownPath } from "../../shared/sourcePaths.ts";
import { hasSourceMap, type Position, positionInSource } from "./sourcePosition.ts";

/** A stack that was captured and not looked at yet. */
export interface CapturedStack {
  /** V8's lazily formatted property. */
  stack?: unknown;
  /** Set by `lookAgain`. */
  later?: CapturedStack;
  calledHost?: string;
  /** Where the package was called whose work this is, which says more where this leads to nobody: see `callers.ts`. */
  outer?: CapturedStack;
  /** So many stand around it. */
  depth?: number;
  /** Taken by a look at what holds from here on, and so perhaps of another call of the package's. */
  isLastSeen?: true;
  /** Taken where the SDK was called: there is no better one. */
  isOfSdk?: boolean;
  /** What was made of it already. */
  frames?: StackFrame[];
  place?: string;
  /** Where in `place` the developer's own code begins. */
  ownFrom?: number;
}

/** As much of V8's `CallSite` as is needed: the types of the API must not ask for those of Node. */
interface StackFrame {
  getFileName(): string | null | undefined;
  getScriptNameOrSourceURL(): string | null;
  getFunctionName(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  /** Not in Deno. */
  getPosition?(): number;
  isAsync(): boolean;
}

/** What a stack tells: the developer's line, or frames of generated code that the daemon finds it in by their maps. */
export interface CallPlace {
  callSite: CallSite | null;
  callStack?: GeneratedFrame[];
}

/** Frames of an SDK, of its retry loop and of helpers stand between `fetch` and the developer's code. */
const MAX_FRAMES = 32;
/** Of the second look: some frameworks go through themselves so often. */
const MAX_FRAMES_LATER = 100;
/** Of a bundle its packages' frames are sent too: only the map tells them from the developer's. */
const MAX_GENERATED_FRAMES = 16;
/** The daemon takes no more. */
const MAX_SENT_FRAMES = 32;

/**
 * Notes where `below` was called from; `undefined` where the host has locked `Error`. Takes a few microseconds, some for each
 * frame that it has to step over: so it is called right by `below`. Making sense of it is left to `callPlaceIn`.
 */
export function captureStack(
  below: (...args: never[]) => unknown,
  frames = MAX_FRAMES,
): CapturedStack | undefined {
  const captured: CapturedStack = {};
  try {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = frames;
    Error.captureStackTrace(captured, below);
    Error.stackTraceLimit = limit;
  } catch {
    return undefined;
  }
  return captured;
}

/** Hosts whose callers were found at the first look. */
const foundAtOnce = new Set<string>();
/** Hosts of which some callers are found at the second look alone, whoever else is found at the first. */
const foundLater = new Set<string>();
const MAX_REMEMBERED_HOSTS = 200;

/**
 * Looks at the stack once more, two turns of the microtask queue after the call. V8 follows the promises that wait for
 * each other, and one that an async function returns without awaiting it (as the Anthropic SDK does below its middleware)
 * is tied to its caller only then. Done for hosts that need it, and for each until it is known. The promise that the host
 * gets settles as `promise` does.
 */
export function lookAgain<Result>(
  promise: Promise<Result>,
  captured: CapturedStack,
  calledHost: string,
): Promise<Result> {
  if (captured.isOfSdk) return promise;
  captured.calledHost = calledHost;
  return foundAtOnce.has(calledHost) ? promise : awaited(promise, captured);
}

async function awaited<Result>(promise: Promise<Result>, captured: CapturedStack): Promise<Result> {
  await undefined;
  await undefined;
  const later = captureStack(awaited, MAX_FRAMES_LATER);
  if (later !== undefined) captured.later = later;
  return await promise;
}

/** The innermost frame of the developer's own code: neither Node's, nor of a package, nor the shim's. */
export function callPlaceIn(captured: CapturedStack, workspace: string | null): CallPlace {
  const place = placeOfCall(captured, workspace);
  if (place.callSite !== null && place.callStack === undefined) return place;
  const outer = outerOf(captured);
  return outer === undefined ? place : joined(place, callPlaceIn(outer, workspace));
}

/** Where the package was called, if it is the one that calls here. */
function outerOf(captured: CapturedStack): CapturedStack | undefined {
  const { outer } = captured;
  if (!outer?.isLastSeen) return outer;
  const files = new Set(filesIn(captured));
  if (!filesIn(outer).some((file) => files.has(file))) return outer.outer;
  lastSeenHelped = true;
  return outer;
}

let lastSeenHelped = false;

/** Whether a call was found by what was `isLastSeen`. */
export function hasLastSeenHelped(): boolean {
  return lastSeenHelped;
}

function placeOfCall(captured: CapturedStack, workspace: string | null): CallPlace {
  const { later, calledHost } = captured;
  const first = placeIn(captured, workspace);
  if (first.callSite !== null && first.callStack === undefined) {
    if (later !== undefined && calledHost !== undefined) remember(calledHost);
    return first;
  }
  if (calledHost !== undefined) foundAtOnce.delete(calledHost);
  if (later === undefined) return first;
  const second = placeIn(later, workspace);
  if (second.callSite !== null && calledHost !== undefined && foundLater.size < MAX_REMEMBERED_HOSTS) {
    foundLater.add(calledHost);
  }
  return joined(first, second);
}

/** What two stacks tell, of which the first does not tell the developer's line for certain. */
function joined(first: CallPlace, second: CallPlace): CallPlace {
  if (first.callStack === undefined) return second;
  const further = (second.callStack ?? []).slice(0, MAX_GENERATED_FRAMES);
  const callStack = [...first.callStack.slice(0, MAX_SENT_FRAMES - further.length), ...further];
  return { callSite: first.callSite, callStack };
}

function remember(host: string): void {
  if (foundLater.has(host)) return;
  if (foundAtOnce.size >= MAX_REMEMBERED_HOSTS) foundAtOnce.clear();
  foundAtOnce.add(host);
}

/** The shim is one file, and stands between a package and whoever calls it where it has wrapped that. */
export function isNobodys(name: string): boolean {
  if (name.startsWith("node:")) return true;
  if (ownName === undefined) {
    const here = captureStack(isNobodys);
    ownName = (here && framesIn(here)[0]?.getFileName()) ?? "";
  }
  return name === ownName;
}

let ownName: string | undefined;

/** The files of a stack, as V8 has them, but for Node's and the shim's. */
export function filesIn(captured: CapturedStack): string[] {
  const frames = [...framesIn(captured), ...(captured.later === undefined ? [] : framesIn(captured.later))];
  const names = frames.map((frame) => frame.getFileName());
  return [...new Set(names)].filter((name) => typeof name === "string").filter((name) => !isNobodys(name));
}

export function framesIn(captured: CapturedStack): StackFrame[] {
  captured.frames ??= madeFrames(captured);
  return captured.frames;
}

function madeFrames(captured: CapturedStack): StackFrame[] {
  const prepare = Error.prepareStackTrace;
  let frames: unknown;
  try {
    Error.prepareStackTrace = (_error, callSites) => callSites;
    frames = captured.stack;
  } finally {
    Error.prepareStackTrace = prepare;
  }
  // All of them are V8's, or none: then somebody else has made `stack`.
  return Array.isArray(frames) && isFrame(frames[0]) ? frames : [];
}

/** With `callStack` where only its maps can tell. */
function placeIn(captured: CapturedStack, workspace: string | null): CallPlace {
  let generatedSite: CallSite | null = null;
  const callStack: GeneratedFrame[] = [];
  const placeAt = (callSite: CallSite | null): CallPlace =>
    generatedSite === null ? { callSite } : { callSite: generatedSite, callStack };
  for (const frame of framesIn(captured)) {
    const file = ownFile(frame.getFileName() ?? frame.getScriptNameOrSourceURL(), workspace);
    if (file === null) continue;
    // Not of every frame: V8 looks for the ends of a file's lines to answer.
    const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
    if (line === null || column === null) continue;
    const functionName = frame.getFunctionName() || null;
    const generated = siteIn(file, line, functionName);
    if (file.hasMap) {
      // A map on disk is left to the daemon: to read it here would hold the host up.
      generatedSite ??= generated;
      if (callStack.length < MAX_GENERATED_FRAMES) callStack.push({ ...generated, file: file.path, column });
      continue;
    }
    const source = positionInSource(frame, file.name, line, column);
    const callSite = source === null ? generated : siteInSource(source, functionName, workspace);
    if (callSite !== null) return placeAt(callSite);
  }
  return placeAt(null);
}

/** The very object of the last call, where it was made by the same line: what was written of it can be used again. */
function siteIn(file: OwnFile, line: number, functionName: string | null): CallSite {
  const { lastSite } = file;
  if (lastSite?.line === line && lastSite.function === functionName) return lastSite;
  file.lastSite = { file: file.shown, line, function: functionName };
  return file.lastSite;
}

/** By the maps that this process itself has, of its runner or bundler; `null` where it is a package's code. */
function siteInSource(
  source: Position,
  functionName: string | null,
  workspace: string | null,
): CallSite | null {
  if (isOfPackage(source.file)) return null;
  const bundled = bundledPath(source.file);
  const path = bundled === null ? pathOf(source.file) : null;
  if (bundled === null && path === null) return null;
  return { file: bundled ?? shownPath(path ?? "", workspace), line: source.line, function: functionName };
}

interface OwnFile {
  /** As V8 has it. */
  name: string;
  /** Absolute, or what the bundler calls it. */
  path: string;
  /** How it is shown in this workspace. */
  shown: string;
  /** A file on disk that says where its map is. */
  hasMap: boolean;
  /** Of the last call that was made there. */
  lastSite?: CallSite;
}

/** Of each file that was met: `null` where it is not the developer's own. */
const ownFiles = new Map<string, OwnFile | null>();
const MAX_REMEMBERED_FILES = 1_000;
let shownIn: string | null = null;

function ownFile(name: string | null | undefined, workspace: string | null): OwnFile | null {
  if (!name) return null;
  // A process has one workspace: as part of the key it would be put together and hashed for each frame of each call.
  if (workspace !== shownIn || ownFiles.size >= MAX_REMEMBERED_FILES) ownFiles.clear();
  shownIn = workspace;
  let known = ownFiles.get(name);
  if (known === undefined) {
    known = lookedAt(name, workspace);
    ownFiles.set(name, known);
  }
  return known;
}

function lookedAt(name: string, workspace: string | null): OwnFile | null {
  if (isNobodys(name) || isOfPackage(name)) return null;
  const bundled = bundledPath(name);
  if (bundled !== null) return { name, path: name, shown: bundled, hasMap: false };
  const path = pathOf(name);
  return path === null ? null : { name, path, shown: shownPath(path, workspace), hasMap: hasSourceMap(path) };
}

/** Without the query that loaders put behind a module's URL. */
function pathOf(name: string): string | null {
  if (name.startsWith("file:")) return fileURLToPath(name.replace(/[?#].*$/, ""));
  return name.startsWith("/") || /^[A-Za-z]:[\\/]/.test(name) ? name.replace(/\?.*$/, "") : null;
}

function isFrame(value: unknown): value is StackFrame {
  return typeof value === "object" && value !== null && "getFileName" in value && "getLineNumber" in value;
}

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { findSourceMap } from "node:module";

/** A place in source code; `file` is a path, a `file:` URL or a bundler's name for a module, `line` counts from 1. */
export interface Position {
  file: string;
  line: number;
}

/** How Node, which knows no more than the frame, calls the formatter that stands in `Error.prepareStackTrace` at first. */
const NODES_OWN = "ErrorPrepareStackTrace";

/**
 * What the process itself knows of the source that a frame was made from: Node, where source maps are enabled (as tsx,
 * Vite and Next.js do), or a runner that has put itself between V8 and `stack` (ts-node, vitest, jest). `null` where neither
 * says anything else than the frame.
 */
export function positionInSource(frame: object, file: string, line: number, column: number): Position | null {
  // Where no maps are kept the answer is known, and asking takes longer than all else that is done with a frame.
  const map = process.sourceMapsEnabled === false ? undefined : findSourceMap(file);
  if (map !== undefined) {
    const entry = map.findEntry(line - 1, column - 1);
    // Node fills in what is in the map alone.
    if (!("originalSource" in entry) || typeof entry.originalSource !== "string") return null;
    return { file: entry.originalSource, line: entry.originalLine + 1 };
  }
  const prepare: unknown = Error.prepareStackTrace;
  if (typeof prepare !== "function" || prepare.name === NODES_OWN) return null;
  const text: unknown = Reflect.apply(prepare, Error, [new Error(""), [frame]]);
  const position = typeof text === "string" ? positionIn(text) : null;
  return position === null || (position.line === line && position.file === file) ? null : position;
}

/** Of the last line of a formatted stack: `    at reply (/shop/src/reply.ts:12:9)`. */
function positionIn(text: string): Position | null {
  const found = /(?:\(|at (?:async )?)([^()\s][^()]*):(\d+):\d+\)?\s*$/.exec(text);
  const [, file, line] = found ?? [];
  return file === undefined || line === undefined ? null : { file, line: Number(line) };
}

/** The comment stands at the end; of a map within the file only its last part is seen, which is nothing but base64. */
const TAIL_BYTES = 512;
const COMMENT = /\/[/*][#@] ?sourceMappingURL=/;
const BASE64 = /^[A-Za-z0-9+/=\s]+$/;

/** Whether a script on disk names its source map. TypeScript that Node has stripped, line by line, needs none. */
export function hasSourceMap(path: string): boolean {
  if (!/\.[cm]?js$/.test(path)) return false;
  try {
    const file = openSync(path, "r");
    try {
      const { size } = fstatSync(file);
      const tail = Buffer.alloc(Math.min(TAIL_BYTES, size));
      readSync(file, tail, 0, tail.length, size - tail.length);
      const text = tail.toString("latin1");
      return COMMENT.test(text) || (size > TAIL_BYTES && BASE64.test(text));
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

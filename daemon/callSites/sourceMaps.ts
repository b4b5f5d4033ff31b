import { open, readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { FlattenMap, originalPositionFor, sourceContentFor, type TraceMap } from "@jridgewell/trace-mapping";

/** A place in source code. `line` counts from 1. */
export interface SourcePosition {
  /** An absolute path, or a bundler's name for a module. */
  file: string;
  line: number;
  /** Whether the source has this name anywhere. Minified code has names that the source doesn't. */
  mentions(name: string): boolean;
}

/** The source maps of generated code on this machine. */
export interface SourceMaps {
  /** `null` where the file has no map, or the map says nothing of the place. `line` and `column` count from 1. */
  positionOf(file: string, line: number, column: number): Promise<SourcePosition | null>;
}

/** A larger one is left alone: reading it would hold everything else up. */
const MAX_MAP_BYTES = 32 * 1024 * 1024;
/** Of a script whose map is not in it, only the end is read. */
const TAIL_BYTES = 4 * 1024;
/** A map in memory is many times as large as its file. */
const MAX_KEPT = 6;
/** A dev server builds again while it runs. */
const TRUSTED_MS = 1_000;

interface KeptMap {
  /** Size and time of the generated file that the map was read for. */
  mark: string;
  map: Promise<{ map: TraceMap; directory: string } | null>;
  checkedAtMs: number;
}

export function createSourceMaps(nowMs: () => number): SourceMaps {
  /** By generated file, the one used last at the end. */
  const kept = new Map<string, KeptMap>();

  const mapOf = async (file: string): Promise<KeptMap | null> => {
    const known = kept.get(file);
    if (known !== undefined && nowMs() - known.checkedAtMs < TRUSTED_MS) return known;
    const stats = await stat(file).catch(() => null);
    if (stats === null || !stats.isFile()) return null;
    const mark = `${stats.size} ${stats.mtimeMs}`;
    const now = kept.get(file);
    const entry =
      now?.mark === mark
        ? { ...now, checkedAtMs: nowMs() }
        : { mark, map: readMap(file, stats.size).catch(() => null), checkedAtMs: nowMs() };
    kept.delete(file);
    kept.set(file, entry);
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_KEPT) break;
      kept.delete(oldest);
    }
    return entry;
  };

  return {
    async positionOf(file, line, column) {
      const found = await (await mapOf(file))?.map;
      if (found == null) return null;
      const { map, directory } = found;
      const original = originalPositionFor(map, { line, column: column - 1 });
      if (original.source === null) return null;
      const { source } = original;
      return {
        file: pathOf(source, directory),
        line: original.line,
        mentions: (name) => mentions(sourceContentFor(map, source), name),
      };
    },
  };
}

async function readMap(file: string, size: number): Promise<{ map: TraceMap; directory: string } | null> {
  const tail = await readEnd(file, size, TAIL_BYTES);
  let url = urlIn(tail);
  // A map within the file begins long before its end.
  if (url === null && size > TAIL_BYTES) url = urlIn(await readEnd(file, size, MAX_MAP_BYTES));
  if (url === null) return null;
  const inline = /^data:application\/json[^,]*?(;base64)?,(.*)$/s.exec(url);
  if (inline !== null) {
    const [, encoded, text = ""] = inline;
    const json = encoded === undefined ? decodeURIComponent(text) : Buffer.from(text, "base64").toString();
    return { map: parsed(json), directory: dirname(file) };
  }
  const path = url.startsWith("file:") ? fileURLToPath(url) : resolve(dirname(file), decodeURIComponent(url));
  const stats = await stat(path);
  if (!stats.isFile() || stats.size > MAX_MAP_BYTES) return null;
  return { map: parsed(await readFile(path, "utf8")), directory: dirname(path) };
}

/** Bundlers write maps of maps (`sections`) too. */
function parsed(json: string): TraceMap {
  return new FlattenMap(json);
}

async function readEnd(path: string, size: number, bytes: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const length = Math.min(bytes, size);
    const { buffer } = await file.read({ buffer: Buffer.alloc(length), position: size - length });
    return buffer.toString();
  } finally {
    await file.close();
  }
}

/** The last comment counts: a bundle may hold those of the modules in it. */
function urlIn(text: string): string | null {
  return [...text.matchAll(/\/[/*][#@] ?sourceMappingURL=([^\s*]+)/g)].at(-1)?.[1] ?? null;
}

/** A bundler's name for a module stays what it is. */
function pathOf(source: string, directory: string): string {
  if (source.startsWith("file:")) return fileURLToPath(source.replace(/[?#].*$/, ""));
  return /^[a-z][\w+.-]+:/i.test(source) ? source : resolve(directory, source);
}

const LONGEST_LOOKED_THROUGH = 2 * 1024 * 1024;

/** Where the source is not at hand, a name of some length is taken for one that somebody gave. */
function mentions(content: string | null, name: string): boolean {
  if (content === null || content.length > LONGEST_LOOKED_THROUGH) return name.length > 2;
  for (let at = content.indexOf(name); at !== -1; at = content.indexOf(name, at + 1)) {
    if (!isOfName(content[at - 1]) && !isOfName(content[at + name.length])) return true;
  }
  return false;
}

function isOfName(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_$]/u.test(character);
}

import { createRequire } from "node:module";

interface Builtins {
  crypto: typeof import("node:crypto");
  os: typeof import("node:os");
  net: typeof import("node:net");
  "fs/promises": typeof import("node:fs/promises");
  http: typeof import("node:http");
  http2: typeof import("node:http2");
  tty: typeof import("node:tty");
  zlib: typeof import("node:zlib");
  worker_threads: typeof import("node:worker_threads");
}

const loaded = new Map<string, unknown>();

/**
 * One of Node's own modules, loaded when it is first needed and not with the preload: most processes that the shim lives in
 * never call an AI.
 */
export function loadBuiltin<Name extends keyof Builtins>(name: Name): Builtins[Name];
export function loadBuiltin(name: string): unknown {
  let builtin = loaded.get(name);
  if (builtin === undefined) {
    builtin = load(`node:${name}`);
    loaded.set(name, builtin);
  }
  return builtin;
}

/** A `require` of one's own takes as much memory as a fifth of the shim: only for Nodes before 20.16, which offer no more. */
function load(id: string): unknown {
  return process.getBuiltinModule?.(id) ?? createRequire("file:///taximeter")(id);
}

import { createRequire } from "node:module";

const require = createRequire("file:///taximeter");

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
    builtin = require(`node:${name}`);
    loaded.set(name, builtin);
  }
  return builtin;
}

import { createRequire } from "node:module";

const require = createRequire("file:///taximeter");

interface Builtins {
  http: typeof import("node:http");
  http2: typeof import("node:http2");
  zlib: typeof import("node:zlib");
}

/**
 * One of Node's own modules, loaded when it is first needed and not with the preload: most processes that the shim lives in
 * never call an AI.
 */
export function loadBuiltin<Name extends keyof Builtins>(name: Name): Builtins[Name];
export function loadBuiltin(name: string): unknown {
  return require(`node:${name}`);
}

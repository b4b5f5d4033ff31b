/**
 * Packages are met as they load, and never loaded by the shim. What tells of them, without a trace in the host:
 *
 * - `require`, and `import` of what is CommonJS: Node's own diagnostics channel, from Node 22 on. On Node 20 a wrapper of
 *   `Module._load`, as tracers put it.
 * - `import` of what is an ES module: `module.registerHooks`, from Node 22.15 on. On Node 20 these are not met: its only
 *   hooks live on a thread of their own, which costs each process more than all else that the shim does.
 *
 * The last two reach into Node's loaders, so they are put in place only where a `package.json` names such a package.
 */
import { channel } from "node:diagnostics_channel";
import nodeModule from "node:module";
import type { Guard } from "../guard.ts";

/** What is done to a package that the host loaded. */
export interface PackagePatch {
  /** Its name: `bullmq`, `@trpc/server`. */
  package: string;
  /** It comes with another that this process was started for, so that no `package.json` need name it. */
  isExpected?: boolean;
  /**
   * Gets what a file of the package exports: what `require` gave, or the namespace of an ES module. It may be any file of
   * any version, and the same class may come by several files, so `apply` looks before it changes. It changes what can be
   * reached (`wrapMethod`) and not the exports, for those of ES modules are fixed.
   */
  apply(exports: object): void;
}

export interface PackageMeeting {
  patches: readonly PackagePatch[];
  guard: Guard;
  /** Whether the project has this package, as far as can be told without looking for it. */
  isNamed(packageName: string): boolean;
}

const REQUIRED = "tracing:module.require:end";
const MET = Symbol.for("taximeter.packages");
const FOLDER = "node_modules";

export function watchPackages({ patches, guard, isNamed }: PackageMeeting): void {
  const byPackage = new Map<string, PackagePatch[]>();
  for (const patch of patches) {
    byPackage.set(patch.package, [...(byPackage.get(patch.package) ?? []), patch]);
  }
  const likely = patches.filter((patch) => patch.isExpected ?? isNamed(patch.package));
  const met = new WeakSet<object>();
  const meet = (name: string, exports: unknown) => {
    if ((typeof exports !== "object" && typeof exports !== "function") || exports === null) return;
    if (met.has(exports)) return;
    met.add(exports);
    for (const patch of byPackage.get(name) ?? []) guard.attempt(() => patch.apply(exports));
  };
  const required = (id: unknown, exports: unknown, parentFile: unknown) => {
    if (typeof id !== "string") return;
    const name = packageRequired(id, parentFile);
    if (name !== null && byPackage.has(name)) meet(name, exports);
  };
  const { registerHooks } = nodeModule;
  if (registerHooks === undefined) {
    if (likely.length > 0) wrapLoad(required, guard);
    return;
  }
  channel(REQUIRED).subscribe((message) => {
    if (typeof message !== "object" || message === null || !("id" in message)) return;
    required(message.id, member(message, "result"), member(message, "parentFilename"));
  });
  if (likely.length > 0) hookModules(registerHooks, new Set(likely.map((patch) => patch.package)), meet);
}

/** The package that `require` was asked for: by its name, by a file of its own, or by the file that an `import` had found. */
function packageRequired(id: string, parentFile: unknown): string | null {
  const first = id.charCodeAt(0);
  if (first === 46 /* . */) return typeof parentFile === "string" ? packageOfFile(parentFile) : null;
  // On Windows a file begins with its drive.
  return first === 47 /* / */ || id.charCodeAt(1) === 58 /* : */ ? packageOfFile(id) : packageName(id, 0);
}

/** The package that a file or its URL belongs to. */
function packageOfFile(file: string): string | null {
  const at = file.lastIndexOf(FOLDER);
  return at === -1 ? null : packageName(file, at + FOLDER.length + 1);
}

/** `express` of `express/lib/router`, `@trpc/server` of `@trpc/server/adapters/express`. */
function packageName(text: string, start: number): string {
  const end = nextSlash(text, text.charCodeAt(start) === 64 /* @ */ ? nextSlash(text, start) + 1 : start);
  return start === 0 && end === text.length ? text : text.slice(start, end).replace("\\", "/");
}

function nextSlash(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 47 /* / */ || code === 92 /* \ */) return at;
  }
  return text.length;
}

function wrapLoad(
  required: (id: unknown, exports: unknown, parentFile: unknown) => void,
  guard: Guard,
): void {
  wrapMethod(nodeModule, "_load", (load, self, args) => {
    const exports = Reflect.apply(load, self, args);
    guard.attempt(() => required(args[0], exports, member(args[1], "filename")));
    return exports;
  });
}

/** An ES module tells of itself in a last line of its own, run when all of it has run and before anybody gets it. */
function hookModules(
  registerHooks: typeof nodeModule.registerHooks,
  packages: ReadonlySet<string>,
  meet: (name: string, exports: unknown) => void,
): void {
  Object.defineProperty(globalThis, MET, { value: meet });
  const told = new Set<string>();
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const name = packageOfFile(url);
      if (name === null || loaded.format !== "module" || !packages.has(name)) return loaded;
      // With another query the same file is another module. One that tells of itself imports itself, and some other loader
      // may add a query to that, again and again.
      const file = url.replace(/[?#].*/s, "");
      const { source } = loaded;
      if (told.has(file) || source === undefined || source === null) return loaded;
      told.add(file);
      const text = typeof source === "string" ? source : new TextDecoder().decode(source);
      const telling = `globalThis[Symbol.for(${JSON.stringify(MET.description)})]?.(${JSON.stringify(name)},$taximeter)`;
      return {
        ...loaded,
        source: `${text}\n;import * as $taximeter from ${JSON.stringify(url)};${telling};`,
      };
    },
  });
}

type Method = (...args: unknown[]) => unknown;
const wrapped = new WeakSet<object>();

/**
 * Puts `around` about a method of an object or prototype, once; does nothing where there is no such method that can be
 * changed. To whoever looks at it, it is the same function.
 */
export function wrapMethod(
  owner: unknown,
  key: string,
  around: (method: Method, self: unknown, args: unknown[]) => unknown,
): void {
  if ((typeof owner !== "object" && typeof owner !== "function") || owner === null) return;
  const property = Object.getOwnPropertyDescriptor(owner, key);
  if (property === undefined || !isMethod(property.value) || property.writable !== true) return;
  if (wrapped.has(property.value)) return;
  const value = new Proxy(property.value, { apply: around });
  wrapped.add(value);
  Object.defineProperty(owner, key, { ...property, value });
}

function isMethod(value: unknown): value is Method {
  return typeof value === "function";
}

/** A member of what a package exports, of its default export too; `undefined` where there is none. */
export function exported(exports: object, name: string): unknown {
  const own = member(exports, name);
  return own === undefined ? member(member(exports, "default"), name) : own;
}

/** Reads a property of whatever it is, `undefined` of what has none. */
export function member(value: unknown, name: string): unknown {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  return Reflect.get(value, name);
}

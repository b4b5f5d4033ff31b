/**
 * Packages are met as they load, and never loaded by the shim. What tells of them, without a trace in the host:
 *
 * - `require`, and `import` of what is CommonJS: Node's own diagnostics channel, from Node 22 on. On Node 20 a wrapper of
 *   `Module._load`, as tracers put it.
 * - `import` of what is an ES module: `module.registerHooks`, from Node 22.15 on, until all of them were met. On Node 20
 *   these are not met: its only hooks live on a thread of their own, which costs more than all else that the shim does.
 *
 * Each of them costs some microseconds for every module of the host, so it is there only where a `package.json` names a
 * package that it is for.
 */
import { channel } from "node:diagnostics_channel";
import nodeModule from "node:module";
import type { Guard } from "../guard.ts";
import { hookModules } from "./moduleHooks.ts";
import { isObject, member, type PackagePatch, wrapMethod } from "./packages.ts";

export interface PackageMeeting {
  patches: readonly PackagePatch[];
  guard: Guard;
  /** Whether the project has this package, as far as can be told without looking for it. */
  isNamed(packageName: string): boolean;
}

const REQUIRING = "tracing:module.require:start";
const REQUIRED = "tracing:module.require:end";
const FOLDER = "node_modules";

export function watchPackages({ patches, guard, isNamed }: PackageMeeting): void {
  const byPackage = new Map<string, PackagePatch[]>();
  for (const patch of patches) {
    if (!patch.isExpected && ![patch.package, ...(patch.broughtBy ?? [])].some(isNamed)) continue;
    byPackage.set(patch.package, [...(byPackage.get(patch.package) ?? []), patch]);
  }
  if (byPackage.size === 0) return;
  const meet = (name: string, exports: unknown) => {
    if (!isObject(exports)) return;
    for (const patch of byPackage.get(name) ?? []) guard.attempt(() => patch.apply(exports));
  };
  const required = (id: unknown, exports: unknown, parentFile: unknown) => {
    if (typeof id !== "string") return;
    const name = packageRequired(id, parentFile);
    if (name !== null && byPackage.has(name)) meet(name, exports);
  };
  const { registerHooks } = nodeModule;
  if (registerHooks === undefined) {
    wrapLoad(required, guard);
    return;
  }
  const silence = silenceOfPunycode();
  channel(REQUIRING).subscribe((message) => void guard.attempt(() => silence.before(message)));
  channel(REQUIRED).subscribe((message) => {
    guard.attempt(() => silence.after(message));
    if (typeof message !== "object" || message === null || !("id" in message)) return;
    required(message.id, member(message, "result"), member(message, "parentFilename"));
  });
  const modules = [...byPackage.values()].flat().filter((patch) => patch.mayBeModule);
  if (modules.length === 0) return;
  hookModules(registerHooks, {
    packages: new Set(modules.map((patch) => patch.package)),
    // A test runner loads itself piece by piece, a package that an app imports as a whole, before any of it runs.
    areWhole: modules.every((patch) => !patch.isExpected),
    packageOfFile,
    meet,
  });
}

/**
 * Node deprecates its `punycode`, but says so only where it is not a package that asks for it. Whoever listens to its channel
 * stands between the two, and it can't tell any more: so what it would not have said is not said.
 */
function silenceOfPunycode(): { before(message: unknown): void; after(message: unknown): void } {
  let former: boolean | undefined;
  let silent = false;
  const isMeant = (message: unknown) => {
    const parentFile = member(message, "parentFilename");
    return /^(?:node:)?punycode$/.test(String(member(message, "id"))) && String(parentFile).includes(FOLDER);
  };
  return {
    before(message) {
      if (silent || !isMeant(message)) return;
      silent = true;
      former = process.noDeprecation;
      process.noDeprecation = true;
    },
    after(message) {
      if (!silent || !isMeant(message)) return;
      silent = false;
      if (former === undefined) Reflect.deleteProperty(process, "noDeprecation");
      else process.noDeprecation = former;
    },
  };
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

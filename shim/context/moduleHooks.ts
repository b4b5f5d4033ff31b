import nodeModule from "node:module";
import { loadBuiltin } from "../builtin.ts";
import { wrapMethod } from "./packages.ts";

/** What is done about ES modules of packages. */
export interface ModuleMeeting {
  packages: ReadonlySet<string>;
  /** Each of the packages is loaded at once: when it was met there is no more to come. */
  areWhole: boolean;
  /** The package that a file belongs to, by its URL. */
  packageOfFile(url: string): string | null;
  meet(packageName: string, exports: unknown): void;
}

/** A symbol by which a module finds what it tells of itself. */
const MET = "taximeter.packages";

/** An ES module tells of itself in a last line of its own, run when all of it has run and before anybody gets it. */
export function hookModules(
  registerHooks: typeof nodeModule.registerHooks,
  { packages, areWhole, packageOfFile, meet }: ModuleMeeting,
): void {
  if (!isSound() || (!bearsOtherHooks() && mayHaveOtherHooks())) return;
  const waitedFor = new Set(packages);
  const told = new Set<string>();
  const hooks = registerHooks({
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
      const telling = `globalThis[Symbol.for(${JSON.stringify(MET)})]?.(${JSON.stringify(name)},$taximeter)`;
      return {
        ...loaded,
        source: `${text}\n;import * as $taximeter from ${JSON.stringify(url)};${telling};`,
      };
    },
  });
  const value = (name: string, exports: unknown) => {
    waitedFor.delete(name);
    if (areWhole && waitedFor.size === 0) hooks.deregister();
    meet(name, exports);
  };
  Object.defineProperty(globalThis, Symbol.for(MET), { value });
  if (bearsOtherHooks()) return;
  wrapMethod(nodeModule, "register", (register, self, args) => {
    hooks.deregister();
    return Reflect.apply(register, self, args);
  });
  nodeModule.syncBuiltinESMExports();
}

/** By a flag, or because this is a worker, which has its parent's. */
function mayHaveOtherHooks(): boolean {
  const flags = `${process.execArgv.join(" ")} ${process.env["NODE_OPTIONS"] ?? ""}`;
  return /--(?:experimental-)?loader\b/.test(flags) || !loadBuiltin("worker_threads").isMainThread;
}

/**
 * Whether hooks leave the host as it is. Those of the first versions (seen in 22.15 and 24.0) fail to load what CommonJS
 * requires where an ES module imports it.
 */
function isSound(): boolean {
  const [major, minor] = nodeVersion();
  return bearsOtherHooks() || (major === 22 && minor >= 23);
}

/**
 * Whether hooks like ours may be there beside those of `module.register`, which tracers use. Where not (seen in 22.23, 24.11
 * and 25.0; well in 24.14, 25.9 and 26.0), Node fails to load any module: there ours leave before others come, and do not
 * come where others may be.
 */
function bearsOtherHooks(): boolean {
  const [major, minor] = nodeVersion();
  return major >= 26 || (major === 25 && minor >= 9) || (major === 24 && minor >= 14);
}

function nodeVersion(): [major: number, minor: number] {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return [major, minor];
}

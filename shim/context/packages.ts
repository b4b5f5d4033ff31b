/** What is done to a package that the host loaded. */
export interface PackagePatch {
  /** Its name: `bullmq`, `@trpc/server`. */
  package: string;
  /** It may be an ES module when it is imported. */
  mayBeModule?: true;
  /** Packages that bring it along: it is looked for where one of these is named, too. */
  broughtBy?: readonly string[];
  /** It comes with what this process was started for, so that no `package.json` need name it. */
  isExpected?: true;
  /**
   * Gets what a file of the package exports: what `require` gave, or the namespace of an ES module. It may be any file of
   * any version, of which not all may have run yet, and the same class may come by several files and several times: `apply`
   * looks before it changes, and changes once. It changes what can be reached (`wrapMethod`) and not the exports, for those
   * of ES modules are fixed.
   */
  apply(exports: object): void;
}

export type Method = (...args: unknown[]) => unknown;
const wrapped = new WeakSet<object>();

/**
 * Puts `around` about a method of an object or prototype, once; does nothing where there is no such method that can be
 * changed. Its name, length and properties stay, not its text.
 */
export function wrapMethod(
  owner: unknown,
  key: string,
  around: (method: Method, self: unknown, args: unknown[]) => unknown,
): void {
  if (!isObject(owner)) return;
  const property = Object.getOwnPropertyDescriptor(owner, key);
  if (property === undefined || !isMethod(property.value) || property.writable !== true) return;
  if (wrapped.has(property.value)) return;
  const value = new Proxy(property.value, { apply: around });
  wrapped.add(value);
  Object.defineProperty(owner, key, { ...property, value });
}

export function isMethod(value: unknown): value is Method {
  return typeof value === "function";
}

export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** A member of what a package exports, of its default export too; `undefined` where there is none. */
export function exported(exports: object, name: string): unknown {
  const own = member(exports, name);
  return own === undefined ? member(member(exports, "default"), name) : own;
}

/** Reads a property of whatever it is, `undefined` where there is none yet or it can't be read. */
export function member(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  try {
    return Reflect.get(value, name);
  } catch {
    return undefined;
  }
}

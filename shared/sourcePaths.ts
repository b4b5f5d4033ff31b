/** How files of the developer's code are named, wherever a call site is made out: in the process or in the daemon. */

/** A file as shown to people: relative to the workspace with `/`, or its bare name where it lies outside. */
export function shownPath(file: string, workspace: string | null): string {
  const path = withSlashes(file);
  const folder = workspace === null ? null : withSlashes(workspace).replace(/\/+$/, "");
  if (folder !== null && path.startsWith(`${folder}/`)) return path.slice(folder.length + 1);
  return path.slice(path.lastIndexOf("/") + 1);
}

function withSlashes(path: string): string {
  return /^[A-Za-z]:[\\/]|^\\\\/.test(path) ? path.replaceAll("\\", "/") : path;
}

/** `webpack://shop/./src/a.ts`, `webpack-internal:///(rsc)/./src/a.ts`, `turbopack:///[project]/src/a.ts`, with or without a query. */
const BUNDLERS_NAME =
  /^(?:webpack|webpack-internal|turbopack|rspack|vite|rollup):\/\/[^/]*\/(?:\([\w-]+\)\/)?(?:\[project\]\/)?(?:\.\/)?([^?#]+)/;

/** Of a bundler's name for a module: its path within the project; `null` where it is none, or of the bundler's own code. */
export function bundledPath(name: string): string | null {
  const path = BUNDLERS_NAME.exec(name)?.[1];
  if (path === undefined || path.startsWith("[") || path.startsWith("(") || path.startsWith("webpack/"))
    return null;
  return path.startsWith("../") ? path.replace(/^(?:\.\.\/)+/, "") : path;
}

/** Whether a module, by its path or its bundler's name, is of a package and not of the developer. */
export function isOfPackage(name: string): boolean {
  return /(?:^|[\\/])node_modules(?:[\\/]|$)/.test(name);
}

import { posix } from "node:path";

const STATEMENT =
  /^\s*(?:import|export)\s+(?<typeOnly>type\s)?(?:[\w*\s{},$]+?\sfrom\s+)?["'](?<path>[^"']+)["']/gm;
const DYNAMIC = /\bimport\(\s*["'](?<path>[^"']+)["']\s*\)(?<member>\.[A-Z])?/g;

/**
 * What a file's text imports: files relative to the project, packages by their name. With `types`, also what is imported
 * for its types alone.
 */
export function importsOf(file: string, text: string, { types }: { types: boolean }): string[] {
  const code = text.replace(/^\s*\/\/.*$/gm, "").replace(/\/\*[\s\S]*?\*\//g, "");
  const found = new Set<string>();
  for (const { groups } of code.matchAll(STATEMENT)) {
    if (groups?.["path"] !== undefined && (types || groups["typeOnly"] === undefined))
      found.add(groups["path"]);
  }
  for (const { groups } of code.matchAll(DYNAMIC)) {
    // `import("…").Name` is a type.
    if (groups?.["path"] !== undefined && (types || groups["member"] === undefined))
      found.add(groups["path"]);
  }
  return [...found].map((path) => (path.startsWith(".") ? posix.join(posix.dirname(file), path) : path));
}

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

export interface DashboardFile {
  type: string;
  content: Uint8Array<ArrayBuffer>;
  /** Another whenever the content is another. */
  version: string;
}

/** The dashboard's files, by a fixed table: no address is ever turned into a path. */
export interface DashboardFiles {
  /** `null`: no such file. Throws where it is missing from the installation. */
  read(name: string): Promise<DashboardFile | null>;
}

const types: ReadonlyMap<string, string> = new Map([
  ["dashboard.js", "text/javascript; charset=utf-8"],
  ["dashboard.css", "text/css; charset=utf-8"],
  ["codicon.ttf", "font/ttf"],
]);

export const dashboardFileNames: readonly string[] = [...types.keys()];

/** `directory` is the bundle's: `dist/webview`. */
export function dashboardFiles(directory: URL): DashboardFiles {
  return {
    async read(name) {
      const type = types.get(name);
      if (type === undefined) return null;
      const content = new Uint8Array(await readFile(new URL(name, directory)));
      return { type, content, version: createHash("sha256").update(content).digest("hex").slice(0, 16) };
    },
  };
}

import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { brokenRules, cycles, type ImportGraph, sqlLines } from "./boundaries/rules.ts";
import { importsOf } from "./boundaries/sourceImports.ts";

const project = fileURLToPath(new URL("../", import.meta.url));
/** The daemon's lock is an open transaction on a database of its own, with nothing in it. */
const LOCK = "daemon/lifecycle/lock.ts";
const rooms = ["shared", "shim", "daemon", "extension", "webview"];

/** Every source file of the rooms, relative to the project, with its text. */
async function readSources(): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  for (const room of rooms) {
    for (const entry of await readdir(join(project, room), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && /\.tsx?$/.test(entry.name)) {
        sources.set(relative(project, path), await readFile(path, "utf8"));
      }
    }
  }
  return sources;
}

/** Who imports whom by the text of the sources: types are among it, which a build leaves out. */
function graphOfSources(sources: Map<string, string>, { types }: { types: boolean }): ImportGraph {
  const graph: ImportGraph = new Map();
  for (const [file, text] of sources) graph.set(file, importsOf(file, text, { types }));
  return graph;
}

/** Who imports whom as esbuild resolved it, over all bundles. */
function graphOfBuild(metafiles: BuildMetafile[]): ImportGraph {
  const graph: ImportGraph = new Map();
  for (const { inputs } of metafiles) {
    for (const [file, { imports }] of Object.entries(inputs)) {
      if (isPackage(file)) continue;
      graph.set(
        file,
        imports
          .filter(({ path }) => path !== ESBUILD_RUNTIME)
          .map(({ path, original, external }) => (external || isPackage(path) ? (original ?? path) : path)),
      );
    }
  }
  return graph;
}

function isPackage(path: string): boolean {
  return /(^|\/)node_modules\//.test(path);
}

/** Helpers that esbuild puts into a bundle. */
const ESBUILD_RUNTIME = "<runtime>";

interface BuildMetafile {
  inputs: Record<string, { imports: { path: string; original?: string; external?: boolean }[] }>;
}

describe("the rooms", () => {
  test("import only what ARCHITECTURE.md allows, types included", async () => {
    expect(brokenRules(graphOfSources(await readSources(), { types: true }))).toEqual([]);
  });

  test("have no cycles", async () => {
    expect(cycles(graphOfSources(await readSources(), { types: false }))).toEqual([]);
  });

  test("keep SQL in daemon/store, and that of the team's database in daemon/team", async () => {
    const found: string[] = [];
    for (const [file, text] of await readSources()) {
      if (!/^daemon\/(store|team)\//.test(file) && file !== LOCK)
        found.push(...sqlLines(text).map((line) => `${file}: ${line}`));
    }
    expect(found).toEqual([]);
  });

  // `npm test` builds first and says where the graph is.
  const metafile = process.env["TAXIMETER_TEST_METAFILE"] ?? join(project, "build", "metafile.json");
  const notBuilt = process.env["TAXIMETER_TEST_METAFILE"] === undefined && !existsSync(metafile);
  test.skipIf(notBuilt)("hold in the build graph", async () => {
    const metafiles: BuildMetafile[] = JSON.parse(await readFile(metafile, "utf8"));
    const graph = graphOfBuild(metafiles);
    expect([...graph.keys()]).toEqual(
      expect.arrayContaining([
        "daemon/main.ts",
        "extension/extension.ts",
        "shim/register.ts",
        "webview/main.tsx",
      ]),
    );
    expect(brokenRules(graph)).toEqual([]);
    expect(cycles(graph)).toEqual([]);
  });
});

describe("the check itself", () => {
  const graph = (edges: Record<string, string[]>): ImportGraph => new Map(Object.entries(edges));

  test.each([
    ["shared/call.ts", "node:fs"],
    ["shared/call.ts", "zod"],
    ["shared/call.ts", "daemon/store/store.ts"],
    ["shim/register.ts", "daemon/client/connection.ts"],
    ["shim/register.ts", "zod"],
    ["daemon/http/app.ts", "extension/settings.ts"],
    ["daemon/http/app.ts", "daemon/cli/main.ts"],
    ["daemon/http/app.ts", "vscode"],
    ["daemon/client/finder.ts", "daemon/store/store.ts"],
    ["daemon/client/finder.ts", "zod"],
    ["daemon/cli/report.ts", "daemon/pricing/pricer.ts"],
    ["daemon/cli/report.ts", "vscode"],
    ["extension/statusBar/model.ts", "daemon/http/app.ts"],
    ["extension/statusBar/model.ts", "webview/main.tsx"],
    ["webview/main.tsx", "vscode"],
    ["webview/main.tsx", "node:path"],
    ["webview/main.tsx", "daemon/client/connection.ts"],
    ["extension/other.ts", "extension/extension.ts"],
    ["daemon/other.ts", "daemon/main.ts"],
    ["daemon/http/app.ts", "test/builders.ts"],
  ])("refuses %s importing %s", (from, to) => {
    expect(brokenRules(graph({ [from]: [to] }))).toHaveLength(1);
  });

  test.each([
    ["shim/register.ts", "shared/call.ts"],
    ["shim/register.ts", "node:diagnostics_channel"],
    ["daemon/main.ts", "libsql"],
    ["daemon/http/app.ts", "daemon/store/store.ts"],
    ["daemon/client/finder.ts", "node:http"],
    ["daemon/cli/main.ts", "commander"],
    ["daemon/cli/main.ts", "daemon/client/connection.ts"],
    ["extension/extension.ts", "vscode"],
    ["extension/extension.ts", "daemon/client/connection.ts"],
    ["webview/main.tsx", "preact/hooks"],
  ])("lets %s import %s", (from, to) => {
    expect(brokenRules(graph({ [from]: [to] }))).toEqual([]);
  });

  test("finds a cycle, and a file that imports itself through two others, once", () => {
    expect(cycles(graph({ a: ["b"], b: ["c"], c: ["a", "d"], d: [] }))).toEqual(["a → b → c → a"]);
    expect(cycles(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }))).toEqual([]);
  });

  test("reads static, type-only, re-exporting, side-effect and dynamic imports", () => {
    const text = [
      'import { a } from "../shared/a.ts";',
      'import type { B } from "../shared/b.ts";',
      'import {\n  type C,\n  c,\n} from "../shared/c.ts";',
      'export * from "./d.ts";',
      'import "./e.ts";',
      'const f = await import("node:fs");',
      '// import { no } from "./comment.ts";',
    ].join("\n");
    const values = ["shared/a.ts", "shared/c.ts", "shim/d.ts", "shim/e.ts", "node:fs"];
    expect(importsOf("shim/x.ts", text, { types: false }).toSorted()).toEqual(values.toSorted());
    expect(importsOf("shim/x.ts", text, { types: true }).toSorted()).toEqual(
      ["shared/b.ts", ...values].toSorted(),
    );
  });

  test("knows SQL from prose", () => {
    expect(sqlLines("db.prepare(`SELECT a, b FROM calls WHERE c = ?`)")).toHaveLength(1);
    expect(sqlLines('run("insert into calls values (?)")')).toHaveLength(1);
    expect(sqlLines('run("PRAGMA journal_mode = WAL")')).toHaveLength(1);
    expect(sqlLines('const label = "Select a model from the list";')).toEqual([]);
    expect(sqlLines("// update the view, set the title")).toEqual([]);
  });
});

/**
 * Builds every bundle into dist/. `node esbuild.config.mjs [--watch] [--metafile FILE]`.
 * The build graph that `--metafile` writes is what the test of the rooms' boundaries reads.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { emitTypes } from "./scripts/lib/emitTypes.mjs";
import { extensionBundle } from "./scripts/lib/extensionBundle.mjs";

const { values } = parseArgs({ options: { watch: { type: "boolean" }, metafile: { type: "string" } } });
const { version } = JSON.parse(await readFile(new URL("package.json", import.meta.url), "utf8"));

/** The one native dependency: resolved at run time beside the bundle. */
const native = ["libsql"];

const common = {
  bundle: true,
  minify: true,
  keepNames: true,
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  define: { __TAXIMETER_VERSION__: JSON.stringify(version) },
};
const node20 = { ...common, platform: "node", target: "node20" };
/** Naming functions at run time costs microseconds for each closure, which the shim makes for every call of its host. */
const shim = { ...node20, keepNames: false };
/** CommonJS packages inside an ES module still call `require`. */
const requireInEsm = {
  js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
};

const bundles = [
  { ...node20, ...extensionBundle, outfile: "dist/extension.js" },
  {
    ...node20,
    entryPoints: ["daemon/main.ts"],
    outfile: "dist/daemon.mjs",
    format: "esm",
    external: native,
    banner: requireInEsm,
  },
  {
    ...node20,
    entryPoints: ["daemon/store/worker.ts"],
    outfile: "dist/store-worker.mjs",
    format: "esm",
    external: native,
    banner: requireInEsm,
  },
  {
    ...node20,
    entryPoints: ["daemon/cli/main.ts"],
    outfile: "dist/cli.mjs",
    format: "esm",
    banner: requireInEsm,
  },
  { ...shim, entryPoints: ["shim/register.ts"], outfile: "dist/register.cjs", format: "cjs" },
  { ...shim, entryPoints: ["shim/register.ts"], outfile: "dist/register.mjs", format: "esm" },
  { ...shim, entryPoints: ["shim/index.ts"], outfile: "dist/shim.cjs", format: "cjs" },
  { ...shim, entryPoints: ["shim/index.ts"], outfile: "dist/shim.mjs", format: "esm" },
  {
    ...common,
    // Nobody reads the names of functions there, and to keep them costs time at the start.
    keepNames: false,
    entryPoints: { dashboard: "webview/main.tsx" },
    outdir: "dist/webview",
    platform: "browser",
    target: ["chrome120", "firefox121", "safari17"],
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".ttf": "file" },
    assetNames: "[name]",
  },
];

await rm("dist", { recursive: true, force: true });
await mkdir("dist", { recursive: true });
if (values.watch) {
  for (const bundle of bundles) await (await esbuild.context(bundle)).watch();
} else {
  const results = await Promise.all(bundles.map((bundle) => esbuild.build(bundle)));
  if (values.metafile !== undefined) {
    const graph = results.map(({ metafile }) => metafile);
    await writeFile(values.metafile, JSON.stringify(graph));
  }
}
await emitTypes();
